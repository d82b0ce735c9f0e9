"""Callers sent on over HTTP, joined by a colleague or taken from his phone, for the agent whose desktop asks."""

import structlog
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from cti.ami.errors import AmiError
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import AsteriskAway
from cti.http.steered import under_way
from cti.http.views import CallView, call_view
from ivr.destinations import Destination

log = structlog.get_logger()


class To(Given):
    """A queue by its name or an agent by his number: one of the two."""

    queue: str | None = Field(None, description="The queue's name.")
    agent: str | None = Field(None, description="The agent's number. He must be signed in.")

    @model_validator(mode="after")
    def _one(self) -> "To":
        if (self.queue is None) == (self.agent is None):
            raise PydanticCustomError("destination", "Input should be one of queue, agent")
        return self


class TransferOrder(Given):
    """Where the caller is to go."""

    to: To


async def transfer(asked: Asked[Nothing, TransferOrder]) -> CallView:
    """Send a caller who talks with an agent to a queue or to another agent. He keeps his call, its data and the time he
    has waited; the agent is released. Who is sent to an agent waits for him a while, then for whoever serves the queue
    he came from.
    """
    to = asked.body.to
    call = under_way(asked.floor.live.board.calls, asked.path["id"])
    try:
        await asked.floor.send_on(call.linkedid, Destination(queue=to.queue or "", agent=to.agent or ""))
    except AmiError as error:
        log.warning("not-sent-on", error_id=error.id, linkedid=call.linkedid, detail=str(error))
        raise AsteriskAway from error
    return call_view(asked.floor.live.board.calls.get(call.linkedid, call))


async def confer(asked: Asked[Nothing, Nothing]) -> CallView:
    """Put the colleague whom the agent has called on his other line beside him and his caller: the three hear each
    other once the agent takes his caller back from hold. The call on the other line is over with this. Whoever of the
    two agents hangs up leaves the other with the caller; when the caller does, the conference is over.
    """
    call = under_way(asked.floor.live.board.calls, asked.path["id"])
    try:
        await asked.floor.confer(call.linkedid)
    except AmiError as error:
        log.warning("not-joined", error_id=error.id, linkedid=call.linkedid, detail=str(error))
        raise AsteriskAway from error
    return call_view(asked.floor.live.board.calls.get(call.linkedid, call))


class PickUp(Given):
    """Who takes the call."""

    agent: str = Field(description="The number of an agent who is signed in and in no call, whatever he has chosen.")


async def pick_up(asked: Asked[Nothing, PickUp]) -> CallView:
    """Ring this agent's phone for a caller for whom a colleague's phone rings: that stops, and counts for nothing. If
    he does not answer either, the caller goes on waiting, first of all.
    """
    call = under_way(asked.floor.live.board.calls, asked.path["id"])
    with asked.floor.distributor.command() as (router, now_ms):
        router.pick_up(call.linkedid, asked.body.agent, now_ms=now_ms)
    return call_view(asked.floor.live.board.calls.get(call.linkedid, call))


ENDPOINTS = (
    Endpoint("POST", "/api/calls/{id}/transfer", transfer, Nothing, TransferOrder, CallView, errors=(404, 409, 503)),
    Endpoint("POST", "/api/calls/{id}/pick-up", pick_up, Nothing, PickUp, CallView, errors=(404, 409)),
    Endpoint("POST", "/api/calls/{id}/conference", confer, Nothing, Nothing, CallView, errors=(404, 409, 503)),
)
