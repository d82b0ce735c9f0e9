"""Why a call went the way it went, in sentences: from its first queue to its last, each with the record of the decision
where one was made. Read off the router's facts; it judges nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from acd.facts import (
    CallbackRequested,
    CallDequeued,
    CallerRecognised,
    CallFact,
    CallJoined,
    CallOffered,
    CallOverflowed,
    CallQueued,
    CallStepped,
    CallTransferred,
    Fact,
    LookUpEnded,
    MessageHeard,
    OfferEnded,
    TransferEnded,
    VoicemailLeft,
)
from acd.masking import Personal
from acd.requirements import ANY
from acd.states import DequeueReason, OfferOutcome, OverflowCause
from acd.targets import TargetKind
from recording.instants import utc
from recording.record import Offer


class Explained(BaseModel):
    """One thing that was decided about a call, or that decided about it."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    fact: str = Field(description="The fact it is read from; empty where only Asterisk's ledger tells it.")
    queue: str = ""
    agent: str = ""
    sentence: Personal
    decision: Mapping[str, Any] = Field(
        default={},
        description="Of an offer: step, requirement, tuple, clock, and the candidates with what excluded them.",
    )


_OUTCOME: Mapping[OfferOutcome, str] = {
    OfferOutcome.ANSWERED: "answered",
    OfferOutcome.MISSED: "did not answer",
    OfferOutcome.REFUSED: "refused",
    OfferOutcome.UNREACHABLE: "could not be rung",
    OfferOutcome.ABANDONED: "was rung until the caller hung up",
    OfferOutcome.WITHDRAWN: "was rung until the offer was taken back",
    OfferOutcome.ANSWERED_ELSEWHERE: "was rung until another answered",
}

_LEFT: Mapping[DequeueReason, str] = {
    DequeueReason.ANSWERED: "with an agent",
    DequeueReason.ABANDONED: "because the caller hung up",
    DequeueReason.TIMED_OUT: "because the greatest wait was over",
    DequeueReason.OVERFLOWED: "for elsewhere",
    DequeueReason.WITHDRAWN: "because it was taken out",
}

_CAUSE: Mapping[OverflowCause, str] = {
    OverflowCause.STEP: "the queue's way leads there",
    OverflowCause.MAX_WAIT: "the greatest wait was over",
    OverflowCause.FULL: "the queue was full",
    OverflowCause.NOBODY: "nobody was signed in who could take it",
    OverflowCause.CLOSED: "the queue was closed",
    OverflowCause.CALLER: "the caller pressed the key to leave",
}

_TO: Mapping[TargetKind, str] = {
    TargetKind.QUEUE: "to queue {}",
    TargetKind.NUMBER: "to an outside number",
    TargetKind.VOICEMAIL: "to voicemail",
    TargetKind.CALLBACK: "to the call-backs",
    TargetKind.SAY: "to an announcement",
    TargetKind.LEAVE: "back to its flow",
}


def explain(facts: Iterable[Fact], offers: Iterable[Offer] = ()) -> tuple[Explained, ...]:
    """What was decided about one call, in order. `offers` are those of its record, if it is over: where we were away,
    Asterisk's plain queue rang agents without asking us.
    """
    told = [one for fact in facts if isinstance(fact, CallFact) and (one := _explained(fact)) is not None]
    return tuple(sorted([*told, *map(_untold, (offer for offer in offers if offer.reconstructed))], key=_at))


def explain_record(offers: Iterable[Offer]) -> tuple[Explained, ...]:
    """What is still known of an old call, whose facts are kept no longer: the offers that its record has."""
    told: list[Explained] = []
    for offer in offers:
        if offer.reconstructed:
            told.append(_untold(offer))
            continue
        about = {"queue": offer.queue, "agent": offer.agent}
        chosen = str(offer.decision.get("sentence") or f"Agent {offer.agent} was chosen.")
        ended = f"Agent {offer.agent} {_OUTCOME[offer.outcome]} ({_s(offer.ring_ms)})."
        told += [
            Explained(at=offer.at, fact=CallOffered.__name__, sentence=chosen, decision=offer.decision, **about),
            Explained(
                at=offer.at + timedelta(milliseconds=offer.ring_ms), fact=OfferEnded.__name__, sentence=ended, **about
            ),
        ]
    return tuple(sorted(told, key=_at))


