"""Keeps the half-hour sums equal to what the records say, in the transaction that writes a record: what it counted for
before is taken away, what it counts for now is added. So there is no moment at which the two differ, and nothing to be
made good after a crash. What a call counts for is decided in recording.figures.calls.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.conflicts import inserting
from recording.figures.adding import adding
from recording.figures.calls import Contribution, of_call
from recording.figures.counted import BITS
from recording.figures.counts import AGENTS_ANSWERED, CALLS
from recording.figures.day_sums import DAYS_OF, add_to_days
from recording.figures.rule_book import rule_book
from recording.figures.scope import ScopeKind
from recording.figures.settling import contacts_of_callers, records_of
from recording.many import insert_many
from recording.models import AgentHalfHour, Base, CallCount, CentreHalfHour, QueueHalfHour
from recording.record import CallRecord

_Row = tuple[str, str, str, datetime]
"""kind, name, queue, half hour: of what the sums are."""


async def count_calls(connection: AsyncConnection, records: Sequence[CallRecord]) -> None:
    """These records, new or changed, count from now on for what they say now, by the rules in force when they began."""
    if not records:
        return
    book = await rule_book(connection)
    contacts, settled = await contacts_of_callers(connection, records, book.last)
    mine = {record.id for record in records}
    others = [one.id for one in contacts if one.resolved and one.id not in mine]
    before = await _counted(connection, [*sorted(mine), *others])
    stale = [one for one in others if _is_settled(before.get(one, [])) != (one in settled)]
    records = [*records, *await records_of(connection, [one for one in stale if one in before])]
    changes: dict[_Row, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows: list[dict[str, Any]] = []
    outdated: list[str] = []
    for record in records:
        counted = of_call(record, book.at(record.started_at), settled=record.id in settled)
        now = [_kept(record.id, number, one) for number, one in enumerate(counted, 1)]
        if (old := before.get(record.id, [])) == now:
            continue
        _add(changes, old, -1)
        _add(changes, now, 1)
        rows += now
        if old:
            outdated.append(record.id)
    if outdated:
        await connection.execute(delete(CallCount).where(CallCount.call.in_(outdated)))
    await insert_many(connection, inserting(CallCount), rows)
    await _apply(connection, changes)


def _is_settled(rows: Sequence[Mapping[str, Any]]) -> bool:
    return any(row["counted"] & BITS["resolved_first"] for row in rows)


async def _counted(connection: AsyncConnection, calls: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    table = CallCount.__table__
    query = select(table).where(table.c.call.in_(calls)).order_by(table.c.call, table.c.number).with_for_update()
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in (await connection.execute(query)).mappings():
        found[row["call"]].append(dict(row))
    return found


def _kept(call: str, number: int, one: Contribution) -> dict[str, Any]:
    sums = one.counts.some()
    return {
        "call": call,
        "number": number,
        "kind": one.kind.value,
        "name": one.agent if one.kind is ScopeKind.AGENT else one.queue,
        "queue": one.queue,
        "half_hour": one.half_hour,
        "counted": sum(BITS[name] for name in sums),
        "sums": sums,
    }


def _add(changes: dict[_Row, dict[str, int]], rows: Iterable[Mapping[str, Any]], sign: int) -> None:
    for row in rows:
        sums = changes[row["kind"], row["name"], row["queue"], row["half_hour"]]
        for name, value in row["sums"].items():
            sums[name] += sign * value
        if row["kind"] == ScopeKind.AGENT.value:
            of_all = changes[ScopeKind.CENTRE.value, "", "", row["half_hour"]]
            of_all[AGENTS_ANSWERED] += sign * row["sums"].get("answered", 0)


async def _apply(connection: AsyncConnection, changes: Mapping[_Row, Mapping[str, int]]) -> None:
    """Adds up each table's rows, always in the same order: two writers do not wait for each other."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for (kind, name, queue, half_hour), sums in sorted(changes.items()):
        if any(sums.values()):
            keys = dict(zip(_KEYS[kind][1].split(), (half_hour, name, queue), strict=False))
            rows[kind].append({**keys, **_NOTHING[kind], **sums})
    for kind, changed in rows.items():
        table, key = _KEYS[kind]
        await insert_many(connection, adding(table, key, tuple(changed[0]), connection.dialect.name), changed)
        if table in DAYS_OF:
            days = ((half_hour, name, sums) for (of, name, _, half_hour), sums in changes.items() if of == kind)
            await add_to_days(connection, table, days)


_NOTHING: Mapping[str, Mapping[str, int]] = {
    ScopeKind.CENTRE.value: dict.fromkeys((*CALLS, AGENTS_ANSWERED), 0),
    ScopeKind.QUEUE.value: dict.fromkeys(CALLS, 0),
    ScopeKind.AGENT.value: dict.fromkeys(CALLS, 0),
}
_KEYS: Mapping[str, tuple[type[Base], str]] = {
    ScopeKind.CENTRE.value: (CentreHalfHour, "half_hour"),
    ScopeKind.QUEUE.value: (QueueHalfHour, "half_hour queue"),
    ScopeKind.AGENT.value: (AgentHalfHour, "half_hour agent queue"),
}
