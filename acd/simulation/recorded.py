"""A recorded day as people's behaviour: the router's facts of that day, without what the router itself decided."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from acd.facts import (
    AgentStateChanged,
    CallDequeued,
    CallOffered,
    CallQueued,
    CallReleased,
    DaemonStarted,
    Fact,
    OfferEnded,
    QueueClosed,
    QueueOpened,
    SurgeDeclared,
    WrapUpEnded,
)
from acd.simulation.agents_day import agents_day
from acd.simulation.day import Arrival, Day, Decree, Onward, Seat, Visit
from acd.simulation.supposed import Supposition
from acd.simulation.told import RINGING, Ring, ToldStay
from acd.states import AgentState, DequeueReason, OfferOutcome

_NOT_THERE = (OfferOutcome.MISSED, OfferOutcome.REFUSED, OfferOutcome.UNREACHABLE)


@dataclass(slots=True)
class RecordedDay:
    """Takes the facts of a day in order of time (`see`): of the time before it the last change of each agent's state
    and the last decree on each queue, then all, until `settled` after its end."""

    from_ms: int
    until_ms: int
    absences_of_the_daemon: int = 0
    _calls: dict[str, list[ToldStay]] = field(default_factory=dict)
    _offers: dict[str, CallOffered] = field(default_factory=dict)
    _failed: list[tuple[CallOffered, OfferEnded]] = field(default_factory=list)
    _decrees: list[Decree] = field(default_factory=list)
    _changes: dict[str, list[AgentStateChanged]] = field(default_factory=lambda: defaultdict(list))

    def see(self, fact: Fact) -> None:
        """Take note of a fact."""
        match fact:
            case AgentStateChanged():
                self._changes[fact.agent].append(fact)
                self._wrap_up_by_limit(fact)
            case CallQueued() if self.from_ms <= fact.at_ms < self.until_ms or fact.linkedid in self._calls:
                self._queued(fact)
            case CallOffered():
                self._offers[fact.offer] = fact
                if stay := self._stay(fact.linkedid):
                    stay.rings[fact.offer] = RINGING
            case OfferEnded():
                self._offer_ended(fact)
            case CallDequeued() if stay := self._stay(fact.linkedid):
                stay.reason, stay.left_ms, stay.wait_ms = fact.reason, fact.at_ms, fact.wait_ms
            case CallReleased() if (stay := self._stay(fact.linkedid)) and stay.agent == fact.agent:
                stay.handling_ms, stay.released_ms = fact.talk_ms + fact.hold_ms, fact.at_ms
            case WrapUpEnded() if (stay := self._stay(fact.linkedid)) and stay.agent == fact.agent:
                stay.wrap_up_ms = fact.wrap_up_ms
            case SurgeDeclared() | QueueOpened() | QueueClosed() if fact.at_ms < self.until_ms:
                self._decrees.append(replace(fact, at_ms=max(fact.at_ms, self.from_ms)))
            case DaemonStarted() if self.from_ms <= fact.at_ms < self.until_ms:
                self.absences_of_the_daemon += 1

    @property
    def settled(self) -> bool:
        """Whether the end of each of its calls is known."""
        return all(stays[-1].over for stays in self._calls.values())

    @property
    def agents(self) -> Sequence[str]:
        """The agents the facts speak of."""
        return sorted(self._changes)

    def day(self, seats: Sequence[Seat]) -> Day:
        """The day of the calls that came to a queue in it, and of these agents. Raises NothingAnswered."""
        known = {seat.number for seat in seats}
        played = {(offer.linkedid, offer.agent) for offer in self._offers.values() if offer.linkedid in self._calls}
        choices, absences = [], []
        for number in sorted(known & self._changes.keys()):
            failed = [one for one in self._failed if one[0].agent == number]
            for_him, away = agents_day(self._changes[number], failed, played, self.from_ms, self.until_ms)
            choices += for_him
            absences += away
        return Day(
            from_ms=self.from_ms,
            until_ms=self.until_ms,
            arrivals=tuple(self._arrivals()),
            seats=tuple(seats),
            choices=tuple(choices),
            absences=tuple(absences),
            decrees=tuple(self._decrees),
        )

    def _stay(self, linkedid: str) -> ToldStay | None:
        stays = self._calls.get(linkedid)
        return stays[-1] if stays else None

    def _queued(self, fact: CallQueued) -> None:
        stays = self._calls.setdefault(fact.linkedid, [])
        if stays and stays[-1].queued.entered_ms == fact.entered_ms:
            last = stays[-1]
            if last.reason is None:  # back after an absence of the daemon
                return
            if last.reason is DequeueReason.OVERFLOWED and last.left_ms == fact.at_ms:  # moved by the router
                last.reason = None
                return
        stays.append(ToldStay(fact))

    def _offer_ended(self, fact: OfferEnded) -> None:
        offer, stay = self._offers.get(fact.offer), self._stay(fact.linkedid)
        if fact.outcome in _NOT_THERE:
            if offer:
                self._failed.append((offer, fact))
            if stay:
                stay.rings.pop(fact.offer, None)
        elif stay:
            answered = fact.outcome is OfferOutcome.ANSWERED
            stay.rings[fact.offer] = Ring(fact.ring_ms, answered)
            stay.agent = fact.agent if answered else stay.agent

    def _wrap_up_by_limit(self, fact: AgentStateChanged) -> None:
        stay = self._stay(fact.linkedid)
        if fact.before is AgentState.WRAP_UP and fact.cause == "system" and stay and stay.agent == fact.agent:
            stay.wrap_up_ms = None

    def _arrivals(self) -> Iterator[Arrival]:
        supposition = Supposition([stay for stays in self._calls.values() for stay in stays])
        for linkedid, stays in self._calls.items():
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
