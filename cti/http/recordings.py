"""Hearing recordings over HTTP: ranges of the audio, and the peaks from which a player draws its waveform. Nothing is
given out that was not written into the log of listenings before.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import structlog
from aiohttp import web
from pydantic import Field

from cti.access import Permission
from cti.http.endpoints import Asked, Body, Endpoint, Given, Nothing, Query
from cti.http.errors import UnknownCall, UnknownRecording, reaching_records
from cti.http.ranges import is_known, range_of
from cti.http.recording_errors import KeepingUnavailable, RecordingErased
from cti.http.views import View
from cti.keeping_port import KeepingRefused
from recording.keeping.kept import Kept, KeptRecordings, State
from recording.keeping.listening import Listenings
from recording.keeping.local import local_file
from recording.manifest import MEDIA_TYPES, Kind, manifests
from recording.quality.own_part import Hidden, Silencer, shown_peaks
from recording.record import ERASED, AudioFormat, Pause

log = structlog.get_logger()

PIECE = 256 * 1024


class AsWav(Given):
    """In which format."""

    format: Literal["wav"] | None = Field(None, description="As WAV, whole, whatever it is stored as.")


class RecordingQuery(AsWav):
    """Which recording of the call, counted from 1, and in which format."""

    n: int = Field(1, ge=1)


class PeaksQuery(Given):
    """How many points at most."""

    points: int = Field(1000, ge=1, le=8192)


SIDES: Mapping[Kind, tuple[Literal["caller", "heard"], ...]] = {
    Kind.CALL: ("caller", "heard"),
    Kind.MESSAGE: ("caller",),
}
"""What the tracks of a recording are."""


class TrackView(View):
    """The lowest and the highest sample of each bucket, from -127 to 127; silence is 0."""

    who: Literal["caller", "heard"] = Field(description="What the caller said, or what he heard.")
    lowest: tuple[int, ...]
    highest: tuple[int, ...]


class PeaksView(View):
    """The peaks of each track: a call has two, a message one. The last bucket may be shorter than the others."""

    call: str
    n: int
    duration_ms: int
    bucket_ms: float = Field(description="How much time a bucket is.")
    tracks: tuple[TrackView, ...]
    pauses: tuple[Pause, ...] = Field(description="Where it is silent on purpose, and who asked for that.")


async def fetch_recording(asked: Asked[RecordingQuery, Nothing]) -> web.StreamResponse:
    """A recording of a call in stereo, left the caller, right what he heard: as it is stored (WAV, FLAC or Ogg Opus),
    of which ranges can be asked for, or as WAV. Every fetch is written down."""
    return await give(asked, asked.path["id"], asked.query.n, asked.query.format)


async def fetch_numbered(asked: Asked[AsWav, Nothing]) -> web.StreamResponse:
    """The same, the recording counted from 1 in the path."""
    return await give(asked, asked.path["id"], numbered(asked), asked.query.format)


async def show_peaks(asked: Asked[PeaksQuery, Nothing]) -> PeaksView:
    """The peaks of both tracks of a recording, in so many points at most: all that a player needs for its waveform.
    They are there as soon as the recording is on its shelf."""
    return await give_peaks(asked, asked.path["id"], numbered(asked), asked.query.points)


async def fetch_left_message(asked: Asked[Nothing, Nothing]) -> web.StreamResponse:
    """A message that the caller has left in this call, counted from 1: WAV, 8 kHz, mono; ranges can be asked for. Every
    fetch is written down."""
    return await give_kept(asked, await _find_message(asked))


async def show_left_message_peaks(asked: Asked[PeaksQuery, Nothing]) -> PeaksView:
    """The peaks of a message, in so many points at most."""
    return await _peaks(asked, await _find_message(asked), asked.query.points)


async def give_peaks(asked: Asked[Query, Body], call: str, number: int, points: int, hidden: Hidden = ()) -> PeaksView:
    """The peaks of a recording, without what is hidden from him. Whether he may see them has been looked at."""
    view = await _peaks(asked, await _find(asked, call, number), points)
    if not hidden:
        return view
    tracks = tuple(
        TrackView(
            who=track.who,
            lowest=shown_peaks(track.lowest, view.bucket_ms, hidden),
            highest=shown_peaks(track.highest, view.bucket_ms, hidden),
        )
        for track in view.tracks
    )
    return view.model_copy(update={"tracks": tracks})


async def _peaks(asked: Asked[Query, Body], one: Kept, points: int) -> PeaksView:
    _require(asked, one)
    try:
        found = await asked.floor.keeping.peaks(one, points)
    except KeepingRefused as error:
        raise KeepingUnavailable(error) from error
    return PeaksView(
        call=one.call,
        n=one.number,
        duration_ms=one.duration_ms,
        bucket_ms=found["bucket"] * 1000 / found["rate"],
        tracks=tuple(
            TrackView(who=who, lowest=track["lowest"], highest=track["highest"])
            for who, track in zip(SIDES[one.kind], found["tracks"], strict=True)
        ),
        pauses=one.manifest.pauses,
    )


async def give(asked: Asked[Query, Body], call: str, number: int, wanted: str | None) -> web.StreamResponse:
    """A recording of this call, written down as heard. Whether he may hear it has been looked at."""
    return await give_kept(asked, await _find(asked, call, number), wanted)


async def give_part(asked: Asked[Query, Body], call: str, number: int, hidden: Hidden) -> web.StreamResponse:
    """The same as WAV, whole, silent where something is hidden from him."""
    one = await _find(asked, call, number)
    _require(asked, one)
    await _write_down(asked, one, range(one.bytes))
    file = local_file(asked.floor.recordings, one)
    if one.format is not AudioFormat.WAV:
        pieces = asked.floor.keeping.wav(one)
    else:
        pieces = asked.floor.keeping.audio(one, range(one.bytes)) if file is None else _read(file, range(one.bytes))
    headers = {
        "Content-Type": MEDIA_TYPES[AudioFormat.WAV],
        "Content-Disposition": f'inline; filename="{Path(one.file).with_suffix("").name}.{AudioFormat.WAV}"',
    }
    return await _stream(asked.request, web.StreamResponse(headers=headers), _silenced(pieces, hidden))


async def _read(file: Path, span: range) -> AsyncGenerator[bytes, None]:
    content = await asyncio.to_thread(file.open, "rb")
    try:
        await asyncio.to_thread(content.seek, span.start)
        left = len(span)
        while left and (piece := await asyncio.to_thread(content.read, min(PIECE, left))):
            left -= len(piece)
            yield piece
    finally:
        content.close()


async def _silenced(pieces: AsyncGenerator[bytes, None], hidden: Hidden) -> AsyncGenerator[bytes, None]:
    silencer = Silencer(hidden)
    async with aclosing(pieces) as some:
        async for piece in some:
            yield silencer.feed(piece)


async def give_kept(asked: Asked[Query, Body], one: Kept, wanted: str | None = None) -> web.StreamResponse:
    """The same of a recording that was found. Raises UnknownRecording where it is missing, RangeUnsatisfiable."""
    _require(asked, one)
    decoded = wanted is not None and one.format is not AudioFormat.WAV
    kind = AudioFormat.WAV if decoded else one.format
    named = {"Content-Disposition": f'inline; filename="{Path(one.file).with_suffix("").name}.{kind}"'}
    headers = {"Content-Type": MEDIA_TYPES[kind], **named}
    if decoded:
        await _write_down(asked, one, range(one.bytes))
        return await _stream(asked.request, web.StreamResponse(headers=headers), asked.floor.keeping.wav(one))
    file = local_file(asked.floor.recordings, one)
    try:
        size = one.bytes if file is None else file.stat().st_size
    except FileNotFoundError:  # it has come to its shelf in this moment
        file, size = None, one.bytes
    etag = f'"{one.sha256}"'
    headers |= {"ETag": etag, "Accept-Ranges": "bytes"}
    if is_known(asked.request.headers, etag):
        return web.Response(status=304, headers=headers)
    part = range_of(asked.request.headers, size, etag)
    span = range(size) if part is None else part
    answer = web.StreamResponse(headers={**headers, "Content-Length": str(len(span))})
    if part is not None:
        answer.set_status(206)
        answer.headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
    await _write_down(asked, one, span)
    pieces = asked.floor.keeping.audio(one, span) if file is None else _read(file, span)
    return await _stream(asked.request, answer, pieces)


async def _stream(
    request: web.Request, answer: web.StreamResponse, pieces: AsyncGenerator[bytes, None]
) -> web.StreamResponse:
    if request.method == "HEAD":
        await answer.prepare(request)
        return answer
    try:
        async with aclosing(pieces) as some:
            async for piece in some:
                if not answer.prepared:
                    await answer.prepare(request)
                await answer.write(piece)
    except KeepingRefused as error:
        if not answer.prepared:
            raise KeepingUnavailable(error) from error
        log.error("recording-broke-off", error_id=error.id)  # the answer stays shorter than it was to be
        if request.transport is not None:
            request.transport.abort()
    return answer


async def _write_down(asked: Asked[Query, Body], one: Kept, span: range) -> None:
    if asked.request.method == "HEAD":  # nothing is heard
        return
    with reaching_records():
        await Listenings(asked.floor.store).add(
            one, span, who=asked.person, at=datetime.now(UTC), address=asked.request.remote or ""
        )
    log.info("recording-fetched", call=one.call, n=one.number, who=asked.person)


async def _find(asked: Asked[Query, Body], call: str, number: int) -> Kept:
    kept = KeptRecordings(asked.floor.store)
    with reaching_records():
        one = await kept.find(call, number)
        record = await asked.floor.store.call(call) if one is None else None
        if one is None and record is None:
            raise UnknownCall(call)
        if record is not None and 0 < number <= len(record.recordings):
            if record.recordings[number - 1].place == ERASED:
                raise RecordingErased(call, number)
            await kept.take(manifests(record)[number - 1])  # of the time before there were shelves
            one = await kept.find(call, number)
    if one is None:
        raise UnknownRecording(f"call {call} has no recording {number}")
    return one


async def _find_message(asked: Asked[Query, Body]) -> Kept:
    call, number = asked.path["id"], numbered(asked)
    kept = KeptRecordings(asked.floor.store)
    with reaching_records():
        one = await kept.find(call, number, Kind.MESSAGE)
        if one is None and await kept.was_erased(call, number, Kind.MESSAGE):
            raise RecordingErased(call, number)
    if one is None:
        raise UnknownRecording(f"call {call} has no message {number}")
    return one


def _require(asked: Asked[Query, Body], one: Kept) -> None:
    """It is there. Raises RecordingErased, UnknownRecording."""
    if one.state is State.ERASING:
        raise RecordingErased(one.call, one.number)
    gone = one.state is State.WAITING and local_file(asked.floor.recordings, one) is None
    if gone or one.state is State.MISSING:
        log.error("recording-missing", error_id="recording-missing", call=one.call, n=one.number)
        raise UnknownRecording(f"{one.kind} {one.number} of call {one.call} is no longer in the folder of recordings")


def numbered(asked: Asked[Query, Body]) -> int:
    """The number of the path. Raises UnknownRecording."""
    text = asked.path["n"]
    if not (text.isascii() and text.isdecimal() and len(text) <= 6):
        raise UnknownRecording(f"recordings are counted 1, 2, 3; there is no {text[:20]!r}")
    return int(text)


REFUSALS = (404, 410, 416, 503)

ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/calls/{id}/recording",
        fetch_recording,
        RecordingQuery,
        Nothing,
        media="audio/*",
        statuses=(200, 206),
        errors=REFUSALS,
        permission=Permission.LISTEN,
    ),
    Endpoint(
        "GET",
        "/api/calls/{id}/recordings/{n}",
        fetch_numbered,
        AsWav,
        Nothing,
        media="audio/*",
        statuses=(200, 206),
        errors=REFUSALS,
        permission=Permission.LISTEN,
    ),
    Endpoint(
        "GET",
        "/api/calls/{id}/messages/{n}",
        fetch_left_message,
        Nothing,
        Nothing,
        media="audio/wav",
        statuses=(200, 206),
        errors=REFUSALS,
        permission=Permission.LISTEN,
    ),
    Endpoint(
        "GET",
        "/api/calls/{id}/messages/{n}/peaks",
        show_left_message_peaks,
        PeaksQuery,
        Nothing,
        PeaksView,
        errors=(404, 410, 503),
        permission=Permission.LISTEN,
    ),
    Endpoint(
        "GET",
        "/api/calls/{id}/recordings/{n}/peaks",
        show_peaks,
        PeaksQuery,
        Nothing,
        PeaksView,
        errors=(404, 410, 503),
        permission=Permission.LISTEN,
    ),
)
