"""Call-backs over HTTP: who is owed one and how far it is, and what a program or a supervisor may do about it.

Times named `…_ms` are milliseconds since the epoch (UTC), as in the facts.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field

from acd.callbacks import ENGAGED, IN_QUEUE, Callback
from acd.masking import Personal
from acd.states import CallbackOutcome, CallbackState
from cti.access import Permission
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import UnknownRecording, reaching_records
from cti.http.recordings import REFUSALS, give_kept
from cti.http.views import View
from recording.identity import call_id
from recording.keeping.kept import KeptRecordings
from recording.keeping.left_messages import LeftMessages


class MessageView(View):
    """What the caller has said."""

    duration_ms: int


class CallbackView(View):
    """A call-back, or a message that an agent is to hear."""

    id: str
    number: Personal = Field(description="Empty where a message was left by somebody whose number is not known.")
    queue: str
    state: CallbackState
    outcome: CallbackOutcome | None = Field(description="How it ended, null while it is open.")
    last: CallbackOutcome | None = Field(description="How the last attempt to reach the customer ended.")
    attempts: int = Field(description="How often the customer was rung.")
    attempts_at_most: int
    agent: str = Field(description="Who is reserved for it, or was last.")
    requested_ms: int
    entered_ms: int = Field(description="His place: when he entered the queue for the first time.")
    due_ms: int | None = Field(description="When it stands in the queue again, null unless it waits for that.")
    expires_ms: int
    ended_ms: int | None
    priority: int
    data: Mapping[str, Personal]
    language: str
    origin: str | None = Field(description="The id of the call in which he asked for it, null where a program did.")
    call: str | None = Field(description="The id of the call it is now, or was last; null before its first stay.")
    message: MessageView | None = Field(description="Null where nobody has left one.")


class Callbacks(View):
    """Call-backs in the order they were asked for."""

    callbacks: list[CallbackView]


class Which(Given):
    """Which call-backs."""

    state: Literal["open", "done", "all"] = "open"
    queue: str | None = None
    kind: Literal["callback", "message", "all"] = Field("all", description="Those with a message, or without.")


class NewCallback(Given):
    """Whom to call back, and for which queue. The number must be one that the customer called from or has confirmed."""

    number: Annotated[str, Field(max_length=16)]
    queue: str
    priority: Annotated[int, Field(ge=0, le=100)] = 0
    data: dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=256)]] = Field(
        default_factory=dict, max_length=32
    )


async def list_callbacks(asked: Asked[Which, Nothing]) -> Callbacks:
    """Call-backs that are open, in the order they were asked for; or those that ended within a day, or both."""
    wanted = {"open": {True}, "done": {False}, "all": {True, False}}[asked.query.state]
    kinds = {"callback": {False}, "message": {True}, "all": {True, False}}[asked.query.kind]
    every = asked.floor.callbacks.all()
    found = (one for one in every if one.open in wanted and (one.message is not None) in kinds)
    return Callbacks(callbacks=[_view(one) for one in found if asked.query.queue in (None, one.queue)])


async def add_callback(asked: Asked[Nothing, NewCallback]) -> CallbackView:
    """Have somebody called back; it stands in its queue as if he had just come into it."""
    body = asked.body
    return _view(asked.floor.callbacks.add(body.number, body.queue, priority=body.priority, data=body.data))


async def show_callback(asked: Asked[Nothing, Nothing]) -> CallbackView:
    """One call-back, open or ended within a day."""
    return _view(asked.floor.callbacks.find(asked.path["id"]))


async def cancel_callback(asked: Asked[Nothing, Nothing]) -> CallbackView:
    """End a call-back; an agent's phone that rings for it stops. Not while the customer is rung or talks."""
    return _view(asked.floor.callbacks.cancel(asked.path["id"]))


async def hasten_callback(asked: Asked[Nothing, Nothing]) -> CallbackView:
    """Do not wait until the next attempt is due: it stands in its queue again at once, if its rules let it."""
    return _view(asked.floor.callbacks.hasten(asked.path["id"]))


async def tell_voicemail(asked: Asked[Nothing, Nothing]) -> CallbackView:
    """A machine has answered, says the agent, in the call or after it: it is tried again as the queue's rules say."""
    return _view(asked.floor.callbacks.tell_voicemail(asked.path["id"]))


async def tell_heard(asked: Asked[Nothing, Nothing]) -> CallbackView:
    """The message was heard elsewhere, on a desktop, and needs nothing more. Not while an agent is at it."""
    return _view(asked.floor.callbacks.tell_heard(asked.path["id"]))


async def fetch_message(asked: Asked[Nothing, Nothing]) -> web.StreamResponse:
    """What the caller has said, as a WAV file: 8 kHz, 16 bit, mono. Ranges can be asked for. Every fetch is written
    down. When the call-back is forgotten, `/api/calls/{id}/messages/{n}` still has it."""
    one = asked.floor.callbacks.find(asked.path["id"])
    if one.message is None:
        raise UnknownRecording(f"call-back {one.id} brings no message")
    with reaching_records():
        kept = await LeftMessages(KeptRecordings(asked.floor.store), asked.floor.recordings).find(one.message.file)
    if kept is None:
        raise UnknownRecording(f"the message of call-back {one.id} is kept no longer")
    return await give_kept(asked, kept)


def _view(one: Callback) -> CallbackView:
    return CallbackView(
        id=one.id,
        number=one.number,
        queue=one.queue,
        state=one.state,
        outcome=one.outcome,
        last=one.last,
        attempts=one.attempts,
        attempts_at_most=one.rules.attempts,
        agent=one.agent if one.state in IN_QUEUE | ENGAGED or one.attempts or one.last else "",
        requested_ms=one.requested_ms,
        entered_ms=one.entered_ms,
        due_ms=one.due_ms,
        expires_ms=one.expires_ms,
        ended_ms=one.ended_ms,
        priority=one.priority,
        data=one.data,
        language=one.language,
        origin=call_id(one.origin) if one.origin else None,
        call=call_id(one.linkedid) if one.stay else None,
        message=MessageView(duration_ms=one.message.duration_ms) if one.message else None,
    )


ENDPOINTS = (
    Endpoint("GET", "/api/callbacks", list_callbacks, Which, Nothing, Callbacks),
    Endpoint("POST", "/api/callbacks", add_callback, Nothing, NewCallback, CallbackView, errors=(404, 409)),
    Endpoint("GET", "/api/callbacks/{id}", show_callback, Nothing, Nothing, CallbackView, errors=(404,)),
    Endpoint("DELETE", "/api/callbacks/{id}", cancel_callback, Nothing, Nothing, CallbackView, errors=(404, 409)),
    Endpoint("POST", "/api/callbacks/{id}/now", hasten_callback, Nothing, Nothing, CallbackView, errors=(404, 409)),
    Endpoint(
        "POST", "/api/callbacks/{id}/voicemail", tell_voicemail, Nothing, Nothing, CallbackView, errors=(404, 409)
    ),
    Endpoint("POST", "/api/callbacks/{id}/heard", tell_heard, Nothing, Nothing, CallbackView, errors=(404, 409)),
    Endpoint(
        "GET",
        "/api/callbacks/{id}/message",
        fetch_message,
        Nothing,
        Nothing,
        media="audio/wav",
        statuses=(200, 206),
        errors=REFUSALS,
        permission=Permission.LISTEN,
    ),
)
