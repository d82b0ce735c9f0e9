"""What is remembered of calls and people: the one door to the data base. Every write is one transaction."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from time import time_ns

from sqlalchemy import Select, delete, select, text, tuple_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from acd.facts import Fact
from acd.states import CallOutcome
from recording.at_hand import LinesAtHand
from recording.database import WRITING, is_away, lacks_tables, migrate, open_engine, snapshots
from recording.entries import Batch, Position, Source, entry
from recording.figures.listing import CountedCalls
from recording.ledger import LedgerRow, vanished_row
from recording.models import AgentAccount, Call, CallInProgress, LedgerEvent, LedgerPosition, RecordingFile
from recording.moment import remembering
from recording.record import CallRecord, Recording
from recording.record_changes import Change, changes, newest
from recording.transactions import (
    RECORDING_COLUMNS,
    kept_entries,
    recordings,
    refold,
    refold_ended,
    upsert,
    write_batch,
    write_lines,
)
from recording.unwritten import TOLD_ENDS

_RECORDING = set(RECORDING_COLUMNS)

ITS_LAST_US = 1_000_000
"""So long after the router's word that a call is over Asterisk may have something to write of it."""

RECORDS_TOGETHER = 5
"""So many records are read or written without letting others come first: some two milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls; None leaves a question open. `since` is included, `until` not; both go by the call's start.
    `counted` are the calls behind a figure."""

    since: datetime | None = None
    until: datetime | None = None
    queue: str | None = None
    agent: str | None = None
    caller: str | None = None
    outcome: CallOutcome | None = None
    counted: CountedCalls | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of at most `size` calls, beginning behind the call of id `after`: new calls do not shift it."""

    size: int = 50
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person who takes calls. `pin_hash` is argon2's; `skills` maps a skill to its level, 1 to 10; `outside` is the
    outside number he may sign in at, empty for none."""

    number: str
    name: str
    phone: str
    pin_hash: str = field(repr=False)
    skills: Mapping[str, int] = field(default_factory=dict)
    active: bool = True
    attributes: Mapping[str, str] = field(default_factory=dict)
    outside: str = ""


