"""One day's records against Asterisk's own call records: fetches both, and what the ledger knows of calls without a
record. Reading a large day takes seconds: commands and processes of their own do it, never the daemon.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.ledger import LedgerRow
from recording.models import Call, CallInProgress
from recording.reconcile.comparison import Comparison, Kind, Reconciliation, no_call
from recording.reconcile.rows import NEIGHBOURHOOD, read_files
from recording.record import CallRecord
from recording.store import Store
from recording.transactions import kept_entries

SETTLED = timedelta(seconds=10)
"""A call that ended this lately may still be on its way into the data base."""

_AT_A_TIME = timedelta(minutes=15)
"""Records of so long are in memory at once."""

_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What was compared, from `since` to `until`; `unreadable` are lines of Asterisk's files that are no rows."""

    since: datetime
    until: datetime
    reconciliation: Reconciliation
    unreadable: tuple[str, ...] = ()


async def reconcile(
    store: Store, log_folder: Path, since: datetime, until: datetime, settled: timedelta = SETTLED
) -> Day:
    """The calls that began from `since` to before `until`. `log_folder` is Asterisk's, with its `cdr-…` folders.

    Raises DayGone, OSError, and SQLAlchemy's errors while the data base is away.
    """
    settled_at = datetime.now(UTC) - settled
    rows, wrong = await asyncio.to_thread(read_files, log_folder, since, until)
    first_us: dict[str, int] = {}
    for row in rows:
        first_us[row.linkedid] = min(row.start_us, first_us.get(row.linkedid, row.start_us))
    span = range(*(_us(end) for end in (since, until)))
    begun = {linkedid for linkedid, start_us in first_us.items() if start_us in span}
    last_us = {row.linkedid: 0 for row in rows if row.linkedid in begun}
    for row in rows:
        if row.linkedid in begun:
            last_us[row.linkedid] = max(row.end_us, last_us[row.linkedid])
    async with store.engine.connect() as connection:
        comparison, without = Comparison(rows), dict[str, Kind | None]()
        rows.clear()
        async for record in _records(connection, since - NEIGHBOURHOOD, until + NEIGHBOURHOOD):
            ours = since <= record.started_at < until or record.linkedid in begun
            if not ours:
                comparison.know(record)
            elif record.ended_at > settled_at:  # its rows may have been on their way when they were read
                without[record.linkedid] = Kind.UNDER_WAY
                comparison.know(record)
            else:
                comparison.judge(record)
        unknown = begun & comparison.lacking() - without.keys()
        without |= await _without(connection, unknown)
    for linkedid in unknown:
        if last_us[linkedid] > _us(settled_at) and without.get(linkedid) is None:
            without[linkedid] = Kind.UNDER_WAY
    return Day(
        since=since,
        until=until,
        reconciliation=comparison.result(without, begun),
        unreadable=tuple(map(str, wrong)),
    )


async def _records(connection: AsyncConnection, since: datetime, until: datetime) -> AsyncIterator[CallRecord]:
    """In the order in which they began, a piece at a time."""
    while since < until:
        piece = min(until, since + _AT_A_TIME)
        query = select(Call.document).where(Call.started_at >= since, Call.started_at < piece)
        for document in await connection.scalars(query):
            yield CallRecord.model_validate(document)
        since = piece


def _us(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


async def _without(connection: AsyncConnection, linkedids: Collection[str]) -> dict[str, Kind | None]:
    """What those are that have no record, as far as our ledger has them."""
    going_on = set(await connection.scalars(select(CallInProgress.linkedid)))
    found: dict[str, Kind | None] = {}
    names = sorted(linkedids)
    for some in (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE)):
        for linkedid, rows in (await _ledger(connection, some)).items():
            found[linkedid] = no_call(linkedid, rows, under_way=linkedid in going_on)
    return found


async def _ledger(connection: AsyncConnection, linkedids: Sequence[str]) -> Mapping[str, list[LedgerRow]]:
    kept = await kept_entries(connection, linkedids)
    return {
        linkedid: [one.event for one in entries if isinstance(one.event, LedgerRow)]
        for linkedid, entries in kept.items()
    }
