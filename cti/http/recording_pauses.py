"""Pausing the recording of a call under way over HTTP, while the caller says what nobody may hear again."""

from datetime import datetime

import structlog
from pydantic import Field

from acd.masking import Personal
from cti.access import Role
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import AsteriskAway
from cti.http.steered import his_call
from cti.http.views import View
from cti.recording_pauses import PauseNotConfirmed
from recording.identity import call_id
from recording.instants import utc

log = structlog.get_logger()


class PauseOrder(Given):
    """Why: his words stand in the record of the call."""

    why: str = Field("", max_length=200, description="Such as: card number. No numbers or secrets themselves.")


class PauseView(View):
    """Whether the recording is paused, by whom, and until when at most."""

    call: str
    paused: bool
    by: str = Field("", description='"agent:1001", or "api:" and the name of the token.')
    why: Personal = ""
    since: datetime | None = None
    until: datetime | None = Field(None, description="When it ends by itself, if not sooner.")


async def show_pause(asked: Asked[Nothing, Nothing]) -> PauseView:
    """Whether an agent or a program has paused the recording of this call under way."""
    return _view(asked, his_call(asked).linkedid)


async def pause(asked: Asked[Nothing, PauseOrder]) -> PauseView:
    """Let both sides be recorded as silence from now on; the times of the recording stay true. It ends by `resume`,
    with the conversation, or after `pause_s` of the settings. An agent's own token may do it in his own conversation.
    """
    linkedid = his_call(asked).linkedid
    try:
        await asked.floor.pauses.pause(linkedid, _by(asked), asked.body.why)
    except PauseNotConfirmed as error:
        log.error("recording-not-paused", error_id="recording-not-paused", linkedid=linkedid)
        raise AsteriskAway from error
    return _view(asked, linkedid)


async def resume(asked: Asked[Nothing, PauseOrder]) -> PauseView:
    """Let the call be recorded again."""
    linkedid = his_call(asked).linkedid
    try:
        await asked.floor.pauses.resume(linkedid, _by(asked), asked.body.why)
    except PauseNotConfirmed as error:
        log.error("recording-not-resumed", error_id="recording-not-resumed", linkedid=linkedid)
        raise AsteriskAway from error
    return _view(asked, linkedid)


def _by(asked: Asked[Nothing, PauseOrder]) -> str:
    if asked.holder.agent:
        return f"agent:{asked.holder.agent}"
    return asked.person if asked.person != asked.holder.name else f"api:{asked.holder.name}"


def _view(asked: Asked[Nothing, PauseOrder] | Asked[Nothing, Nothing], linkedid: str) -> PauseView:
    under_way = asked.floor.pauses.under_way.get(linkedid)
    if under_way is None:
        return PauseView(call=call_id(linkedid), paused=False)
    return PauseView(
        call=call_id(linkedid),
        paused=True,
        by=under_way.by,
        why=under_way.why,
        since=utc(under_way.since_ms * 1000),
        until=utc(under_way.until_ms * 1000),
    )


ENDPOINTS = (
    Endpoint(
        "GET", "/api/calls/{id}/recording/pause", show_pause, Nothing, Nothing, PauseView, errors=(403, 404),
        role=Role.AGENT,
    ),
    Endpoint(
        "POST", "/api/calls/{id}/recording/pause", pause, Nothing, PauseOrder, PauseView, errors=(403, 404, 409, 503),
        role=Role.AGENT,
    ),
    Endpoint(
        "POST", "/api/calls/{id}/recording/resume", resume, Nothing, PauseOrder, PauseView, errors=(403, 404, 409, 503),
        role=Role.AGENT,
    ),
)  # fmt: skip
