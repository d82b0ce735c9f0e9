"""What is different in a call of ours: to a customer who asked to be called back, or to a number that an agent has
dialled. Its first channel is the agent's (whose phone may ring more than once under the same name for a call-back); the
customer's, which is recorded, is dialled from it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from acd.callbacks import callback_of, is_callback
from acd.facts import CallDequeued, OutsideRefused
from acd.states import CallbackOutcome, CallOutcome, EndedBy
from recording.account import Account
from recording.channels import Channel
from recording.identity import call_id
from recording.instants import utc
from recording.record import ASTERISK_LOST, CallRecord, Direction, LegKind, Segment, SegmentKind

_DIALLED = re.compile(r"PJSIP/(\+?[0-9]+)@[^,]*,[^,]*,.*\bb\(callback-customer\^")
"""The Dial to a customer (cti/callbacks/dialling.py), and the number in it."""

_BUSY, _REFUSED = 17, 21
_NO_ANSWER = frozenset({0, 16, 18, 19})
"""Hang-up causes of ITU-T Q.850, as Asterisk gives them to a customer's channel."""


def customer_of(every: Sequence[Channel], linkedid: str) -> Channel | None:
    """The customer's channel; None where he was not rung: then there was no call, only an agent's phone."""
    dials = [run for one in every if one.uniqueid == linkedid for run in one.runs if _DIALLED.match(run.data)]
    if not dials:
        return None
    since_us = dials[-1].start_us
    return next((one for one in every if one.uniqueid != linkedid and one.started_us >= since_us), None)


def heard_before(story: Account) -> bool:
    """Whether its agent had a message to hear first: he was out of the queue before he dialled."""
    left = (fact.at_ms for fact in story.queued if isinstance(fact, CallDequeued))
    return story.dialled is not None and any(at_ms < story.dialled.at_ms for at_ms in left)


def number_of(every: Sequence[Channel], linkedid: str) -> str:
    """The number that was dialled, as the ledger has it."""
    found = (_DIALLED.match(run.data) for one in every if one.uniqueid == linkedid for run in one.runs)
    return next((match[1] for match in found if match), "")


def told_otherwise(
    every: Sequence[Channel], customer: Channel, record: CallRecord, story: Account
) -> Mapping[str, Any]:
    """The fields in which the record differs from that of a caller's call with the same channels."""
    dialled = story.dialled
    number = dialled.number if dialled else number_of(every, record.linkedid)
    ended_by = _ended_by(customer, [one for one in every if one.uniqueid == record.linkedid])
    return {
        "direction": Direction.OUTBOUND,
        "caller": number,
        "caller_name": "",
        "dialled": number,
        "started_at": utc(every[0].started_us),
        "outcome": CallOutcome.ANSWERED if record.conversations else CallOutcome.NOT_REACHED,
        "agent": record.agent if record.conversations else None,
        "ended_by": ended_by,
        "reason": _reason(record, customer, story, ended_by),
        "callback": callback_of(record.linkedid) if is_callback(record.linkedid) else None,
        "origin": call_id(dialled.origin) if dialled and dialled.origin else None,
        "legs": (record.legs[0].model_copy(update={"number": number}), *record.legs[1:]),
        "reconstructed": _is_reconstructed(record, story),
    }


def refused_otherwise(record: CallRecord, fact: OutsideRefused) -> Mapping[str, Any]:
    """The same of a call that an agent has dialled and that was not made; only the router knows that it was to be one.
    All of it is his own telephone."""
    whole = (Segment(kind=SegmentKind.PREPARING, started_at=record.started_at, ended_at=record.ended_at),)
    leg = record.legs[0].model_copy(update={"kind": LegKind.AGENT, "number": fact.agent, "agent": fact.agent})
    return {
        "direction": Direction.OUTBOUND,
        "caller": fact.number,
        "caller_name": "",
        "dialled": fact.number,
        "answered_at": None,
        "outcome": CallOutcome.BLOCKED,
        "ended_by": EndedBy.SYSTEM,
        "reason": fact.error,
        "agent": fact.agent,
        "legs": (leg, *record.legs[1:]),
        "segments": whole if record.started_at < record.ended_at else (),
        "reconstructed": False,
    }


def _is_reconstructed(record: CallRecord, story: Account) -> bool:
    """The router's account has a gap: the attempt's beginning or end, an offer, or the leaving of the queue."""
    if not is_callback(record.linkedid):
        return record.reason == ASTERISK_LOST or story.arrived is None or story.ended is None
    left = {fact.queue for fact in story.queued if isinstance(fact, CallDequeued)}
    return (
        record.reason == ASTERISK_LOST
        or story.dialled is None
        or story.attempted is None
        or any(ended is None for _, ended in story.offers)
        or any(offer.reconstructed for offer in record.offers)
        or not record.queues
        or any(visit.queue not in left for visit in record.queues)
    )


def _ended_by(customer: Channel, agents: Sequence[Channel]) -> EndedBy:
    sources = {customer.source, *(one.source for one in agents[-1:])}
    if customer.source == customer.name:
        return EndedBy.CALLER
    return EndedBy.AGENT if agents and agents[-1].name in sources else EndedBy.SYSTEM


def _reason(record: CallRecord, customer: Channel, story: Account, ended_by: EndedBy) -> str:
    if not record.conversations:
        return _why(customer, story, ended_by)
    untold = story.ended is None and record.reason != ASTERISK_LOST
    return CallbackOutcome.REACHED.value if untold and not is_callback(record.linkedid) else record.reason


def _why(customer: Channel, story: Account, ended_by: EndedBy) -> str:
    if story.attempted is not None:
        return story.attempted.outcome.value
    if story.ended is not None:
        return story.ended.reason
    if customer.cause == _BUSY:
        return CallbackOutcome.BUSY.value
    if customer.cause == _REFUSED:
        return CallbackOutcome.REFUSED.value
    if ended_by is EndedBy.AGENT:
        return CallbackOutcome.GIVEN_UP.value
    return (CallbackOutcome.NO_ANSWER if customer.cause in _NO_ANSWER else CallbackOutcome.UNREACHABLE).value
