"""Which answer belongs to which action of one connection: a response, a list of events, or nothing anybody waits for.

It decides what a message means to those who wait; sending, time limits and all other events are the connection's.
"""

import asyncio
from dataclasses import dataclass, field
from enum import Enum, auto
from secrets import token_hex

import structlog

from cti.ami.errors import AmiError, AmiLinkLost, AmiRefused
from cti.ami.message import Message

log = structlog.get_logger()

Answer = asyncio.Future[list[Message]]


class Taken(Enum):
    """What became of a message that was offered to those who wait."""

    NOT_OURS = auto()
    GATHERED = auto()
    DELIVERED = auto()  # a coroutine has been woken and should run before anything behind this message is dispatched


@dataclass(slots=True)
class _Waiting:
    """An action on its way. `answer` is None where nobody waits; `items` are a list's events so far."""

    action: str
    answer: Answer | None
    is_list: bool
    items: list[Message] = field(default_factory=list)


class Answers:
    """The actions of one connection that are still to be answered."""

    def __init__(self) -> None:
        # A user event carries the ActionID of whoever sent it, so ours must not be met by chance.
        self._prefix = token_hex(8)
        self._count = 0
        self._waiting: dict[str, _Waiting] = {}
        self._lists = 0

    def new_id(self) -> str:
        """An ActionID that nobody else uses."""
        self._count += 1
        return f"{self._prefix}-{self._count}"

    def expect(self, action_id: str, action: str, answer: Answer | None, *, is_list: bool = False) -> None:
        """From now on take what carries `action_id`. `answer` gets the response, or the events of the list."""
        self._waiting[action_id] = _Waiting(action, answer, is_list)
        self._lists += is_list

    def forget(self, action_id: str) -> None:
        """The action is answered, or its answer no longer of interest."""
        waiting = self._waiting.pop(action_id)
        self._lists -= waiting.is_list

    def fail(self, reason: AmiError) -> None:
        """No answer will come any more."""
        for waiting in self._waiting.values():
            if waiting.answer is not None and not waiting.answer.done():
                waiting.answer.set_exception(AmiLinkLost(f"action {waiting.action} stays without answer: {reason}"))

    def take(self, message: Message) -> Taken:
        """Offer a message. No event is NOT_OURS wrongly: those with our ActionID outside a list are the owner's."""
        if not message.response and not self._lists:
            return Taken.NOT_OURS  # the usual case, without a look at the headers
        action_id = message.action_id
        waiting = self._waiting.get(action_id)
        if message.response:
            if waiting is None:
                return Taken.GATHERED  # too late: whoever asked has given up
            if waiting.answer is None:
                self.forget(action_id)
            return _respond(waiting, message)
        if waiting is None or not waiting.is_list:
            return Taken.NOT_OURS
        return _gather(waiting, message)


def _respond(waiting: _Waiting, message: Message) -> Taken:
    refusal = AmiRefused(waiting.action, _wording(message)) if message.response == "Error" else None
    if waiting.answer is None:
        if refusal:
            log.warning("ami action refused", error_id=refusal.id, action=refusal.action, answer=refusal.message)
        return Taken.GATHERED
    if refusal:
        return _deliver(waiting.answer, refusal)
    if not waiting.is_list:
        return _deliver(waiting.answer, [message])
    if message.get("EventList").lower() != "start":
        return _deliver(waiting.answer, [])  # a list action that had nothing to tell
    return Taken.GATHERED


def _gather(waiting: _Waiting, message: Message) -> Taken:
    assert waiting.answer is not None
    match message.get("EventList").lower():
        case "":
            waiting.items.append(message)
            return Taken.GATHERED
        case "complete":
            return _deliver(waiting.answer, waiting.items)
        case state:
            return _deliver(waiting.answer, AmiRefused(waiting.action, f"the list ended as {state!r}"))


def _deliver(answer: Answer, result: list[Message] | AmiRefused) -> Taken:
    if answer.done():  # cancelled or timed out in this very moment
        return Taken.GATHERED
    if isinstance(result, AmiRefused):
        answer.set_exception(result)
    else:
        answer.set_result(result)
    return Taken.DELIVERED


def _wording(message: Message) -> str:
    """Asterisk's reason; a refused Command gives it as output."""
    return "; ".join(message.output) or message.get("Message", "no reason given")
