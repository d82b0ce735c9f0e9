"""A recorded day as people's behaviour: the router's facts of that day, without what the router itself decided."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from acd.facts import AgentDefined, AgentStateChanged, DaemonStarted, Fact, SurgeDeclared
from acd.simulation.agents_day import agents_day
from acd.simulation.day import Arrival, Day, Onward, Seat, Visit, group_of
from acd.simulation.supposed import Supposition
from acd.simulation.told import ToldStay
from acd.simulation.told_calls import ToldCalls


class RecordedDay:
    """Takes the facts of a day in order of time (`see`): of the time before it what still held (who each agent is, the
    last change of his state, the last surge declared for each queue), then all, until `settled` after its end."""

    def __init__(self, from_ms: int, until_ms: int) -> None:
        self._from_ms = from_ms
        self._until_ms = until_ms
        self._calls = ToldCalls(from_ms, until_ms)
        self._surges: list[SurgeDeclared] = []
        self._changes: dict[str, list[AgentStateChanged]] = defaultdict(list)
        self._seats: dict[str, Seat] = {}
        self._defined: dict[str, AgentDefined] = {}
        self._redefined: list[AgentDefined] = []
        self.starts_of_the_daemon = 0

    def see(self, fact: Fact) -> None:
        """Take note of a fact."""
        self._calls.see(fact)
        match fact:
            case AgentStateChanged():
                self._changes[fact.agent].append(fact)
            case AgentDefined() if fact.at_ms < self._until_ms:
                self._define(fact)
            case SurgeDeclared() if fact.at_ms < self._until_ms:
                self._surges.append(replace(fact, at_ms=max(fact.at_ms, self._from_ms)))
            case DaemonStarted() if self._from_ms <= fact.at_ms < self._until_ms:
                self.starts_of_the_daemon += 1

    @property
    def settled(self) -> bool:
        """Whether the end of each of its calls is known."""
        return self._calls.settled

    def seats(self, known: Sequence[Seat] = ()) -> Sequence[Seat]:
        """The agents who did something, as they were then, or as they are `known` where the facts do not tell it."""
        seats = {seat.number: seat for seat in known} | self._seats
        return [seats[number] for number in sorted(self._changes.keys() & seats.keys())]

    def unknown(self, known: Sequence[Seat] = ()) -> Sequence[str]:
        """Those of whom neither says what they can do: they cannot be played."""
        return sorted(self._changes.keys() - {seat.number for seat in self.seats(known)})

    def day(self, known: Sequence[Seat] = ()) -> Day:
        """The day of the calls that came to a queue in it, and of its `seats`. Raises NothingAnswered."""
        seats, played = self.seats(known), self._calls.played
        choices, absences = [], []
        for number in (seat.number for seat in seats):
            failed = [one for one in self._calls.failed if one[0].agent == number]
            for_him, away = agents_day(self._changes[number], failed, played, self._from_ms, self._until_ms)
            choices += for_him
            absences += away
        return Day(
            from_ms=self._from_ms,
            until_ms=self._until_ms,
            arrivals=tuple(self._arrivals()),
            seats=tuple(seats),
            choices=tuple(choices),
            absences=tuple(absences),
            redefined=tuple(self._redefined),
            surges=tuple(self._surges),
        )

    def _define(self, fact: AgentDefined) -> None:
        before, self._defined[fact.agent] = self._defined.get(fact.agent), fact
        if before is not None and fact.at_ms > self._from_ms:
            if (before.skills, before.attributes) != (fact.skills, fact.attributes):
                self._redefined.append(fact)
        else:
            group = group_of(fact.skills, fact.attributes)
            self._seats[fact.agent] = Seat(
                number=fact.agent, skills=fact.skills, group=group, attributes=fact.attributes
            )

    def _arrivals(self) -> Iterator[Arrival]:
        supposition = Supposition([stay for _, stays in self._calls for stay in stays])
        for linkedid, stays in self._calls:
            following: Visit | None = None
            for number in range(len(stays), 0, -1):
                stay = stays[number - 1]
                visit = supposition.visit(stay, f"{linkedid}/{number}")
                if following is not None and stay.reason is not None:
                    after_ms = max(0, stays[number].queued.at_ms - stay.end_ms)
                    visit = replace(visit, onward=Onward(after=stay.reason, after_ms=after_ms, visit=following))
                elif following is not None:  # how he came there is not known: he is played as another caller
                    yield _arrival(f"{linkedid}/{number + 1}", stays[number], following)
                following = visit
            if following is not None:
                yield _arrival(linkedid, stays[0], following)


def _arrival(linkedid: str, stay: ToldStay, visit: Visit) -> Arrival:
    return Arrival(at_ms=stay.queued.at_ms, linkedid=linkedid, visit=visit)
