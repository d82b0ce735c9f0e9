"""The figures of a day, from its facts alone: a recorded day and a played one are counted by the same code.

Calls count by their entry into a queue, agents' time by the clock, both within the period. Names and definitions are
those of the key figures: service level 21, speed of answer 9, queue time 8, occupancy 13.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from acd.facts import AgentStateChanged, CallDequeued, CallQueued, Fact, OfferEnded
from acd.states import AgentState, DequeueReason, OfferOutcome

SHORT_ABANDON_MS = 20_000
"""Who hangs up within this is left out of the service level: he never gave us a chance."""

BUSY = (AgentState.TALKING, AgentState.HOLDING)
WHOLE = ""
"""The name of the whole centre among its queues."""


@dataclass(slots=True)
class Stay:
    """One call in one queue, or in one queue after another where it overflowed. `reason` None: no end is known."""

    linkedid: str
    queue: str
    entered_ms: int
    agent: str = ""
    reason: DequeueReason | None = None
    wait_ms: int = 0


@dataclass(frozen=True, slots=True)
class CallFigures:
    """What became of the calls of one queue, or of all; None is "no data"."""

    calls: int
    answered: int
    abandoned: int
    elsewhere: int
    """Timed out, overflowed, withdrawn."""
    open: int
    """Of which no end is known."""
    short_abandoned: int
    in_time: int
    longest_queue: int
    mean_wait_ms: float | None
    median_wait_ms: int | None
    p80_wait_ms: int | None
    max_wait_ms: int | None
    speed_of_answer_ms: float | None

    @property
    def service_level(self) -> float | None:
        """Answered within the queue's threshold, of all calls but the short abandonments."""
        return share(self.in_time, self.calls - self.short_abandoned)

    @property
    def abandonment(self) -> float | None:
        """Abandoned, of all calls; the short ones left out on both sides."""
        return share(self.abandoned - self.short_abandoned, self.calls - self.short_abandoned)


@dataclass(frozen=True, slots=True)
class AgentFigures:
    """What the agents of one group did with their time, in milliseconds of one agent."""

    agents: int
    answered: int
    missed: int
    times_ms: Mapping[AgentState, int]

    @property
    def occupancy(self) -> float | None:
        """Talk and hold, of these and of being ready."""
        busy_ms = sum(self.times_ms.get(state, 0) for state in BUSY)
        return share(busy_ms, busy_ms + self.times_ms.get(AgentState.READY, 0))

    @property
    def signed_in_ms(self) -> int:
        """All time signed in."""
        return sum(ms for state, ms in self.times_ms.items() if state is not AgentState.SIGNED_OUT)


@dataclass(frozen=True, slots=True)
class Figures:
    """A day in figures: by queue (WHOLE: all of them), and by group of agents."""

    calls: Mapping[str, CallFigures]
    agents: Mapping[str, AgentFigures]


def share(part: float, whole: float) -> float | None:
    """part/whole; None of nothing."""
    return part / whole if whole > 0 else None


