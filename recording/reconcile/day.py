"""One day's records against Asterisk's own call records: fetches both, and what the ledger knows of calls without a
record. Reading a large day takes seconds: commands and processes of their own do it, never the daemon.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time_ns

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.ledger import LedgerRow
from recording.models import Call, CallInProgress
from recording.reconcile.comparison import Kind, Reconciliation, compare, no_call
from recording.reconcile.rows import CdrRow, read_files
from recording.record import CallRecord
from recording.store import Store
from recording.transactions import kept_entries

SETTLED = timedelta(seconds=10)
"""A call that ended this lately may still be on its way into the data base."""

NEIGHBOURHOOD = timedelta(hours=4)
"""How long before or after a call another may begin that shares a channel with it: an agent asks in one about the
other."""

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
    rows, wrong = await asyncio.to_thread(read_files, log_folder, since, until)
    calls: dict[str, list[CdrRow]] = {}
    for row in rows:
        calls.setdefault(row.linkedid, []).append(row)
    span = range(*(int(end.astimezone(UTC).timestamp() * 1_000_000) for end in (since, until)))
    begun = {linkedid for linkedid, some in calls.items() if min(row.start_us for row in some) in span}
    async with store.engine.connect() as connection:
        near = await _records(connection, since - NEIGHBOURHOOD, until + NEIGHBOURHOOD)
        records = [one for one in near if since <= one.started_at < until or one.linkedid in begun]
        judged = begun | {one.linkedid for one in records}
        without = await _without(connection, judged - {one.linkedid for one in records})
    settled_us = time_ns() // 1000 - settled // timedelta(microseconds=1)
    for linkedid in begun:
        if max(row.end_us for row in calls[linkedid]) > settled_us and without.get(linkedid) is None:
            without[linkedid] = Kind.UNDER_WAY
    chosen = [row for linkedid in judged for row in calls.get(linkedid, ())]
    return Day(
        since=since,
        until=until,
        reconciliation=compare(records, chosen, without, near),
        unreadable=tuple(map(str, wrong)),
    )


async def _records(connection: AsyncConnection, since: datetime, until: datetime) -> list[CallRecord]:
    query = select(Call.document).where(Call.started_at >= since, Call.started_at < until)
    return [CallRecord.model_validate(document) for document in await connection.scalars(query)]


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
