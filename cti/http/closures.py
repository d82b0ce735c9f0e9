"""Closures in an emergency over HTTP: what is shut, since when, by whom and why; shut and opened again."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from acd.closures import EVERY
from acd.errors import UnknownAnnouncement, UnknownCalendar
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.views import ClosureView, View, closure_view


class Closures(View):
    """The closures that are on, and the announcements recorded by phone that a closure may use, oldest first."""

    closures: list[ClosureView]
    announcements: Sequence[str]


async def list_closures(asked: Asked[Nothing, Any]) -> Closures:
    """What is shut now, and what has been recorded for it."""
    floor = asked.floor
    return Closures(
        closures=[closure_view(one) for one in floor.closures.on.values()],
        announcements=await floor.closure_sounds.names(),
    )


class Closure(Given):
    """A calendar, or `*` for all of them and every queue; who shuts or opens it, and why: shutting needs a reason."""

    calendar: Annotated[str, Field(min_length=1)] = EVERY
    on: bool
    why: Annotated[str, Field(max_length=200)] = ""
    by: Annotated[str, Field(min_length=1, max_length=80)] = "api"
    announcement: Annotated[str, Field(description="One of the recorded; the house's words where none is named.")] = ""

    @model_validator(mode="after")
    def _has_a_reason(self) -> "Closure":
        if self.on and not self.why.strip():
            raise PydanticCustomError("why", "why: a closure needs a reason; expected it in words")
        return self


async def switch_closure(asked: Asked[Nothing, Closure]) -> Closures:
    """Shut a calendar, or all, or open again: it holds for the next caller, and for calls that wait as closing time
    does. It lasts until it is lifted, also over a restart of the service."""
    floor, body, now_ms = asked.floor, asked.body, asked.floor.distributor.clock.now_ms()
    if not body.on:
        floor.closures.lift(body.calendar, by=body.by, why=body.why, now_ms=now_ms)
        return await list_closures(asked)
    if body.calendar != EVERY and body.calendar not in floor.centre.calendars:
        raise UnknownCalendar(body.calendar, sorted(floor.centre.calendars))
    if body.announcement and body.announcement not in await floor.closure_sounds.names():
        raise UnknownAnnouncement(body.announcement)
    floor.closures.declare(body.calendar, by=body.by, why=body.why, announcement=body.announcement, now_ms=now_ms)
    return await list_closures(asked)


ENDPOINTS = (
    Endpoint("GET", "/api/closures", list_closures, Nothing, Nothing, Closures),
    Endpoint("POST", "/api/closures", switch_closure, Nothing, Closure, Closures, errors=(404, 409)),
)
