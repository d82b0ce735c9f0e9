"""Offers: agents reserved for a call while their phones ring, and what becomes of that.

Whom a call is offered to is the router's choice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from acd.agents import Agent, AgentEvent
from acd.decisions import Decision
from acd.facts import CallOffered, Fact, OfferEnded
from acd.queues import Call, QueueSettings
from acd.roster import Roster
from acd.states import NotReadyReason, OfferOutcome, Status
from acd.targets import Target
from acd.timers import Timers

UNREACHABLE_FOR_MS = 15_000
"""How long a phone that could not be rung is left alone where Asterisk itself says nothing of it."""

DID_NOTHING = frozenset({OfferOutcome.ABANDONED, OfferOutcome.WITHDRAWN, OfferOutcome.ANSWERED_ELSEWHERE})
"""After these the agent keeps his place in the order of idleness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A reserved agent whose phone is to ring for a call, at most `ring_ms`. `line` is the channel of a call that he
    has placed himself to take this one: then nothing rings, and the caller is connected with that."""

    id: str
    linkedid: str
    queue: str
    agent: str
    phone: str
    ring_ms: int
    at_ms: int
    decision: Decision
    line: str = ""


@dataclass(slots=True)
class Outcome:
    """What has been decided since the last look: phones to ring, offers taken back, calls that go elsewhere (where a
    queue: they wait there now), facts to state."""

    offers: list[Offer] = field(default_factory=list)
    withdrawn: list[Offer] = field(default_factory=list)
    left: list[tuple[str, Target]] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


class Offers:
    """All offers there are, by id."""

    def __init__(self, roster: Roster, timers: Timers[tuple[str, str]], state: Callable[[Fact], None]) -> None:
        self._roster = roster
        self._timers = timers
        self._state = state
        self._sequence = 0
        self.by_id: dict[str, Offer] = {}
        self.violations = 0
        """Offers to an agent who already had a call: impossible by construction, counted all the same."""

    def make(
        self, call: Call, agent: Agent, settings: QueueSettings, decision: Decision, now_ms: int, line: str = ""
    ) -> Offer | None:
        """Reserve the agent for the call. None, and a violation counted, where he has one."""
        if agent.linkedid:
            self.violations += 1
            return None
        self._sequence += 1
        offer = Offer(
            id=f"{now_ms}.{self._sequence}",
            linkedid=call.linkedid,
            queue=call.queue,
            agent=agent.number,
            phone=agent.phone,
            ring_ms=settings.ring_ms,
            at_ms=now_ms,
            decision=decision,
            line=line,
        )
        with self._roster.change(agent, "offer", now_ms, linkedid=call.linkedid):
            agent.apply(AgentEvent.RESERVED)
            agent.linkedid = call.linkedid
            agent.offered_sequence = self._sequence
        call.offers[agent.number] = offer.id
        self.by_id[offer.id] = offer
        self._state(
            CallOffered(
                at_ms=now_ms,
                linkedid=call.linkedid,
                offer=offer.id,
                queue=call.queue,
                agent=agent.number,
                wait_ms=now_ms - call.entered_ms,
                decision=decision.to_json(),
            )
        )
        return offer

    def end(self, offer: Offer, call: Call, outcome: OfferOutcome, now_ms: int) -> Agent:
        """The agent is free again, or in conversation, or not to be rung for a while."""
        del self.by_id[offer.id]
        del call.offers[offer.agent]
        agent = self._roster.agent(offer.agent)
        with self._roster.change(agent, "offer", now_ms, linkedid=offer.linkedid, keep_place=outcome in DID_NOTHING):
            if outcome is OfferOutcome.ANSWERED:
                agent.apply(AgentEvent.ANSWERED)
            else:
                agent.apply(AgentEvent.OFFER_ENDED)
                agent.linkedid = ""
            self._blame(agent, outcome, now_ms)
        self._state(
            OfferEnded(
                at_ms=now_ms,
                linkedid=offer.linkedid,
                offer=offer.id,
                queue=offer.queue,
                agent=offer.agent,
                outcome=outcome,
                ring_ms=now_ms - offer.at_ms,
            )
        )
        return agent

    def of(self, call: Call) -> list[Offer]:
        """The offers of that call."""
        return [self.by_id[offer] for offer in call.offers.values()]

    def _blame(self, agent: Agent, outcome: OfferOutcome, now_ms: int) -> None:
        """What an offer that came to nothing means for the agent: the next caller must not ring an empty chair."""
        if outcome in (OfferOutcome.MISSED, OfferOutcome.REFUSED) and agent.status is Status.READY:
            missed = outcome is OfferOutcome.MISSED
            agent.status = Status.NOT_READY
            agent.reason = NotReadyReason.MISSED_CALL if missed else NotReadyReason.REFUSED_CALL
        elif outcome is OfferOutcome.UNREACHABLE:
            agent.reachable = False
            self._timers.set(("phone", agent.number), now_ms + UNREACHABLE_FOR_MS)
