"""The process that keeps recordings: brings them to their shelf, gives them out, deletes them in time. It is one of its
own so that neither a store that is slow nor ciphers ever take a moment from routing, and that each may die alone.

It speaks JSON lines with the daemon that started it (cti/keeping.py), and ends with it:

    in   {"look": true}                       a recording may be new
    out  {"record": {…}}                      the record of a call that says another place of its recording now
         {"ok": …, "why": id, "waiting": n, "since": seconds since the epoch, or null, "missing": n, "erasing": n}

Audio, peaks and deletions are asked for over a UNIX socket (cti/keeping_service.py).
"""

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from asyncinotify import Mask
from structlog import get_logger

from cti.keeping_parts import shelves_of
from cti.keeping_service import KeepingService
from cti.logs import write_logs
from cti.processes import LONGEST_LINE, NICENESS, give_way
from cti.settings import Settings, load_settings
from ivr.messages import VOICEMAIL
from recording.changes import Changes
from recording.database import is_away
from recording.encoding.codec import decode
from recording.keeping.eraser import Eraser
from recording.keeping.erasing import Erasures
from recording.keeping.kept import KeptRecordings, State
from recording.keeping.left_messages import LeftMessages
from recording.keeping.mover import Mover
from recording.keeping.retention import Days, Retention, next_run
from recording.keeping.turn import Turn
from recording.record import CallRecord
from recording.store import Store

log = get_logger()

FIRST_RETRY_S, LAST_RETRY_S = 1.0, 60.0
SETTLED_S = 600.0
"""After a start there is more urgent work than retention."""
LOOK_S = 3600.0
"""A clock may be set, a zone changed: the time of the next run is looked at so often."""

Say = Callable[[dict[str, Any]], None]


class Work:
    """Brings to the shelf and deletes, whenever there may be something to do, until all is done."""

    def __init__(self, left: LeftMessages, mover: Mover, eraser: Eraser, kept: KeptRecordings, say: Say) -> None:
        self._left = left
        self._mover = mover
        self._eraser = eraser
        self._kept = kept
        self._say = say
        self._adopted = False
        self._wanted = asyncio.Event()
        self._wanted.set()

    def look(self) -> None:
        """There may be something."""
        self._wanted.set()

    async def run(self) -> None:
        """For ever."""
        retry_s = 0.0
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(retry_s or None):
                    await self._wanted.wait()
            self._wanted.clear()
            trouble = await self._once()
            retry_s = min(LAST_RETRY_S, max(FIRST_RETRY_S, retry_s * 2)) if trouble else 0.0

    async def _once(self) -> str:
        try:
            if not self._adopted:
                await self._kept.adopt()
                self._adopted = True
            left = await self._left.take(VOICEMAIL)
            trouble = await self._mover.move() or left
            await self._eraser.erase()
            counts, oldest = await self._kept.counts(), await self._kept.oldest_waiting()
        except Exception as error:
            if not is_away(error):
                raise
            return "database-unavailable"
        since = oldest.timestamp() if oldest and trouble else None
        trouble = trouble or ("recording-not-erased" if counts.get(State.ERASING) else "")
        numbers = {state.value: counts.get(state, 0) for state in (State.WAITING, State.MISSING, State.ERASING)}
        self._say({"ok": not trouble, "why": trouble, "since": since, **numbers})
        return trouble


async def watch(folder: Path, look: Callable[[], None]) -> None:
    """Look whenever something in this folder is gone: the note of a message that is finished. For ever."""
    with Changes([folder], Mask.DELETE | Mask.MOVED_FROM) as changes:
        while True:
            await changes.names()
            look()


async def daily(retention: Retention, settings: Settings, now: Callable[[], datetime]) -> None:
    """Retention, once a day, for ever."""
    await asyncio.sleep(SETTLED_S)
    while True:
        wait_s = LOOK_S
        try:
            zone, days = await asyncio.to_thread(days_of, settings)
            due = next_run(now(), await retention.last(), zone)
            if due <= now():
                run = await retention.run(days)
                log.info("retention", erased=run.erased, held=run.held, left=run.left)
            else:
                wait_s = min(LOOK_S, (due - now()).total_seconds())
        except Exception as error:
            error_id = getattr(error, "id", "database-unavailable" if is_away(error) else None)
            if error_id is None:
                raise
            log.error("retention waits", id=error_id, why=str(error))
        await asyncio.sleep(wait_s)


def days_of(settings: Settings) -> tuple[Any, Days]:
    """The centre's time zone, and how long the recordings of each queue are kept, by the files in force."""
    from cti.versions.start import current_centre  # noqa: PLC0415 (half a second, once a day)

    centre = current_centre(settings)
    days = {name: queue.keep_recordings_days for name, queue in centre.queues.items()}
    return centre.time_zone, Days(days, settings.recordings.keep_days.model_dump())


def _now() -> datetime:
    return datetime.now(UTC)


def _say(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


async def _tell(record: CallRecord) -> None:
    print(f'{{"record":{record.model_dump_json()}}}', flush=True)


async def _run(settings: Settings) -> None:
    store = Store(settings.database_url)
    kept, erasures, shelves, turn = (
        KeptRecordings(store),
        Erasures(store),
        shelves_of(settings),
        Turn(settings.recordings_folder),
    )
    packing = settings.recordings.format != "wav"
    mover = Mover(kept, shelves, lambda file, _: decode(file), _now, _tell, turn, packing=packing)
    eraser = Eraser(kept, erasures, shelves, _now, _tell, turn)
    work = Work(LeftMessages(kept, settings.recordings_folder), mover, eraser, kept, _say)
    runner = web.AppRunner(KeepingService(kept, shelves, eraser.erase).application(), access_log=None)
    await runner.setup()
    socket = settings.keeping_socket
    socket.unlink(missing_ok=True)
    await web.UnixSite(runner, str(socket)).start()
    lines = asyncio.StreamReader(limit=LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(watch(settings.recordings_folder / VOICEMAIL, work.look)),
                group.create_task(work.run()),
                group.create_task(daily(Retention(store, eraser, _now), settings, _now)),
            ]
            async for _ in lines:
                work.look()
            for task in tasks:
                task.cancel()
    finally:
        await runner.cleanup()
        await store.close()


def main() -> None:
    """The life of the process."""
    write_logs()
    give_way(NICENESS)
    asyncio.run(_run(load_settings()))
