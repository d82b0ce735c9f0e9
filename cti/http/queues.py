"""Queues over HTTP: who waits, who could answer, what became of those who entered."""

from typing import Annotated, Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.views import QueueView, View


class Queues(View):
    """All queues, in the order of the centre's file."""

    queues: list[QueueView]


async def list_queues(asked: Asked[Nothing, Nothing]) -> Queues:
    """All queues and who waits in them."""
    router, live = asked.floor.distributor.router, asked.floor.live
    return Queues(queues=[live.queue(queue) for queue in router.queues.values()])


async def show_queue(asked: Asked[Nothing, Any]) -> QueueView:
    """One queue and who waits in it."""
    return asked.floor.live.queue(asked.floor.distributor.router.queue(asked.path["name"]))


class Surge(Given):
    """Whether it is on, who says so, and why; a surge without a reason is none."""

    on: bool
    why: Annotated[str, Field(max_length=200)] = ""
    by: Annotated[str, Field(min_length=1, max_length=80)] = "api"

    @model_validator(mode="after")
    def _has_a_reason(self) -> "Surge":
        if self.on and not self.why.strip():
            raise PydanticCustomError("why", "why: a surge needs a reason; expected it in words")
        return self


async def declare_surge(asked: Asked[Nothing, Surge]) -> QueueView:
    """Call the queue's blended agents in whatever its length, or let them go. It is logged with who and why, and lasts
    until it is ended, also over a restart of the service."""
    name, body = asked.path["name"], asked.body
    with asked.floor.distributor.command() as (router, now_ms):
        router.declare_surge(name, on=body.on, cause=body.by, why=body.why, now_ms=now_ms)
    return await show_queue(asked)


ENDPOINTS = (
    Endpoint("GET", "/api/queues", list_queues, Nothing, Nothing, Queues),
    Endpoint("GET", "/api/queues/{name}", show_queue, Nothing, Nothing, QueueView, errors=(404,)),
    Endpoint("POST", "/api/queues/{name}/surge", declare_surge, Nothing, Surge, QueueView, errors=(404,)),
)
