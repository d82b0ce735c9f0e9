"""Callers parked and fetched over HTTP, for the agent whose desktop asks."""

import structlog
from pydantic import Field

from cti.access import Role
from cti.ami.errors import AmiError
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import AsteriskAway, NotYourCall
from cti.http.steered import his_call, under_way
from cti.http.views import CallView, call_view
from ivr.destinations import Destination
from ivr.fetching import RING_MS

log = structlog.get_logger()


class Park(Given):
    """Where, if that is wished."""

    space: str = Field(
        "", pattern=r"^[0-9]{0,6}$", description="The space, if it is free; the next free one otherwise."
    )


class Fetch(Given):
    """Who takes the caller."""

    agent: str = Field(description="The number of an agent who is signed in and in no call, whatever he has chosen.")


async def park(asked: Asked[Nothing, Park]) -> CallView:
    """Park a caller who talks with an agent: he hears music until somebody fetches him, and goes back to that agent,
    then to his queue, after `back_s` of centre.yaml. The agent is released. At which space he is, the live picture
    tells. An agent's own token may do it in his own conversation.
    """
    call = his_call(asked)
    try:
        await asked.floor.send_on(call.linkedid, Destination(parked=True, space=asked.body.space))
    except AmiError as error:
        log.warning("not-parked", error_id=error.id, linkedid=call.linkedid, detail=str(error))
        raise AsteriskAway from error
    return call_view(asked.floor.live.board.calls.get(call.linkedid, call))


async def fetch(asked: Asked[Nothing, Fetch]) -> CallView:
    """Ring this agent's phone for a caller who is parked. If he does not answer, the caller stays where he is. An
    agent's own token may do it for him.
    """
    call, holder = under_way(asked.floor.live.board.calls, asked.path["id"]), asked.holder
    if not holder.role.includes(Role.FLOOR) and holder.agent != asked.body.agent:
        raise NotYourCall(holder.agent)
    with asked.floor.distributor.command() as (router, now_ms):
        router.fetch(call.linkedid, asked.body.agent, ring_ms=RING_MS, now_ms=now_ms)
    return call_view(asked.floor.live.board.calls.get(call.linkedid, call))


ENDPOINTS = (
    Endpoint(
        "POST", "/api/calls/{id}/park", park, Nothing, Park, CallView, errors=(403, 404, 409, 503), role=Role.AGENT
    ),
    Endpoint("POST", "/api/calls/{id}/fetch", fetch, Nothing, Fetch, CallView, errors=(403, 404, 409), role=Role.AGENT),
)
