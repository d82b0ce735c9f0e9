"""What is told of a call-back: each fact made from the call-back as it is at that moment."""

from acd.callbacks import Callback
from acd.facts import CallbackAttempted, CallbackDialled, CallbackEnded, CallbackRequested, MessageHeard
from acd.states import CallbackOutcome


def requested(callback: Callback, cause: str) -> CallbackRequested:
    """It has been asked for."""
    return CallbackRequested(
        at_ms=callback.requested_ms,
        linkedid=callback.origin,
        callback=callback.id,
        number=callback.number,
        queue=callback.queue,
        entered_ms=callback.entered_ms,
        priority=callback.priority,
        skills=callback.skills,
        data=callback.data,
        language=callback.language,
        expires_ms=callback.expires_ms,
        cause=cause,
        requires=callback.requires,
        message=callback.message.file if callback.message else "",
        message_ms=callback.message.duration_ms if callback.message else 0,
    )


def heard(callback: Callback, heard_ms: int, *, whole: bool, now_ms: int) -> MessageHeard:
    """An agent has listened to its message."""
    return MessageHeard(
        at_ms=now_ms,
        linkedid=callback.origin,
        callback=callback.id,
        queue=callback.queue,
        agent=callback.agent,
        heard_ms=heard_ms,
        whole=whole,
    )


def dialled(callback: Callback, now_ms: int) -> CallbackDialled:
    """Its customer is rung."""
    return CallbackDialled(
        at_ms=now_ms,
        linkedid=callback.linkedid,
        callback=callback.id,
        number=callback.number,
        queue=callback.queue,
        agent=callback.agent,
        attempt=callback.attempts,
        origin=callback.origin,
    )


def attempted(callback: Callback, outcome: CallbackOutcome, now_ms: int) -> CallbackAttempted:
    """An attempt is over; the next is due when the call-back says."""
    return CallbackAttempted(
        at_ms=now_ms,
        linkedid=callback.linkedid,
        callback=callback.id,
        queue=callback.queue,
        agent=callback.agent,
        attempt=callback.attempts,
        outcome=outcome,
        due_ms=callback.due_ms or 0,
    )


def ended(callback: Callback, outcome: CallbackOutcome, cause: str, now_ms: int) -> CallbackEnded:
    """It is over."""
    return CallbackEnded(
        at_ms=now_ms,
        linkedid=callback.origin,
        callback=callback.id,
        queue=callback.queue,
        outcome=outcome,
        attempts=callback.attempts,
        wait_ms=now_ms - callback.entered_ms,
        cause=cause,
    )
