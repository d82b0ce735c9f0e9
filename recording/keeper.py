"""Turns raw recordings into the calls' WAV files as soon as Asterisk closes them, and those a crash left behind at the
start. A raw file goes only when its WAV lies on the disk and its row in the data base.
"""

import asyncio
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from asyncinotify import Inotify, Mask
from structlog import get_logger

from recording.audio import convert, file_name, measure
from recording.database import is_away
from recording.identity import call_id
from recording.ingest import AskLive, OnRecord
from recording.record import Recording
from recording.store import Store

log = get_logger()


class Keeper:
    """`await run()` for ever. `folder` is where Asterisk writes `<uniqueid>.raw`; as the recording is started on the
    call's first channel, that is the call's `linkedid` too.
    """

    def __init__(self, store: Store, folder: Path, on_record: OnRecord) -> None:
        self.folder = folder
        self._store = store
        self._on_record = on_record
        self.watching = asyncio.Event()
        """Set once no closing of a file escapes `run`: a sweep after it misses nothing."""

    async def run(self) -> None:
        """Takes each file as Asterisk closes it. Raises OSError if the folder cannot be watched."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with Inotify() as inotify:
            inotify.add_watch(self.folder, Mask.CLOSE_WRITE | Mask.MOVED_TO)
            self.watching.set()
            async for event in inotify:
                if event.name is not None and event.name.suffix == ".raw":
                    await self._keep(self.folder / event.name)

    async def sweep(self, live: AskLive) -> None:
        """Takes what was closed while nobody watched: every file whose channel is not there any more.

        Asterisk is asked after the folder is read: a file made in between is not taken for one left behind.
        """
        files = sorted(self.folder.glob("*.raw"))
        channels = await live() if files else {}
        for raw in files:
            if raw.stem not in channels:
                await self._keep(raw)

    async def _keep(self, raw: Path) -> None:
        """One raw file; an error is logged and leaves it for the next sweep."""
        try:
            await self._convert(raw)
        except FileNotFoundError:
            pass  # a sweep and the closing of the file met
        except Exception as error:
            if not (isinstance(error, OSError) or is_away(error)):
                raise
            log.error("recording waits", id="recording-not-kept", file=raw.name, why=str(error))

    async def _convert(self, raw: Path) -> None:
        linkedid = raw.stem
        started_at, size = measure(raw)
        if size > 0:  # else the call ended before any sound
            name = await self._name(linkedid, started_at)
            audio = await asyncio.to_thread(convert, raw, self.folder / name)
            record = await self._store.add_recording(linkedid, Recording(file=name, **asdict(audio)))
            if record is not None:
                await self._on_record(record)
        await asyncio.to_thread(raw.unlink)

    async def _name(self, linkedid: str, started_at: datetime) -> str:
        """The name it has already, if we were killed before the raw file was gone, or the call's next."""
        known = await self._store.recordings(linkedid)
        same = next((one.file for one in known if one.started_at == started_at), None)
        return same or str(file_name(call_id(linkedid), len(known) + 1, started_at))
