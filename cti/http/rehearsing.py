"""Flows looked at before they are published: a call rehearsed, and flows drawn, of a version or of an edit of one."""

import asyncio
from typing import Any

from aiohttp import web
from pydantic import Field

from acd.closures import EVERY
from cti.access import Role
from cti.callers import find_caller
from cti.centre import Centre
from cti.drawing import NothingToDraw, draw
from cti.floor import Floor
from cti.graphviz import DrawingError
from cti.http.endpoints import Asked, Endpoint, Nothing
from cti.http.errors import CannotBeShown, FilesDoNotFit
from cti.http.overlay import BODY_AT_MOST, Overlay, files_of_overlay
from cti.http.views import View
from cti.rehearsal import CannotRehearse, Directory, rehearse_request
from cti.versions.reading import read_files
from ivr.documents import DocumentError
from ivr.rehearsal.moment import MomentError
from ivr.rehearsal.rehearse import EndlessRehearsal
from ivr.rehearsal.request import Request
from ivr.rehearsal.world import NotRehearsed
from recording.database import is_away


class Rehearsal(Overlay):
    """A call, and the edit it is to meet; without files the version `base`, without that the one that holds."""

    call: Request


class RehearsalView(View):
    """The path the call would take: `path` for programs, event by event, and `lines` for people."""

    dialled: str
    caller: str
    at: str
    flow: str
    shut: list[str]
    path: list[dict[str, Any]]
    lines: list[str]


class Drawing(Overlay):
    """Which flow, or the flow of which number, and in which language; all in brief without one."""

    flow: str = Field("", max_length=80)
    language: str = Field("", max_length=16)


async def rehearse(asked: Asked[Nothing, Rehearsal]) -> RehearsalView:
    """Say which way a call would take, without any effect: the flows are walked as a real call walks them.

    Who calls is looked up in the directory of callers where the call does not say it; closures declared now count,
    unless the call names others. 422 where the files do not fit,
    or the call cannot be rehearsed.
    """
    call = asked.body.call
    body = asked.body if asked.body.base is not None else asked.body.model_copy(update={"base": call.version})
    centre = await _centre(asked.floor, body)
    directory = await _directory(asked.floor, centre, call)
    if "closures" not in call.model_fields_set:
        call = call.model_copy(update={"closures": _declared(asked.floor, centre)})
    try:
        rehearsed = await asyncio.to_thread(rehearse_request, centre, call, directory)
    except (CannotRehearse, MomentError, EndlessRehearsal, NotRehearsed) as error:
        raise CannotBeShown(error.id, str(error)) from None
    return RehearsalView(**rehearsed.plain(), lines=list(rehearsed.lines()))


async def draw_flow(asked: Asked[Nothing, Drawing]) -> web.Response:
    """Draw a flow as SVG, or all numbers, flows and queues in brief; of a version, or of an edit of one."""
    body = asked.body
    centre = await _centre(asked.floor, body)
    try:
        picture = await draw(centre, body.flow, body.language)
    except NothingToDraw as error:
        raise CannotBeShown(error.id, str(error)) from None
    except DrawingError as error:
        raise CannotBeShown(error.id, str(error), status=503) from None
    return web.Response(text=picture, content_type="image/svg+xml")


async def _centre(floor: Floor, overlay: Overlay) -> Centre:
    files = await files_of_overlay(floor.administration, overlay)
    try:
        return await asyncio.to_thread(read_files, files, floor.administration.load)
    except DocumentError as error:
        raise FilesDoNotFit(error) from None


def _declared(floor: Floor, centre: Centre) -> dict[str, str]:
    """The closures that are on now, of calendars that this centre has."""
    on = floor.closures.on.items()
    return {name: closure.announcement for name, closure in on if name == EVERY or name in centre.calendars}


async def _directory(floor: Floor, centre: Centre, call: Request) -> Directory:
    if call.known is not None or not call.caller:
        return Directory()
    try:
        caller = await find_caller(floor.directory, centre, call.caller)
    except Exception as error:
        if not is_away(error):
            raise
        return Directory(source="the directory of callers cannot be read")
    return Directory(caller=caller, source="as the directory has it")


ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/centre/rehearse",
        rehearse,
        Nothing,
        Rehearsal,
        RehearsalView,
        errors=(404,),
        role=Role.ADMINISTRATOR,
        body_at_most=BODY_AT_MOST,
    ),
    Endpoint(
        "POST",
        "/api/centre/draw",
        draw_flow,
        Nothing,
        Drawing,
        media="image/svg+xml",
        errors=(404,),
        role=Role.ADMINISTRATOR,
        body_at_most=BODY_AT_MOST,
    ),
)
