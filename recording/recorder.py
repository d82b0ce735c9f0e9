"""Writes calls down as they end: ledger and journal into the database, raw audio into WAV. It joins the parts that do
so; in which process they run, and who listens, is decided by whoever starts it.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from recording.ingest import AskLive, Ingest
from recording.keeper import Keeper
from recording.record import CallRecord
from recording.store import Store


class Recorder:
    """`on_record` is told each record that is new or has changed, `on_health` whether the database takes them."""

    def __init__(
        self,
        store: Store,
        *,
        ledger: Path,
        journal: Path,
        recordings: Path,
        live: AskLive,
        on_record: Callable[[CallRecord], None],
        on_health: Callable[[bool], None],
    ) -> None:
        self._live = live
        self._on_record = on_record
        self._ingest = Ingest(store, ledger, journal, self._tell, on_health)
        self._keeper = Keeper(store, recordings, self._tell)

    async def run(self) -> None:
        """For ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._ingest.run())
            group.create_task(self._keeper.run())

    async def settle(self) -> None:
        """After each (re)connect to Asterisk: closes calls and takes audio of which it said its last word unheard."""
        await self._ingest.close_vanished(self._live)
        await self._keeper.watching.wait()
        await self._keeper.sweep(self._live)

    async def _tell(self, record: CallRecord) -> None:
        self._on_record(record)
