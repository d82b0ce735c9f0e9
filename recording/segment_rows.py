"""Writes the segments of calls into a table of their own, in the transaction that writes their records, so that any
reporting tool can add them up. What a caller met when is decided in recording.segments.
"""

from collections.abc import Sequence

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.instants import at_us, span_ms
from recording.models import CallSegment
from recording.record import CallRecord

_AT_ONCE = 500  # names in one statement


async def write_segments(connection: AsyncConnection, records: Sequence[CallRecord], known: Sequence[str]) -> None:
    """From now on these calls have the segments that their records have; of those in `known` there may be rows."""
    for at in range(0, len(known), _AT_ONCE):
        await connection.execute(delete(CallSegment).where(CallSegment.call.in_(known[at : at + _AT_ONCE])))
    rows = [
        {
            "call": record.id,
            "number": number,
            "kind": one.kind.value,
            "started_at": one.started_at,
            "ended_at": one.ended_at,
            "duration_ms": span_ms(at_us(one.started_at), at_us(one.ended_at)),
            "queue": one.queue,
            "agent": one.agents[0] if len(one.agents) == 1 else None,
            "agents": [*one.agents],
        }
        for record in records
        for number, one in enumerate(record.segments, 1)
    ]
    if rows:
        await connection.execute(insert(CallSegment), rows)