class Store:
    """`url` as in recording.database.open_engine. Methods raise SQLAlchemy's errors while the data base is away."""

    def __init__(self, url: str) -> None:
        self.engine: AsyncEngine = open_engine(url)
        self._writing = self.engine.execution_options(**{WRITING: True})
        self._snapshots = snapshots(self.engine)
        self._turn = asyncio.Lock()
        self._at_hand = LinesAtHand()
        self._moment: AsyncConnection | None = None

    async def migrate(self) -> None:
        """Makes or updates the tables; safe to repeat."""
        await migrate(self.engine)

    async def close(self) -> None:
        """Gives all connections back."""
        await self.engine.dispose()

    async def healthy(self) -> bool:
        """Whether the data base answers."""
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception as error:
            if is_away(error):
                return False
            raise
        return True

    async def has_tables(self) -> bool:
        """Whether a data base that answers has our tables."""
        try:
            await self.position(Source.LEDGER)
        except DBAPIError as error:
            if lacks_tables(error):
                return False
            raise
        return True

    async def position(self, source: Source) -> Position:
        """Where reading of this source goes on."""
        query = select(LedgerPosition.position, LedgerPosition.head).where(LedgerPosition.source == source.value)
        async with self.engine.connect() as connection:
            found = (await connection.execute(query)).first()
        return Position(found.position, found.head) if found else Position()

    async def ingest(self, batch: Batch) -> list[CallRecord]:
        """Stores a batch, its position and the calls that follow, all or nothing. Returns the changed records."""
        try:
            async with self.transaction() as connection:
                return await write_batch(connection, batch, self._at_hand)
        except BaseException:
            self._at_hand.forget({one.linkedid for one in batch.entries})
            raise

    async def close_vanished(
        self, live: Collection[str], at_us: int | None = None, begun: Collection[str] | None = None
    ) -> list[CallRecord]:
        """Ends the calls of which Asterisk, killed, will write no end: all in progress, or of them those that had
        `begun` when they were asked for (`under_way`), but `live` (linkedids). In
        progress is also a call of which the router told the beginning and nothing at all was written: its record is
        made of what the router told alone, until Asterisk's lines come.

        `at_us` is when Asterisk was lost, as near as is known: who asked may have begun to ask before a call came that
        is lost too, and no call ends before the last that was written of it; one of which the router knew the end,
        when it said so: Asterisk may not have been able to write. Should Asterisk's own word come after all, that is
        taken.
        """
        async with self.transaction() as connection:
            known = set(await connection.scalars(select(CallInProgress.linkedid)))
            gone = sorted((known if begun is None else known & set(begun)) - set(live))
            moment = at_us or time_ns() // 1000
            kept = await kept_entries(connection, gone)
            ends_us = [_lost_us([line.event for line in kept.get(one, ())], moment) for one in gone]
            rows = [vanished_row(one, end_us) for one, end_us in zip(gone, ends_us, strict=True)]
            await write_lines(connection, [entry(Source.LEDGER, row) for row in rows])
            await connection.execute(delete(CallInProgress).where(CallInProgress.linkedid.in_(gone)))
            return await refold(connection, gone)

    async def add_recordings(self, kept: Sequence[tuple[str, Recording]]) -> list[CallRecord]:
        """Notes recordings of calls (again: overwrites them); returns the records that changed."""
        rows = [{"linkedid": one, **recording.model_dump(include=_RECORDING)} for one, recording in kept]
        if not rows:
            return []
        async with self.transaction() as connection:
            await upsert(connection, RecordingFile, "file", rows)
            return await refold_ended(connection, {linkedid for linkedid, _ in kept}, self._at_hand)

    async def recordings(self, linkedids: Sequence[str]) -> dict[str, list[Recording]]:
        """The recordings of each of these calls that has one, ended or not."""
        async with self.engine.connect() as connection:
            return await recordings(connection, linkedids)

    async def under_way(self) -> set[str]:
        """The calls in progress, as far as has been read."""
        async with self.engine.connect() as connection:
            return set(await connection.scalars(select(CallInProgress.linkedid)))

    async def in_progress(self, linkedids: Sequence[str]) -> set[str]:
        """Those of these calls that the ledger has begun and not ended."""
        if not linkedids:
            return set()
        query = select(CallInProgress.linkedid).where(CallInProgress.linkedid.in_(linkedids))
        async with self.engine.connect() as connection:
            return set(await connection.scalars(query))

    async def call(self, name: str) -> CallRecord | None:
        """The call of this id."""
        async with self.engine.connect() as connection:
            document = await connection.scalar(select(Call.document).where(Call.id == name))
        return CallRecord.model_validate(document) if document else None

    async def facts(self, linkedid: str) -> list[Fact]:
        """What the router has said of a call, ended or not, in the order of the journal."""
        async with self.engine.connect() as connection:
            kept = (await kept_entries(connection, [linkedid])).get(linkedid, [])
        return [one.event for one in kept if isinstance(one.event, Fact)]

    async def has_lines(self, linkedid: str) -> bool:
        """Whether any line of the call is kept: of old calls there is the record alone (recording.forgetting)."""
        query = select(LedgerEvent.id).where(LedgerEvent.linkedid == linkedid).limit(1)
        async with self.engine.connect() as connection:
            return await connection.scalar(query) is not None

    async def newest_change(self) -> int:
        """The number of the last change of any record (recording.record_changes)."""
        async with self.engine.connect() as connection:
            return await newest(connection)

    async def changes(self, after: int, limit: int) -> list[Change]:
        """The records that have changed since that number, so many at most, in order."""
        async with self.engine.connect() as connection:
            return await changes(connection, after, limit)

    async def calls(self, which: CallFilter | None = None, page: Page | None = None) -> list[CallRecord]:
        """The calls that fit, newest first."""
        page = page or Page()
        query = _calls(which or CallFilter()).limit(page.size)
        async with self.engine.connect() as connection:
            if page.after is not None:
                last = select(Call.started_at).where(Call.id == page.after)
                started_at = await connection.scalar(last)
                if started_at is None:
                    return []
                query = query.where(tuple_(Call.started_at, Call.id) < (started_at, page.after))
            return await read_records(await connection.scalars(query))

    async def agents(self, *, active_only: bool = True) -> list[Agent]:
        """The people who take calls, by number."""
        table = AgentAccount.__table__
        query = select(table).order_by(table.c.number)
        if active_only:
            query = query.where(table.c.active)
        async with self.engine.connect() as connection:
            return [Agent(**row) for row in (await connection.execute(query)).mappings()]

    async def save_agents(self, agents: Sequence[Agent]) -> None:
        """Adds people, or changes those whose number is known."""
        rows = [
            {
                "number": agent.number,
                "name": agent.name,
                "phone": agent.phone,
                "pin_hash": agent.pin_hash,
                "skills": dict(agent.skills),
                "active": agent.active,
                "attributes": dict(agent.attributes),
                "outside": agent.outside,
            }
            for agent in agents
        ]
        async with self.transaction() as connection:
            await upsert(connection, AgentAccount, "number", rows)

    @asynccontextmanager
    async def at_one_moment(self) -> AsyncIterator["Store"]:
        """This store, of which `reading` and `snapshot` give what was there at one moment, in one connection: for who
        reads one thing after another."""
        async with self.snapshot() as connection:
            held = copy(self)
            held._moment = await remembering(connection)
            yield held

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection that reads."""
        return self.engine.connect() if self._moment is None else nullcontext(self._moment)

    def snapshot(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """One that reads what was there at one moment, whatever is written meanwhile."""
        return self._snapshots.connect() if self._moment is None else nullcontext(self._moment)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Writers of this process in turn: SQLite has one writer anyway, and lets the others sleep and try again."""
        async with self._turn, self._writing.begin() as connection:
            yield connection