def _at(one: Explained) -> datetime:
    return one.at


def _explained(fact: CallFact) -> Explained | None:  # noqa: PLR0912 (one case for each kind, and nothing else)
    queue = agent = ""
    decision: Mapping[str, Any] = {}
    match fact:
        case CallerRecognised():
            sentence = _recognised(fact)
        case CallQueued(queue=queue):
            sentence = f"The call came into queue {queue}{_wishes(fact)}; calls there, itself included: {fact.waiting}."
        case CallStepped(queue=queue):
            points = f", {fact.priority} points of priority" if fact.priority else ""
            sentence = f"After {_s(fact.wait_ms)} it came to step {fact.step}: asked for {fact.requires}{points}."
        case CallOffered(queue=queue, agent=agent, decision=decision):
            sentence = str(decision.get("sentence") or f"Agent {agent} was chosen.")
        case OfferEnded(queue=queue, agent=agent):
            sentence = f"Agent {agent} {_OUTCOME[fact.outcome]} ({_s(fact.ring_ms)})."
        case CallOverflowed(queue=queue):
            sentence = f"It went {_TO[fact.to].format(fact.value)}: {_CAUSE[fact.cause]}."
        case CallTransferred(queue=queue, agent=agent):
            whither = f"queue {queue}" if queue else f"agent {fact.to}" if fact.to else "another number of the centre"
            sentence = f"Agent {agent} sent it on to {whither}."
        case CallJoined(agent=agent):
            sentence = f"Agent {agent} came beside agent {fact.by} and the caller."
        case LookUpEnded():
            sentence = f"Node {fact.node} asked a program ({_s(fact.took_ms)}){_failed(fact.error)}."
        case TransferEnded():
            whither = f"extension {fact.extension}" if fact.extension else "a number outside"
            by = f"Queue {fact.queue}" if fact.queue else f"Node {fact.node}"
            sentence = f"{by} sent the caller to {whither}{_failed(fact.error)}."
        case VoicemailLeft(queue=queue):
            sentence = f"The caller left a message for queue {queue} ({_s(fact.duration_ms)})."
        case CallbackRequested(queue=queue) if fact.message:
            sentence = f"The message stands in queue {queue} for an agent to hear."
        case MessageHeard(queue=queue, agent=agent):
            heard = "all of the message" if fact.whole else "some of the message"
            sentence = f"Agent {agent} heard {heard} ({_s(fact.heard_ms)})."
        case CallbackRequested(queue=queue):
            sentence = f"A call-back was asked for, with the place in queue {queue}."
        case CallDequeued(queue=queue):
            sentence = f"It left queue {queue} after {_s(fact.wait_ms)} {_LEFT[fact.reason]}."
        case _:
            return None
    return Explained(
        at=utc(fact.at_ms * 1000),
        fact=type(fact).__name__,
        queue=queue,
        agent=agent,
        sentence=sentence,
        decision=decision,
    )


def _wishes(queued: CallQueued) -> str:
    wishes = []
    if queued.priority:
        wishes.append(f"{queued.priority} points of priority")
    if queued.requires not in ("", ANY.text):
        wishes.append(f"asking for {queued.requires}")
    if queued.preferred:
        wishes.append(f"waiting for agent {queued.preferred} at first")
    return f" ({', '.join(wishes)})" if wishes else ""


def _failed(error: str) -> str:
    return f", in vain: {error}" if error else ""


def _recognised(caller: CallerRecognised) -> str:
    known = ["in the directory" if caller.name or caller.priority else "known"]
    if caller.priority:
        known.append(f"{caller.priority} points of priority")
    if caller.agent:
        known.append(f"agent {caller.agent} first, his own or his last")
    return f"The caller is {'; '.join(known)}."


def _untold(offer: Offer) -> Explained:
    return Explained(
        at=offer.at,
        fact="",
        queue=offer.queue,
        agent=offer.agent,
        sentence=f"Asterisk's plain queue rang agent {offer.agent} while we were away; "
        f"he {_OUTCOME[offer.outcome]} ({_s(offer.ring_ms)}).",
    )


def _s(ms: int) -> str:
    return f"{ms / 1000:.1f} s"
