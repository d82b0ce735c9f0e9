"""The daemon's side of the process that keeps recordings (cti/keeping_main.py): starts it, starts it again if it dies,
tells it when there may be something new, and asks it for audio and peaks.

What is to be kept is in the data base and in the folder of recordings, so a process that dies costs nothing but time.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from time import time
from typing import Any

import aiohttp

from cti.children import Child, keep_alive
from cti.floor import Part
from cti.keeping_port import UNAVAILABLE, KeepingRefused
from cti.settings import Settings
from recording.keeping.kept import Kept

ANSWER_S = 60.0
"""Longer than a store is tried."""

PIECE = 64 * 1024


class KeepingProcess:
    """`run()` for ever. `on_record` gets each record that says another place of its recording, as JSON text."""

    def __init__(self, settings: Settings, on_record: Callable[[str], None]) -> None:
        self._settings = settings
        self._on_record = on_record
        self._process: Child | None = None
        self._said: Mapping[str, Any] = {"ok": True, "why": "", "since": None, "waiting": 0, "missing": 0, "erasing": 0}
        self._client: aiohttp.ClientSession | None = None

    @property
    def waiting(self) -> int:
        """Recordings that were not on their shelf when it last looked."""
        return int(self._said["waiting"])

    @property
    def part(self) -> Part:
        """How it is: not well while recordings wait for a shelf that is away, or have gone missing."""
        since, why = self._said["since"], str(self._said["why"])
        troubles = [
            *(["their process is not there"] if self._process is None else []),
            *([f"{self._said['waiting']} wait: {why}"] if why and self._said["waiting"] else []),
            *([f"{self._said['erasing']} are still to be deleted: {why}"] if self._said["erasing"] else []),
            *([f"{self._said['missing']} are missing"] if self._said["missing"] else []),
        ]
        lag_s = None if since is None else max(0.0, time() - since)
        return Part(ok=not troubles, detail="; ".join(troubles), vital=False, lag_s=lag_s, waiting=self.waiting)

    def look(self) -> None:
        """A recording may be new."""
        if self._process is not None:
            self._process.say(b'{"look": true}\n')

    async def run(self) -> None:
        """Keep the process alive until cancelled."""
        try:
            await keep_alive("keeping", self._settings, born=self._born, hear=self._hear, died=self._died)
        finally:
            if self._client is not None:
                await self._client.close()

    async def peaks(self, one: Kept, points: int) -> Mapping[str, Any]:
        """The peaks of a recording in so many points at most. Raises KeepingRefused."""
        async with self._ask("GET", "/peaks", {"file": one.file, "points": points}) as answer:
            found: Mapping[str, Any] = await answer.json()
            return found

    async def audio(self, one: Kept, span: range) -> AsyncGenerator[bytes, None]:
        """These bytes of a recording, in pieces. Raises KeepingRefused, before the first piece where it can."""
        asked: Mapping[str, int | str] = {"file": one.file, "start": span.start, "end": span.stop}
        async with self._ask("GET", "/audio", asked) as answer:
            async for piece in answer.content.iter_chunked(PIECE):
                yield piece

    async def wav(self, one: Kept) -> AsyncGenerator[bytes, None]:
        """A recording as a WAV file, in pieces. Raises KeepingRefused, before the first piece where it can."""
        async with self._ask("GET", "/wav", {"file": one.file}) as answer:
            async for piece in answer.content.iter_chunked(PIECE):
                yield piece

    async def erase(self) -> None:
        """Delete now what is to be deleted. Raises KeepingRefused."""
        async with self._ask("POST", "/erase", {}):
            pass

    @asynccontextmanager
    async def _ask(
        self, method: str, path: str, query: Mapping[str, int | str]
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        try:
            async with self._session.request(method, f"http://keeping{path}", params=query) as answer:
                if answer.status != 200:
                    said = await answer.json()
                    raise KeepingRefused(said["id"], said["message"], answer.status)
                yield answer
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise KeepingRefused(UNAVAILABLE, "the recordings cannot be reached now", 503) from error

    @property
    def _session(self) -> aiohttp.ClientSession:
        if self._client is None:
            self._client = aiohttp.ClientSession(
                connector=aiohttp.UnixConnector(str(self._settings.keeping_socket)),
                timeout=aiohttp.ClientTimeout(total=None, sock_read=ANSWER_S),
                auto_decompress=False,
            )
        return self._client

    def _born(self, process: Child) -> None:
        self._process = process

    def _died(self) -> None:
        self._process = None

    def _hear(self, line: str) -> None:
        if line.startswith('{"record":'):
            self._on_record(line.rstrip())
        else:
            self._said = json.loads(line)
