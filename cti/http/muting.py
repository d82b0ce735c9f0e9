"""Agents muted towards their callers over HTTP."""

import structlog

from cti.access import Role
from cti.ami.errors import AmiError
from cti.http.endpoints import Asked, Endpoint, Nothing
from cti.http.errors import AsteriskAway
from cti.http.steered import his_call
from cti.http.views import CallView, call_view

log = structlog.get_logger()


async def mute(asked: Asked[Nothing, Nothing]) -> CallView:
    """Let the caller, and the recording, hear nothing of the agent from now on; the agent goes on hearing him. It ends
    by `unmute`, or with the conversation. An agent's own token may do it in his own conversation.
    """
    return await _switch(asked, muted=True)


async def unmute(asked: Asked[Nothing, Nothing]) -> CallView:
    """Let the caller hear the agent again."""
    return await _switch(asked, muted=False)


async def _switch(asked: Asked[Nothing, Nothing], *, muted: bool) -> CallView:
    call, holder = his_call(asked), asked.holder
    by = f"agent:{holder.agent}" if holder.agent else f"api:{holder.name}"
    try:
        await asked.floor.mute(call.linkedid, muted=muted, by=by)
    except AmiError as error:
        log.warning("not-muted", error_id=error.id, linkedid=call.linkedid, detail=str(error))
        raise AsteriskAway from error
    return call_view(asked.floor.live.board.calls.get(call.linkedid, call))


ENDPOINTS = (
    Endpoint(
        "POST", "/api/calls/{id}/mute", mute, Nothing, Nothing, CallView, errors=(403, 404, 409, 503), role=Role.AGENT
    ),
    Endpoint(
        "POST",
        "/api/calls/{id}/unmute",
        unmute,
        Nothing,
        Nothing,
        CallView,
        errors=(403, 404, 409, 503),
        role=Role.AGENT,
    ),
)
