"""Writes calls down as they end: ledger and journal into the database, raw audio into files. It joins the parts that do
so; in which process they run, and who listens, is decided by whoever starts it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from structlog import get_logger

from recording.balance.identity import Balance
from recording.balance.watch import BalanceWatch
from recording.encoding.encoder import Encoder
from recording.entries import Source
from recording.figures.day_keeping import DayKeeping
from recording.forgetting import Forgetting
from recording.ingest import AskLive, Ingest
from recording.keeper import Keeper
from recording.manifest import TakesRecordings
from recording.record import AudioFormat, CallRecord
from recording.recorded_share import ShareKeeper
from recording.room import LOOK_S, Room
from recording.rotation import KEEP_FILES, Rotation, nothing
from recording.store import Store
from recording.telling import Tell, Telling

log = get_logger()

COUNT_S = 10.0
"""So often it is counted what waits."""

LOST_S = 300.0
"""So often it is looked for calls that are over and of which Asterisk has not written so."""

KEEP_LINES = timedelta(days=400)
"""How long the lines stay of which records are made, unless told otherwise (recording.forgetting)."""


class Recorder:
    """`call_records` are Asterisk's own files of calls, `logs` its logs, which `reopen_logs` has it open anew,
    `outputs` what it prints; `shelf` takes the finished recordings; `on_record` is told each record that is new or has
    changed, with the number of its change, `on_health` whether the database takes them, `on_waiting` how many lines and
    raw recordings wait, when that changes, `on_breach` which queues have lost calls (recording.balance)."""

    def __init__(
        self,
        store: Store,
        *,
        ledger: Path,
        journal: Path,
        recordings: Path,
        format: AudioFormat,
        shelf: TakesRecordings,
        live: AskLive,
        on_record: Tell,
        on_health: Callable[[bool], None],
        room: Room,
        call_records: Sequence[Path] = (),
        logs: Sequence[Path] = (),
        reopen_logs: Callable[[], Awaitable[None]] = nothing,
        outputs: Sequence[Path] = (),
        keep_lines: timedelta = KEEP_LINES,
        keep_files: timedelta = KEEP_FILES,
        on_waiting: Callable[[int, int], None] = lambda lines, files: None,
        on_breach: Callable[[Sequence[Balance]], None] = lambda breached: None,
    ) -> None:
        self._live = live
        self._room = room
        self._telling = Telling(store, on_record)
        self._begun = asyncio.Event()
        self._settling = asyncio.Lock()
        self._settles_next = False
        self._on_waiting = on_waiting
        self._ingest = Ingest(store, ledger, journal, self._tell, on_health)
        self._forgetting = Forgetting(store, keep_lines)
        self._days = DayKeeping(store)
        self._rotation = Rotation(
            store,
            journal=journal,
            asterisks=(ledger, *call_records),
            read={Source.LEDGER: ledger, Source.JOURNAL: journal},
            logs=logs,
            reopen=reopen_logs,
            outputs=outputs,
            keep=keep_files,
        )
        self._balance = BalanceWatch(store, on_breach)
        self._encoder = Encoder()
        self._keeper = Keeper(store, recordings, self._tell, kind=format, encoder=self._encoder, shelf=shelf)
        self._shares = ShareKeeper(store, self._tell, waits=self._keeper.waits, cause=room.cause)

    async def begin(self, told: int | None) -> int:
        """What changed up to this number has been told (recording.telling); before this nothing is read."""
        number = await self._telling.begin(told)
        self._begun.set()
        return number

    async def run(self) -> None:
        """For ever."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read())
                group.create_task(self._telling.run())
                group.create_task(self._keeper.run())
                group.create_task(self._balance.run())
                group.create_task(self._forgetting.run())
                group.create_task(self._days.run())
                group.create_task(self._rotation.run())
                group.create_task(self._shares.run())
                group.create_task(self._settle_again())
                group.create_task(self._watch_room())
                group.create_task(self._count_waiting())
        finally:
            await self._encoder.close()

    async def settle(self) -> None:
        """After each (re)connect to Asterisk, and where its ledger lacks something: closes calls and takes audio of
        which it said its last word unheard."""
        if self._settles_next:  # whoever waits for his turn will see all that is to be seen now
            return
        self._settles_next = True
        await self._begun.wait()
        async with self._settling:
            self._settles_next = False
            await self._ingest.close_vanished(self._live)
            await self._keeper.watching.wait()
            await self._keeper.sweep(self._live)

    async def _settle_again(self) -> None:
        while True:
            await asyncio.sleep(LOST_S)
            await self.settle()

    async def _read(self) -> None:
        await self._begun.wait()
        await self._ingest.run()

    async def _watch_room(self) -> None:
        while True:
            try:
                self._room.look(datetime.now(UTC))
            except OSError as error:
                log.error("room is not known", id="recordings-disk-unknown", why=str(error))
            await asyncio.sleep(LOOK_S)

    async def _count_waiting(self) -> None:
        told = (0, 0)
        while True:
            await asyncio.sleep(COUNT_S)
            with suppress(OSError):  # a file moved aside at this moment: they are counted again
                now = await self._ingest.waiting(), self._keeper.waiting
                if now != told:
                    self._on_waiting(*now)
                    told = now

    async def _tell(self, record: CallRecord) -> None:
        self._telling.look()
        await self._keeper.told(record)
        self._shares.told(record)
