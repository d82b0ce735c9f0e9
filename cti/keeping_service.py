"""What the process that keeps recordings answers to the daemon, over HTTP on a UNIX socket: bytes of the audio, peaks,
and that something is to be deleted now. Who may ask is decided in the daemon (cti/http/recordings.py).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web
from structlog import get_logger

from recording.encoding.codec import as_wav
from recording.keeping.kept import Kept, KeptRecordings
from recording.keeping.master_keys import KeysError
from recording.keeping.packing import Unpackable
from recording.keeping.peaks import PeaksUnreadable
from recording.keeping.sealing import Tampered
from recording.keeping.shelf import NotOnShelf, ShelfAway, ShelfError
from recording.keeping.shelves import Shelves

log = get_logger()

REFUSALS = (ShelfError, KeysError, Tampered, PeaksUnreadable, Unpackable)
STATUS: dict[type[Exception], int] = {NotOnShelf: 404, ShelfAway: 503}
"""All others: 500."""


class KeepingService:
    """The answers. `erase` deletes what is to be deleted."""

    def __init__(self, kept: KeptRecordings, shelves: Shelves, erase: Callable[[], Awaitable[int]]) -> None:
        self._kept = kept
        self._shelves = shelves
        self._erase = erase

    def application(self) -> web.Application:
        """All of them."""
        app = web.Application(middlewares=[_tell])
        app.router.add_get("/audio", self._audio)
        app.router.add_get("/wav", self._wav)
        app.router.add_get("/peaks", self._peaks)
        app.router.add_post("/erase", self._erase_now)
        return app

    async def _audio(self, request: web.Request) -> web.StreamResponse:
        one = await self._find(request)
        start, end = int(request.query["start"]), int(request.query["end"])
        pieces = await asyncio.to_thread(self._shelves.read, one, start, end)  # a packed message is unpacked at once
        return await _stream(request, one, pieces, end - start)

    async def _wav(self, request: web.Request) -> web.StreamResponse:
        one = await self._find(request)
        with TemporaryDirectory(prefix="keeping-", dir=self._shelves.folder) as folder:
            file = Path(folder) / Path(one.file).name
            await asyncio.to_thread(_write, file, self._shelves.read(one, 0, one.bytes))
            return await _stream(request, one, as_wav(file), None)

    async def _peaks(self, request: web.Request) -> web.Response:
        one = await self._find(request)
        peaks = await asyncio.to_thread(self._shelves.peaks, one)
        return web.json_response(asdict(peaks.at_most(int(request.query["points"]))))

    async def _erase_now(self, _: web.Request) -> web.Response:
        return web.json_response({"erased": await self._erase()})

    async def _find(self, request: web.Request) -> Kept:
        one = await self._kept.of_file(request.query["file"])
        if one is None:
            raise NotOnShelf("there is no such recording any more")
        return one


async def _stream(request: web.Request, one: Kept, pieces: Iterator[bytes], size: int | None) -> web.StreamResponse:
    some = _in_threads(pieces)
    first = await anext(some, b"")  # what is wrong with the whole shows here, while it can be said
    answer = web.StreamResponse(headers={} if size is None else {"Content-Length": str(size)})
    await answer.prepare(request)
    try:
        await answer.write(first)
        async for piece in some:
            await answer.write(piece)
    except REFUSALS as error:  # too late to say so: the answer stays shorter than it was to be
        log.error("recording broke off", id=error_id(error), call=one.call, n=one.number, why=str(error))
        if request.transport is not None:
            request.transport.abort()
    return answer


def _write(file: Path, pieces: Iterator[bytes]) -> None:
    with file.open("wb") as sink:
        for piece in pieces:
            sink.write(piece)


def error_id(error: Exception) -> str:
    """The stable id of an error of ours."""
    return str(getattr(error, "id", "internal-error"))


@web.middleware
async def _tell(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except REFUSALS as error:
        log.error("recording not given out", id=error_id(error), why=str(error))
        status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)
        return web.json_response({"id": error_id(error), "message": str(error)}, status=status)


async def _in_threads(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    try:
        while piece := await asyncio.to_thread(next, pieces, b""):
            yield piece
    finally:
        if (close := getattr(pieces, "close", None)) is not None:
            await asyncio.to_thread(close)
