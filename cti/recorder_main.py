"""The recorder's own process: so that neither SQL nor audio ever takes a moment from routing, and each may die alone.

It speaks JSON lines with the daemon that started it (cti/recorder.py), and ends with it:

    in   {"told": 17}                        first of all: changes of records up to this number were told; null: all
         {"settle": true}                    Asterisk is there (again): see what happened unheard
         {"live": {uniqueid: linkedid, …}}   the answer to our question
    out  {"ask": "live"}                     which channels are there now?
         {"told": 17}                        from this number on changes are told
         {"record": {…}, "cursor": 18}       a record that is new, or has changed, and the number of its change
         {"healthy": false}                  whether the database takes what is written down, when that changes
         {"lines": 17, "files": 2}           what waits: lines for the database, raw recordings to become audio
         {"unbalanced": ["sales", …]}        queues that have lost calls in a half hour, as far as was looked last
         {"room": "low", "free_mb": 900}     whether there is room for recordings, when that changes
"""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from structlog import get_logger

from cti.asterisk.installation import AsteriskMissing, AsteriskTooOld, find_installation
from cti.asterisk.process import AsteriskFailed, AsteriskProcess
from cti.logs import write_logs
from cti.memory import settle_down
from cti.processes import LONGEST_LINE, NICENESS, give_way
from cti.settings import Settings, load_settings
from recording.balance.identity import Balance
from recording.keeping.kept import KeptRecordings
from recording.record import AudioFormat
from recording.record_changes import Change
from recording.recorder import Recorder
from recording.room import FullTimes, Room, Space
from recording.store import Store

log = get_logger()

REOPEN_S = 30


class Daemon:
    """Who started us: hears what we say, and answers one question."""

    def __init__(self) -> None:
        self._answers: list[asyncio.Future[Mapping[str, str]]] = []

    async def live(self) -> Mapping[str, str]:
        """Every channel there is now."""
        answer: asyncio.Future[Mapping[str, str]] = asyncio.get_running_loop().create_future()
        self._answers.append(answer)
        self._say({"ask": "live"})
        return await answer

    def answer(self, channels: Mapping[str, str]) -> None:
        """It has answered, the oldest question first."""
        answer = self._answers.pop(0)
        if not answer.done():
            answer.set_result(channels)

    def tell_record(self, change: Change) -> None:
        print(change.message, flush=True)

    def tell_begun(self, number: int) -> None:
        self._say({"told": number})

    def tell_health(self, healthy: bool) -> None:
        self._say({"healthy": healthy})

    def tell_waiting(self, lines: int, files: int) -> None:
        self._say({"lines": lines, "files": files})

    def tell_breach(self, breached: Sequence[Balance]) -> None:
        self._say({"unbalanced": sorted({one.queue for one in breached})})

    def tell_room(self, space: Space, free: int) -> None:
        self._say({"room": space, "free_mb": free >> 20})

    def _say(self, message: Mapping[str, Any]) -> None:
        print(json.dumps(message), flush=True)


async def reopen_logs(settings: Settings) -> None:
    """Has Asterisk open its log anew. While it does not run it need not: it opens one when it starts."""
    try:
        async with asyncio.timeout(REOPEN_S):
            await AsteriskProcess(settings, find_installation(settings)).command("logger reload")
    except (AsteriskFailed, AsteriskMissing, AsteriskTooOld, OSError, TimeoutError) as error:
        log.warning("log-not-reopened", error_id="log-not-reopened", detail=str(error))


async def _run(settings: Settings) -> None:
    store, daemon = Store(settings.database_url), Daemon()
    recorder = Recorder(
        store,
        ledger=settings.ledger,
        journal=settings.journal,
        recordings=settings.recordings_folder,
        format=AudioFormat(settings.recordings.format),
        shelf=KeptRecordings(store),
        live=daemon.live,
        on_record=daemon.tell_record,
        on_health=daemon.tell_health,
        call_records=settings.call_records,
        logs=(settings.asterisk_log / "messages",),
        reopen_logs=partial(reopen_logs, settings),
        outputs=(settings.asterisk_log / "console",),
        keep_lines=timedelta(days=settings.ledger_days),
        keep_files=timedelta(days=settings.file_days),
        on_waiting=daemon.tell_waiting,
        on_breach=daemon.tell_breach,
        room=Room(
            settings.recordings_folder,
            low=settings.recordings.low_mb << 20,
            full=settings.recordings.full_mb << 20,
            on_change=daemon.tell_room,
            noted=FullTimes(settings.recordings_folder / "disk-full.json"),
        ),
    )
    settle_down()
    lines = asyncio.StreamReader(limit=LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(recorder.run())]
            async for line in lines:
                message = json.loads(line)
                if "told" in message:
                    tasks.append(group.create_task(_begin(recorder, daemon, message["told"])))
                elif "live" in message:
                    daemon.answer(message["live"])
                else:
                    tasks.append(group.create_task(recorder.settle()))
            for task in tasks:
                task.cancel()
    finally:
        await store.close()


async def _begin(recorder: Recorder, daemon: Daemon, told: int | None) -> None:
    daemon.tell_begun(await recorder.begin(told))


def main() -> None:
    """The recorder's life."""
    write_logs()
    give_way(NICENESS)
    asyncio.run(_run(load_settings()))
