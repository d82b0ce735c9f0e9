"""Call-backs as the facts in a journal left them: nothing is lost whatever died. Pure."""

from collections.abc import Callable, Iterable

from acd.callback_rules import CallbackRules, MessageRules
from acd.callbacks import Callback, VoiceMessage, callback_of, is_callback
from acd.facts import (
    CallbackAttempted,
    CallbackDialled,
    CallbackEnded,
    CallbackRequested,
    CallQueued,
    Fact,
    OfferEnded,
)
from acd.states import CallbackState, OfferOutcome

TOLD_BY = (CallbackRequested, CallbackDialled, CallbackAttempted, CallbackEnded, CallQueued, OfferEnded)
"""The facts a history is made of; the last two only as far as they are of call-backs."""


def history(
    facts: Iterable[Fact],
    rules_of: Callable[[str], CallbackRules | None],
    message_rules_of: Callable[[str], MessageRules] = lambda queue: MessageRules(),
) -> list[Callback]:
    """Every call-back of which the facts tell, in the order they were asked for.

    One that stood in its queue, or whose agent's phone rang, or who heard its message, is as if just asked for. One
    whose customer was being rung or talked is so still: what became of it Asterisk must tell. `rules_of` and
    `message_rules_of` as for CallbackBook; a queue that takes no call-backs any more finishes those it has by the usual
    rules.
    """
    found: dict[str, Callback] = {}
    for fact in facts:
        if isinstance(fact, CallbackRequested):
            rules = message_rules_of(fact.queue) if fact.message else rules_of(fact.queue) or CallbackRules()
            found[fact.callback] = _requested(fact, rules)
        elif isinstance(fact, TOLD_BY):
            name = getattr(fact, "callback", "") or callback_of(fact.linkedid)
            if (callback := found.get(name)) is not None:
                _take(callback, fact)
    return [*found.values()]


def _requested(fact: CallbackRequested, rules: CallbackRules) -> Callback:
    return Callback(
        id=fact.callback,
        number=fact.number,
        queue=fact.queue,
        entered_ms=fact.entered_ms,
        priority=fact.priority,
        skills=fact.skills,
        requires=fact.requires,
        data=fact.data,
        language=fact.language,
        origin=fact.linkedid,
        requested_ms=fact.at_ms,
        expires_ms=fact.expires_ms,
        rules=rules,
        message=VoiceMessage(fact.message, fact.message_ms) if fact.message else None,
    )


def _take(callback: Callback, fact: Fact) -> None:
    match fact:
        case CallQueued(linkedid=linkedid) if callback.open:
            _stay(callback, linkedid)
            callback.state, callback.due_ms = CallbackState.REQUESTED, None
        case CallbackDialled(linkedid=linkedid):
            _stay(callback, linkedid)
            callback.state, callback.agent, callback.attempts = CallbackState.DIALLING, fact.agent, fact.attempt
            callback.last = None
        case OfferEnded(outcome=OfferOutcome.ANSWERED) if callback.state is CallbackState.DIALLING:
            callback.state = CallbackState.TALKING
        case CallbackAttempted():
            callback.last, callback.due_ms = fact.outcome, fact.due_ms or None
            if fact.due_ms:
                callback.state, callback.outcome, callback.ended_ms = CallbackState.DUE, None, None
            elif callback.open:
                callback.state = CallbackState.REQUESTED  # its end was not written any more
            else:
                callback.outcome = fact.outcome
        case CallbackEnded():
            callback.state, callback.outcome = CallbackState.DONE, fact.outcome
            callback.ended_ms, callback.due_ms = fact.at_ms, None
        case _:
            pass


def _stay(callback: Callback, linkedid: str) -> None:
    if is_callback(linkedid):
        callback.stay = max(callback.stay, int(linkedid.rpartition(".")[2]))