def quantile(ordered: Sequence[int], percent: int) -> int | None:
    """The least value that so many percent do not exceed (nearest rank, 1 to 100); `ordered` from the least on."""
    return ordered[-(-percent * len(ordered) // 100) - 1] if ordered else None


@dataclass(slots=True)
class _Length:
    waiting: int = 0
    longest: int = 0

    def grow(self, counted: bool) -> None:
        self.waiting += 1
        if counted:
            self.longest = max(self.longest, self.waiting)


@dataclass(slots=True)
class _Person:
    state: AgentState
    since_ms: int
    times_ms: dict[AgentState, int] = field(default_factory=lambda: defaultdict(int))
    answered: int = 0
    missed: int = 0


class Tally:
    """Counts as facts come in (`see`), in the order of their time."""

    def __init__(
        self, thresholds_ms: Mapping[str, int], groups: Mapping[str, str], *, from_ms: int, until_ms: int | None
    ) -> None:
        """`thresholds_ms`: each queue's for the service level. `groups`: each agent's. The period's end None: where
        the last fact is."""
        self._thresholds_ms = thresholds_ms
        self._groups = groups
        self._from_ms = from_ms
        self._until_ms = until_ms
        self._last_ms = from_ms
        self._lengths: dict[str, _Length] = defaultdict(_Length)
        self._people: dict[str, _Person] = {}
        self._in_queue: dict[str, Stay] = {}
        self._way: dict[str, Stay] = {}
        self.stays: list[Stay] = []
        """Each call in each queue."""
        self.ways: list[Stay] = []
        """Each call from its first queue to its end, overflow included: what the caller saw."""

    def see(self, fact: Fact) -> None:
        """Take note of a fact."""
        self._last_ms = max(self._last_ms, fact.at_ms)
        match fact:
            case CallQueued():
                self._enter(fact)
            case CallDequeued():
                self._leave(fact)
            case OfferEnded():
                self._offer_ended(fact)
            case AgentStateChanged():
                self._change(fact)

    def figures(self) -> Figures:
        """All that was seen so far, in figures."""
        calls = {name: self._calls(name, [one for one in self.stays if one.queue == name]) for name in self._names()}
        groups = sorted({self._group(number) for number in self._people})
        return Figures(
            {**calls, WHOLE: self._calls(WHOLE, self.ways)}, {group: self._agents(group) for group in groups}
        )

    def _counted(self, at_ms: int) -> bool:
        return self._from_ms <= at_ms and (self._until_ms is None or at_ms < self._until_ms)

    def _enter(self, fact: CallQueued) -> None:
        if fact.linkedid in self._in_queue:  # back after an absence of the daemon: it has stood there all the time
            return
        self._in_queue[fact.linkedid] = stay = Stay(fact.linkedid, fact.queue, fact.entered_ms)
        counted = self._counted(fact.at_ms)
        self._lengths[fact.queue].grow(counted)
        self._lengths[WHOLE].grow(counted)
        way = self._way.get(fact.linkedid)
        overflowed = way is not None and way.reason is DequeueReason.OVERFLOWED and way.entered_ms == fact.entered_ms
        if way is None or not overflowed:
            way = self._way[fact.linkedid] = Stay(fact.linkedid, fact.queue, fact.entered_ms)
            if counted:
                self.ways.append(way)
        way.queue, way.reason = fact.queue, None
        if counted:
            self.stays.append(stay)

    def _leave(self, fact: CallDequeued) -> None:
        if (stay := self._in_queue.pop(fact.linkedid, None)) is None:
            return
        self._lengths[stay.queue].waiting -= 1
        self._lengths[WHOLE].waiting -= 1
        for one in (stay, self._way[fact.linkedid]):
            one.reason, one.wait_ms = fact.reason, fact.wait_ms

    def _offer_ended(self, fact: OfferEnded) -> None:
        person = self._person(fact.agent)
        if fact.outcome is OfferOutcome.ANSWERED:
            if (stay := self._in_queue.get(fact.linkedid)) is not None:
                stay.agent = self._way[fact.linkedid].agent = fact.agent
            person.answered += self._counted(fact.at_ms)
        elif fact.outcome in (OfferOutcome.MISSED, OfferOutcome.REFUSED):
            person.missed += self._counted(fact.at_ms)

    def _change(self, fact: AgentStateChanged) -> None:
        person = self._person(fact.agent)
        person.times_ms[person.state] += self._counted_ms(person.since_ms, fact.at_ms)
        person.state, person.since_ms = fact.after, fact.at_ms

    def _person(self, number: str) -> _Person:
        return self._people.setdefault(number, _Person(AgentState.SIGNED_OUT, self._from_ms))

    def _counted_ms(self, since_ms: int, at_ms: int) -> int:
        until_ms = at_ms if self._until_ms is None else min(at_ms, self._until_ms)
        return max(0, until_ms - max(since_ms, self._from_ms))

    def _names(self) -> Sequence[str]:
        return sorted({*self._thresholds_ms, *(stay.queue for stay in self.stays)})

    def _group(self, number: str) -> str:
        return self._groups.get(number, number)

    def _calls(self, name: str, stays: Sequence[Stay]) -> CallFigures:
        ended = [stay for stay in stays if stay.reason is not None]
        answered = [stay for stay in ended if stay.reason is DequeueReason.ANSWERED]
        abandoned = [stay for stay in ended if stay.reason is DequeueReason.ABANDONED]
        waits = sorted(stay.wait_ms for stay in ended)
        return CallFigures(
            calls=len(stays),
            answered=len(answered),
            abandoned=len(abandoned),
            elsewhere=len(ended) - len(answered) - len(abandoned),
            open=len(stays) - len(ended),
            short_abandoned=sum(stay.wait_ms <= SHORT_ABANDON_MS for stay in abandoned),
            in_time=sum(stay.wait_ms <= self._thresholds_ms.get(stay.queue, 0) for stay in answered),
            longest_queue=self._lengths[name].longest,
            mean_wait_ms=share(sum(waits), len(waits)),
            median_wait_ms=quantile(waits, 50),
            p80_wait_ms=quantile(waits, 80),
            max_wait_ms=waits[-1] if waits else None,
            speed_of_answer_ms=share(sum(stay.wait_ms for stay in answered), len(answered)),
        )

    def _agents(self, group: str) -> AgentFigures:
        people = [person for number, person in self._people.items() if self._group(number) == group]
        times_ms: dict[AgentState, int] = defaultdict(int)
        for person in people:
            for state, ms in person.times_ms.items():
                times_ms[state] += ms
            end_ms = self._last_ms if self._until_ms is None else self._until_ms
            times_ms[person.state] += self._counted_ms(person.since_ms, end_ms)
        return AgentFigures(
            agents=len(people),
            answered=sum(person.answered for person in people),
            missed=sum(person.missed for person in people),
            times_ms=dict(times_ms),
        )
