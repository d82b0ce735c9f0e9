"""Writes the segments of calls, and when their agents were muted, into tables of their own, in the transaction that
writes their records, so that any reporting tool can add them up. What a caller met when is decided in
recording.segments.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.conflicts import inserting
from recording.instants import at_us, span_ms
from recording.many import insert_many
from recording.models import CallMute, CallSegment
from recording.record import CallRecord

_AT_ONCE = 500  # names in one statement


async def write_segments(connection: AsyncConnection, records: Sequence[CallRecord], known: Sequence[str]) -> None:
    """From now on these calls have the segments and mutes that their records have; of those in `known` there may be
    rows."""
    rows: dict[type[CallSegment | CallMute], list[dict[str, Any]]] = {
        CallSegment: [row for record in records for row in _segments(record)],
        CallMute: [row for record in records for row in _mutes(record)],
    }
    for table, new in rows.items():
        for at in range(0, len(known), _AT_ONCE):
            await connection.execute(delete(table).where(table.call.in_(known[at : at + _AT_ONCE])))
        await insert_many(connection, inserting(table), new)


def _segments(record: CallRecord) -> list[dict[str, Any]]:
    return [
        {
            "call": record.id,
            "number": number,
            "kind": one.kind.value,
            **_lasted(one.started_at, one.ended_at),
            "queue": one.queue,
            "agent": one.agents[0] if len(one.agents) == 1 else None,
            "agents": [*one.agents],
            "space": one.space,
            "muted": bool(one.muted),
        }
        for number, one in enumerate(record.segments, 1)
    ]


def _mutes(record: CallRecord) -> list[dict[str, Any]]:
    return [
        {
            "call": record.id,
            "number": number,
            "agent": one.agent,
            "who": one.by,
            **_lasted(one.started_at, one.ended_at),
        }
        for number, one in enumerate(record.mutes, 1)
    ]


def _lasted(started_at: datetime, ended_at: datetime) -> dict[str, Any]:
    duration_ms = span_ms(at_us(started_at), at_us(ended_at))
    return {"started_at": started_at, "ended_at": ended_at, "duration_ms": duration_ms}
