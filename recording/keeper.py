"""Turns raw recordings into the calls' WAV files as soon as Asterisk closes them, and those a crash left behind at the
start. A raw file goes only when its WAV lies on the disk and its row in the data base.
"""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from asyncinotify import Inotify, Mask
from structlog import get_logger

from recording.audio import convert, file_name, measure
from recording.database import is_away
from recording.identity import call_id
from recording.ingest import OnRecord
from recording.record import Recording
from recording.store import Store

log = get_logger()


class Keeper:
    """`await run()` for ever. `folder` is where Asterisk writes `<uniqueid>.raw`; as the recording is started on the
    call's first channel, that is the call's `linkedid` too. `is_live(uniqueid)` tells whether the channel still exists:
    its file is left to the moment Asterisk closes it.
    """

    def __init__(self, store: Store, folder: Path, on_record: OnRecord, is_live: Callable[[str], bool]) -> None:
        self.folder = folder
        self._store = store
        self._on_record = on_record
        self._is_live = is_live

    async def run(self) -> None:
        """Takes what lies there, then each file as it is closed. Raises OSError if the folder cannot be watched."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with Inotify() as inotify:
            inotify.add_watch(self.folder, Mask.CLOSE_WRITE | Mask.MOVED_TO)
            await self.sweep()
            async for event in inotify:
                if event.name is not None and event.name.suffix == ".raw":
                    await self._keep(self.folder / event.name)

    async def sweep(self) -> None:
        """Takes every finished raw file that is left over. To be called again once `is_live` knows the truth."""
        for raw in sorted(self.folder.glob("*.raw")):
            if not self._is_live(raw.stem):
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
