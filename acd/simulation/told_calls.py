"""The calls of a recorded day: facts gathered into stays, stays into what one caller went through."""

from collections.abc import Collection, Iterator, Sequence

from acd.callbacks import callback_of
from acd.facts import (
    AgentStateChanged,
    CallbackRequested,
    CallDequeued,
    CallOffered,
    CallOverflowed,
    CallQueued,
    CallReleased,
    CallTransferred,
    Fact,
    OfferEnded,
    WrapUpEnded,
)
from acd.simulation.told import RINGING, Ring, ToldStay
from acd.states import AgentState, DequeueReason, OfferOutcome, OverflowCause

_NOT_THERE = (OfferOutcome.MISSED, OfferOutcome.REFUSED, OfferOutcome.UNREACHABLE)


class ToldCalls:
    """Calls that came to a queue from `from_ms` to before `until_ms`, with all that followed; told in order of time."""

    def __init__(self, from_ms: int, until_ms: int) -> None:
        self._from_ms = from_ms
        self._until_ms = until_ms
        self._calls: dict[str, list[ToldStay]] = {}
        self._origins: dict[str, str] = {}
        """The call in which a call-back was asked for, by call-back."""
        self._offers: dict[str, CallOffered] = {}
        self._taken_over: dict[tuple[str, str], ToldStay] = {}
        """Of an agent who was asked in a queue and joined with the caller: that stay, by (caller's call, agent)."""
        self.failed: list[tuple[CallOffered, OfferEnded]] = []
        """Offers to agents who were not there."""

    def __iter__(self) -> Iterator[tuple[str, Sequence[ToldStay]]]:
        """Each caller's stays, by his call; those of a call-back he asked for belong to them."""
        return iter(self._calls.items())

    @property
    def settled(self) -> bool:
        """Whether the end of each of them is known."""
        return all(stays[-1].over for stays in self._calls.values())

    @property
    def played(self) -> Collection[tuple[str, str]]:
        """The (call, agent) pairs that belong to these calls: what the agent does in them is not of his own accord."""
        offered = {
            (offer.linkedid, offer.agent)
            for offer in self._offers.values()
            if self._caller(offer.linkedid) in self._calls
        }
        return offered | self._taken_over.keys()

    def see(self, fact: Fact) -> None:
        """Take note of a fact."""
        match fact:
            case CallbackRequested():
                self._origins[fact.callback] = fact.linkedid
            case CallQueued():
                self._queued(fact)
            case CallOffered():
                self._offers[fact.offer] = fact
                if stay := self._last(fact.linkedid):
                    stay.rings[fact.offer] = RINGING
            case OfferEnded():
                self._offer_ended(fact)
            case CallOverflowed(cause=OverflowCause.CALLER) if stay := self._last(fact.linkedid):
                stay.left_for = fact.to
            case CallDequeued() if stay := self._last(fact.linkedid):
                stay.reason, stay.left_ms, stay.wait_ms = fact.reason, fact.at_ms, fact.wait_ms
            case CallReleased() if stay := self._handled_by(fact.linkedid, fact.agent):
                stay.handling_ms = (stay.handling_ms or 0) + fact.talk_ms + fact.hold_ms
                stay.released_ms = fact.at_ms
            case CallTransferred() if stay := self._handled_by(fact.consult, fact.to):
                self._taken_over[fact.linkedid, fact.to] = stay  # he talks on, now with the caller
                stay.released_ms = None
            case WrapUpEnded() if stay := self._handled_by(fact.linkedid, fact.agent):
                stay.wrap_up_ms = fact.wrap_up_ms
            case AgentStateChanged(before=AgentState.WRAP_UP, cause="system"):
                if stay := self._handled_by(fact.linkedid, fact.agent):
                    stay.wrap_up_ms = None

    def _caller(self, linkedid: str) -> str:
        return self._origins.get(callback_of(linkedid)) or linkedid

    def _last(self, linkedid: str) -> ToldStay | None:
        stays = self._calls.get(self._caller(linkedid))
        return stays[-1] if stays else None

    def _handled_by(self, linkedid: str, agent: str) -> ToldStay | None:
        if (stay := self._taken_over.get((linkedid, agent))) is not None:
            return stay
        stays = self._calls.get(self._caller(linkedid), ())
        return next((stay for stay in reversed(stays) if stay.agent == agent), None)

    def _queued(self, fact: CallQueued) -> None:
        caller = self._caller(fact.linkedid)
        if caller not in self._calls and not self._from_ms <= fact.at_ms < self._until_ms:
            return
        stays = self._calls.setdefault(caller, [])
        if stays and stays[-1].queued.linkedid == fact.linkedid and stays[-1].queued.entered_ms == fact.entered_ms:
            last = stays[-1]
            if last.reason is None:  # back after an absence of the daemon
                return
            if last.reason is DequeueReason.OVERFLOWED and last.left_ms == fact.at_ms:  # moved by the router
                last.reason = None
                return
        stays.append(ToldStay(fact))

    def _offer_ended(self, fact: OfferEnded) -> None:
        offer, stay = self._offers.get(fact.offer), self._last(fact.linkedid)
        if fact.outcome in _NOT_THERE:
            if offer:
                self.failed.append((offer, fact))
            if stay:
                stay.rings.pop(fact.offer, None)
        elif stay:
            answered = fact.outcome is OfferOutcome.ANSWERED
            stay.rings[fact.offer] = Ring(fact.ring_ms, answered)
            stay.agent = fact.agent if answered else stay.agent