async def read_records(documents: Iterable[dict[str, object]]) -> list[CallRecord]:
    """Their records. Hundreds of them take a fifth of a second: whoever else lives in this loop comes in between."""
    records: list[CallRecord] = []
    for number, document in enumerate(documents, 1):
        records.append(CallRecord.model_validate(document))
        if number % RECORDS_TOGETHER == 0:
            await asyncio.sleep(0)
    return records


def _calls(which: CallFilter) -> Select[tuple[dict[str, object]]]:
    query = select(Call.document).order_by(Call.started_at.desc(), Call.id.desc())
    if which.since is not None:
        query = query.where(Call.started_at >= which.since)
    if which.until is not None:
        query = query.where(Call.started_at < which.until)
    for column, wanted in ((Call.queue, which.queue), (Call.agent, which.agent), (Call.caller, which.caller)):
        if wanted is not None:
            query = query.where(column == wanted)
    if which.outcome is not None:
        query = query.where(Call.outcome == which.outcome.value)
    if which.counted is not None:
        query = query.where(which.counted.condition())
    return query


def _lost_us(events: Sequence[LedgerRow | Fact], moment: int) -> int:
    """When a call is over of which Asterisk writes no end."""
    written = max((_at_us(event) for event in events if isinstance(event, LedgerRow)), default=0)
    told = max((_at_us(event) for event in events if isinstance(event, TOLD_ENDS)), default=0)
    return max(told, written) if told > written - ITS_LAST_US else max([moment, *map(_at_us, events)])


def _at_us(event: LedgerRow | Fact) -> int:
    return event.at_us if isinstance(event, LedgerRow) else event.at_ms * 1000
