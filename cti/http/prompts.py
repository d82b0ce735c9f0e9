"""Prompts over HTTP: what is said, who speaks it, how it sounds; recordings in the place of synthesised texts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from aiohttp import web
from pydantic import Base64Bytes, Field

from cti.access import Role
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import NoRecording, RecordingDoesNotFit, SoundNotMade, UnknownPromptNumber
from cti.http.views import View
from ivr.prompts import PromptError, RecordingUnfit
from ivr.prompts.audio import ENDINGS, NARROW, WIDE
from ivr.prompts.catalogue import Entry
from ivr.prompts.studio import Studio

BODY_AT_MOST = 16 * 1024 * 1024
"""Bytes of an upload in base64: five minutes at 16 kHz, or one of stereo at 48 kHz."""


class Recorded(View):
    """A recording in force: who made it, how it came ("phone", "upload"), and when."""

    by: str
    how: str
    at_ms: int


class PromptView(View):
    """A text: its number for good, the places where it is said, who speaks it, and the recording that is played."""

    number: int
    language: str
    text: str
    places: Sequence[str]
    spoken_by: str
    recorded: Recorded | None


class Prompts(View):
    """All texts in use, by number."""

    prompts: Sequence[PromptView]


class SoundQuery(Given):
    """Which of the sounds that callers hear."""

    rate: Literal["8000", "16000"] = "8000"


class Upload(Given):
    """A recording, 0.2 to 300 seconds, as any file that sox can read."""

    base64: Base64Bytes = Field(description="The file's content.")


async def list_prompts(asked: Asked[Nothing, Any]) -> Prompts:
    """Every text that is in use, with its number."""
    studio = asked.floor.studio
    return Prompts(prompts=[_view(studio, entry) for entry in studio.catalogue.entries])


async def fetch_sound(asked: Asked[SoundQuery, Nothing]) -> web.FileResponse:
    """What callers hear of a text, as a WAV file."""
    studio, entry = _entry(asked)
    file = _file(studio, entry, WIDE if asked.query.rate == "16000" else NARROW)
    name = f"{entry.number}-{entry.prompt.language}.wav"
    return web.FileResponse(
        file, headers={"Content-Type": "audio/wav", "Content-Disposition": f'inline; filename="{name}"'}
    )


async def replace_prompt(asked: Asked[Nothing, Upload]) -> PromptView:
    """Play this recording in the place of the synthesised text, from the next caller on. It is brought to the level of
    all prompts. 422 for what is no recording; then nothing has changed."""
    studio, entry = _entry(asked)
    try:
        await studio.replace_with(entry.number, asked.body.base64, by=asked.person)
    except RecordingUnfit as error:
        raise RecordingDoesNotFit(str(error)) from None
    return _view(studio, entry)


async def restore_prompt(asked: Asked[Nothing, Nothing]) -> PromptView:
    """Let the voice speak the text again."""
    studio, entry = _entry(asked)
    if not await studio.restore(entry.number, by=asked.person):
        raise NoRecording(entry.number)
    return _view(studio, entry)


def _entry(asked: Asked[Any, Any]) -> tuple[Studio, Entry]:
    studio, given = asked.floor.studio, asked.path["number"]
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 8 else 0
    if (entry := studio.catalogue.entry(number)) is None:
        raise UnknownPromptNumber(given)
    return studio, entry


def _file(studio: Studio, entry: Entry, rate: int) -> Path:
    if (sound := studio.prompts.made(entry.prompt)) is None:
        raise SoundNotMade(entry.number)
    return Path(f"{sound}{ENDINGS[rate]}")


def _view(studio: Studio, entry: Entry) -> PromptView:
    replacement = studio.prompts.replacements.of(entry.prompt)
    try:
        spoken_by = studio.prompts.made_by(entry.prompt)
    except PromptError:  # the voice has been taken out of callcenter.toml; what it made is still there
        spoken_by = "nobody"
    return PromptView(
        number=entry.number,
        language=entry.prompt.language,
        text=entry.prompt.text,
        places=entry.places,
        spoken_by=spoken_by,
        recorded=replacement and Recorded(by=replacement.by, how=replacement.how, at_ms=replacement.at_ms),
    )


ENDPOINTS = (
    Endpoint("GET", "/api/prompts", list_prompts, Nothing, Nothing, Prompts),
    Endpoint(
        "GET", "/api/prompts/{number}/sound", fetch_sound, SoundQuery, Nothing,
        media="audio/wav", statuses=(200, 206), errors=(404,),
    ),
    Endpoint(
        "POST", "/api/prompts/{number}/recording", replace_prompt, Nothing, Upload, PromptView,
        errors=(404,), role=Role.ADMINISTRATOR, body_at_most=BODY_AT_MOST,
    ),
    Endpoint(
        "DELETE", "/api/prompts/{number}/recording", restore_prompt, Nothing, Nothing, PromptView,
        errors=(404, 409), role=Role.ADMINISTRATOR,
    ),
)  # fmt: skip
