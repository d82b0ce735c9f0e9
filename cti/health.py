"""Asks each part of the daemon how it is. What follows from the answers is decided by who asks (cti/http/health.py)."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from cti.centre import Centre
from cti.floor import Part
from cti.keeping import KeepingProcess
from cti.ledger_watch import LedgerWatch
from cti.recorder import RecorderProcess
from cti.switch import Switch
from cti.tables import Tables
from recording.database import is_away, lacks_tables
from recording.journal import Journal
from recording.recorded_share import RecordedShares
from recording.room import Space
from recording.store import Store

if TYPE_CHECKING:
    from cti.facts_stream import FactsStream

ANSWER_S = 2.0
"""A database that takes longer than this to say "1" is not there for anybody."""


NOT_KNOWN = "recorded share not known"


class Health:
    """The parts by name. The database is not vital, calls go on without it and are written down later; nor is Redis."""

    def __init__(
        self,
        switch: Switch,
        recorder: RecorderProcess,
        ledger: LedgerWatch,
        keeping: KeepingProcess,
        journal: Journal,
        store: Store,
        tables: Tables,
        stream: "FactsStream | None",
        centre: Callable[[], Centre],
    ) -> None:
        self._switch = switch
        self._recorder = recorder
        self._ledger = ledger
        self._keeping = keeping
        self._journal = journal
        self._store = store
        self._tables = tables
        self._stream = stream
        self._shares = RecordedShares(store)
        self._centre = centre

    async def parts(self) -> Mapping[str, Part]:
        """Each part now."""
        trouble = self._switch.client.trouble
        up, ready = self._switch.client.up, self._switch.ready.is_set()
        return {
            "asterisk": Part(ok=ready, detail="" if ready else "its state is not known"),
            "ami": Part(ok=up, detail="" if up or trouble is None else str(trouble)),
            "ledger": self._written_down(),
            "journal": Part(
                ok=self._journal.healthy, detail=str(self._journal.error) if self._journal.error else "", vital=False
            ),
            "balance": self._balance(),
            "recordings": self._keeping.part,
            "database": await self._database(),
            "recording": await self._recording(),
            **self._redis(),
        }

    def _written_down(self) -> Part:
        """Whether Asterisk writes its ledger, and the recorder what stands there."""
        part = partial(Part, vital=False, waiting=self._recorder.lines_waiting)
        if self._ledger.silent:
            return part(ok=False, detail="Asterisk does not write down what it tells", alarm="ledger-silent")
        healthy = self._recorder.healthy
        return part(ok=healthy, detail="" if healthy else "calls are not being written down")

    def _balance(self) -> Part:
        queues = self._recorder.unbalanced
        return Part(ok=not queues, detail=f"calls lost in {', '.join(queues)}" if queues else "", vital=False)

    async def _recording(self) -> Part:
        """Whether there is room for them, and all of today's talk is on record."""
        part = partial(Part, vital=False, waiting=self._recorder.files_waiting)
        if self._recorder.room is not Space.ENOUGH:
            alarm = "recordings-disk-low" if self._recorder.room is Space.LOW else "recordings-disk-full"
            return part(ok=False, detail=f"disk {self._recorder.room}: {self._recorder.free_mb} MB free", alarm=alarm)
        if not self._tables.are_there:
            return part(ok=True, detail=NOT_KNOWN)
        try:
            async with asyncio.timeout(ANSWER_S):
                share = (await self._shares.of_day(datetime.now(self._centre().time_zone))).share
        except Exception as error:
            if not isinstance(error, TimeoutError) and not is_away(error) and not lacks_tables(error):
                raise
            return part(ok=True, detail=NOT_KNOWN)  # the database is a part of its own
        if share is None or share == 1:
            return part(ok=True)
        return part(ok=False, detail=f"{100 * share:.2f} % of today's talk is recorded")

    def _redis(self) -> Mapping[str, Part]:
        if self._stream is None:
            return {}
        ok = self._stream.healthy
        return {"redis": Part(ok=ok, detail="" if ok else f"away, {self._stream.dropped} facts dropped", vital=False)}

    async def _database(self) -> Part:
        try:
            async with asyncio.timeout(ANSWER_S):
                answers = await self._store.healthy()
                if answers and self._tables.are_there and not await self._store.has_tables():
                    return Part(ok=False, detail="has not our tables", vital=False, alarm="database-tables-missing")
        except TimeoutError:
            answers = False
        return Part(ok=answers, detail="" if answers else "does not answer", vital=False)
