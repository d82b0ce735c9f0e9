"""Turns raw recordings into the calls' WAV files as soon as Asterisk closes them, and those a crash left behind at the
start. A raw file goes only when its WAV lies on the disk and its row in the data base.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from asyncinotify import Mask
from structlog import get_logger

from recording.audio import convert, file_name, measure
from recording.changes import Changes
from recording.database import is_away
from recording.identity import call_id
from recording.ingest import AskLive, OnRecord
from recording.record import Recording
from recording.store import Store

log = get_logger()

GATHER_S = 0.2
"""A recording that is ready a moment later is missed by nobody, and a transaction of many costs little more."""

TOGETHER = 100
"""Files of one transaction at most: after an absence there may be thousands."""


class Keeper:
    """`await run()` for ever. `folder` is where Asterisk writes `<uniqueid>.raw`; as the recording is started on the
    call's first channel, that is the call's `linkedid` too.
    """

    def __init__(self, store: Store, folder: Path, on_record: OnRecord) -> None:
        self.folder = folder
        self._store = store
        self._on_record = on_record
        self._turn = asyncio.Lock()
        self.watching = asyncio.Event()
        """Set once no closing of a file escapes `run`: a sweep after it misses nothing."""

    async def run(self) -> None:
        """Takes the files that Asterisk closes. Raises OSError if the folder cannot be watched."""
        with Changes([self.folder], Mask.CLOSE_WRITE | Mask.MOVED_TO) as changes:
            self.watching.set()
            while True:
                names = await changes.names()
                await self._keep(self.folder / name for name in sorted(names) if name.endswith(".raw"))
                await asyncio.sleep(GATHER_S)  # what is closed meanwhile is kept together

    async def sweep(self, live: AskLive) -> None:
        """Takes what was closed while nobody watched: every file whose channel is not there any more.

        Asterisk is asked after the folder is read: a file made in between is not taken for one left behind.
        """
        files = sorted(self.folder.glob("*.raw"))
        channels = await live() if files else {}
        there = {*channels, *channels.values()}  # a call-back's file bears its linkedid, and is on another's channel
        await self._keep(raw for raw in files if raw.stem not in there)

    async def _keep(self, files: Iterable[Path]) -> None:
        """These raw files; an error is logged and leaves those that it concerns for the next sweep."""
        files = iter(files)
        while some := list(islice(files, TOGETHER)):
            async with self._turn:
                try:
                    await self._convert(some)
                except Exception as error:
                    if not is_away(error):
                        raise
                    log.error("recordings wait", id="recording-not-kept", files=len(some), why=str(error))

    async def _convert(self, files: Sequence[Path]) -> None:
        known = await self._store.recordings([raw.stem for raw in files])
        kept = await asyncio.to_thread(self._write, files, known)
        for record in await self._store.add_recordings([(raw.stem, one) for raw, one in kept.items() if one]):
            await self._on_record(record)
        await asyncio.to_thread(_remove, kept)

    def _write(self, files: Sequence[Path], known: Mapping[str, Sequence[Recording]]) -> dict[Path, Recording | None]:
        """What became of each raw file: a WAV, or nothing where the call ended before any sound. In a thread."""
        written: dict[Path, Recording | None] = {}
        for raw in files:
            try:
                written[raw] = self._write_one(raw, known.get(raw.stem, ()))
            except FileNotFoundError:
                pass  # a sweep and the closing of the file met
            except OSError as error:
                log.error("recording waits", id="recording-not-kept", file=raw.name, why=str(error))
        return written

    def _write_one(self, raw: Path, known: Sequence[Recording]) -> Recording | None:
        started_at, size = measure(raw)
        if not size:
            return None
        # The name it has already, if we were killed before the raw file was gone, or the call's next.
        same = next((one.file for one in known if one.started_at == started_at), None)
        name = same or str(file_name(call_id(raw.stem), len(known) + 1, started_at))
        return Recording(file=name, **asdict(convert(raw, self.folder / name)))


def _remove(files: Iterable[Path]) -> None:
    for raw in files:
        raw.unlink(missing_ok=True)
