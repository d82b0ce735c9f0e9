"""Follows Asterisk's ledger and the router's journal into the store: wakes when one grows, reads, stores, tells.
It outlives the data base being away; nothing is lost or doubled whichever of the parts is killed.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from itertools import chain, repeat
from pathlib import Path
from time import monotonic, time_ns
from typing import TypeVar

from asyncinotify import Mask
from sqlalchemy.exc import DBAPIError
from structlog import get_logger

from recording.changes import Changes
from recording.database import is_away, lacks_tables
from recording.entries import Batch, Entry, Position, Source
from recording.facts import read_facts
from recording.ledger import LedgerRow, read_rows
from recording.lines import RejectedLine
from recording.record import CallRecord
from recording.store import Store
from recording.tail import Chunk, Tail

log = get_logger()

_CHANGES = Mask.MODIFY | Mask.CREATE | Mask.MOVED_TO
GATHER_S = 0.05  # a call writes some 30 lines: one transaction for a handful of them, a record well within a second
REST, LONGEST_REST_S = 3, 1.0
"""So many times as long as a pass took, nothing is read: the busier the centre, the more calls share a transaction, and
the recorder takes about a quarter of a core at most."""
LAST_WORDS_S = 0.5
AHEAD_MS = 60_000
"""So far the journal is read before the ledger, where it goes on so far: when a call is folded, its after-call work is
known as a rule, and its lines are still at hand (recording.at_hand)."""
FIRST_RETRY_S = 0.1
LAST_RETRY_S = 5.0

Result = TypeVar("Result")
OnRecord = Callable[[CallRecord], Awaitable[None]]

AskLive = Callable[[], Awaitable[Mapping[str, str]]]
"""Asks which channels Asterisk has now: their uniqueids, and the linkedid of the call of each."""


class Ingest:
    """`await run()` for ever. `on_record` is awaited with each record that is new, and again when one changes (the
    wrap-up ends, a recording is ready); what it raises is logged.

    `healthy` is False while lines wait for the data base; `on_health` is told whenever that changes.
    """

    def __init__(
        self,
        store: Store,
        ledger: Path,
        journal: Path,
        on_record: OnRecord,
        on_health: Callable[[bool], None] = lambda healthy: None,
    ) -> None:
        self.healthy = True
        self._store = store
        self._on_record = on_record
        self._on_health = on_health
        self._tails: Mapping[Source, Tail] = {Source.LEDGER: Tail(ledger), Source.JOURNAL: Tail(journal)}
        self._positions: dict[Source, Position] = {}
        self._told_ms = 0
        """The moment of the last fact that was read."""
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Reads what is there, then what comes. Raises OSError if a folder of the files cannot be made or watched."""
        watched = tuple(tail.path.name for tail in self._tails.values())  # moved aside, they have a number behind
        with Changes({tail.path.parent for tail in self._tails.values()}, _CHANGES) as changes:
            while True:
                began_s = monotonic()
                await self.catch_up()
                await asyncio.sleep(min(LONGEST_REST_S, REST * (monotonic() - began_s)))
                while not any(not name or name.startswith(watched) for name in await changes.names()):
                    pass
                await asyncio.sleep(GATHER_S)  # what is written meanwhile is stored together

    async def catch_up(self) -> None:
        """Reads both files to their ends."""
        async with self._turn:
            await self._read_on()

    async def waiting(self) -> int:
        """How many lines of both files are not in the data base yet, as far as is known. Raises OSError."""
        known = [(tail, self._positions[source]) for source, tail in self._tails.items() if source in self._positions]
        return sum([await asyncio.to_thread(tail.waiting, position) for tail, position in known])

    async def close_vanished(self, live: AskLive) -> None:
        """Ends the calls of which Asterisk will write no end: those in progress that it does not have any more.

        It is asked after everything written has been read. A call that begins from then on is not looked at: it may
        end before it is asked again, and its end be written after that. Nor is one taken for lost that has just ended,
        whose end is still on its way into the ledger: what it had `LAST_WORDS_S` before has had the time to be written.
        """
        asked_us = time_ns() // 1000
        async with self._turn:
            await self._read_on()
            begun = await self._insistently(self._store.under_way)
        had = set((await live()).values())
        await asyncio.sleep(LAST_WORDS_S)
        async with self._turn:
            await self._read_on()
            has = had | set((await live()).values())
            for record in await self._insistently(lambda: self._store.close_vanished(has, asked_us, begun)):
                await self._tell(record)

    async def _read_on(self) -> None:
        """A piece of the ledger is read first and stored last: what the router says of its calls is there before it.
        What the router says much later is not waited for: it is folded in when it comes."""
        while True:
            ledger = await self._next(Source.LEDGER)
            enough_ms = _last_ms(ledger) + AHEAD_MS if ledger else None
            while enough_ms is None or self._told_ms < enough_ms:
                if (journal := await self._next(Source.JOURNAL)) is None:
                    break
                await self._keep(journal)
                self._told_ms = _last_ms(journal)
            if ledger is None:
                return
            await self._keep(ledger)

    async def _next(self, source: Source) -> Batch | None:
        """What is new in a file, None if nothing is."""
        tail = self._tails[source]
        if source not in self._positions:
            self._positions[source] = await self._insistently(lambda: self._store.position(source))
        chunk = await self._insistently(lambda: asyncio.to_thread(tail.read, self._positions[source]))
        batch = _batch(source, chunk)
        return None if batch.position == self._positions[source] else batch

    async def _keep(self, batch: Batch) -> None:
        for rejected in batch.rejected:
            log.warning("line cannot be read", id="ledger-line-rejected", source=batch.source.value, why=rejected.why)
        records = await self._insistently(lambda: self._ingest(batch))
        self._positions[batch.source] = batch.position
        for record in records:
            await self._tell(record)

    async def _ingest(self, batch: Batch) -> list[CallRecord]:
        """Stores the batch; if the data base refuses something in it, stores all but that."""
        try:
            return await self._store.ingest(batch)
        except DBAPIError as error:
            if is_away(error) or lacks_tables(error) or not batch.entries:
                raise
            refused = error
        changed: list[CallRecord] = []
        start = await self._store.position(batch.source)
        for one in batch.entries:
            alone = Batch(source=batch.source, entries=[one], rejected=(), position=start)
            try:
                changed += await self._store.ingest(alone)
            except DBAPIError as error:
                if is_away(error) or lacks_tables(error):
                    raise
                log.error("line is refused by the data base", id="ledger-line-refused", source=batch.source.value)
                why = RejectedLine(body=one.body, why=type(error.orig or refused).__name__)
                await self._store.ingest(Batch(source=batch.source, entries=(), rejected=(why,), position=start))
        await self._store.ingest(
            Batch(source=batch.source, entries=(), rejected=batch.rejected, position=batch.position)
        )
        return changed

    async def _insistently(self, action: Callable[[], Awaitable[Result]]) -> Result:
        """The action's result, though data base or disk be away for a while: tried again, ever more slowly."""
        for pause_s in chain((FIRST_RETRY_S * 2**attempt for attempt in range(6)), repeat(LAST_RETRY_S)):
            try:
                result = await action()
            except Exception as error:
                if lacks_tables(error):
                    log.error(
                        "the data base has not our tables", id="database-tables-missing", why=type(error).__name__
                    )
                if not is_away(error):
                    raise
                if self.healthy:
                    log.error("ledger waits for the data base", id="database-away", why=type(error).__name__)
                    self._on_health(False)
                self.healthy = False
                await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))  # jitter; no secret hangs on it
                continue
            if not self.healthy:
                log.info("ledger is written on")
                self._on_health(True)
            self.healthy = True
            return result
        raise AssertionError("repeat() does not end")

    async def _tell(self, record: CallRecord) -> None:
        try:
            await self._on_record(record)
        except Exception:  # whoever listens must not stop what is written down
            log.exception("record could not be passed on", id="record-callback-failed", linkedid=record.linkedid)


def _last_ms(batch: Batch) -> int:
    """When the last of its lines was written; 0 where there is none."""
    event = batch.entries[-1].event if batch.entries else None
    if isinstance(event, LedgerRow):
        return event.at_us // 1000
    return event.at_ms if event else 0


def _batch(source: Source, chunk: Chunk) -> Batch:
    reading = (
        read_rows(chunk.data, final=chunk.final)
        if source is Source.LEDGER
        else read_facts(chunk.data, final=chunk.final)
    )
    return Batch(
        source=source,
        entries=[Entry(source, body, event) for body, event in reading.events],
        rejected=reading.rejected,
        position=chunk.used(reading.consumed),
    )
