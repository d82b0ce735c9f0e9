"""Writes what a search for recordings looks at (`recorded_call`, `recorded_party`), in the transaction that writes the
records of the calls.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.models import RecordedCall, RecordedParty
from recording.record import ERASED, CallRecord


class Kind(StrEnum):
    """What belongs to a recorded call."""

    AGENT = "agent"
    QUEUE = "queue"
    NUMBER = "number"


async def note(connection: AsyncConnection, records: Iterable[CallRecord]) -> None:
    """Let a search find these calls as they are now; what is deleted is not found."""
    records = [record for record in records if record.recordings]
    names = [record.id for record in records]
    if not names:
        return
    for table in (RecordedCall, RecordedParty):
        await connection.execute(delete(table).where(table.call.in_(names)))
    found = [(record, _heard(record)) for record in records]
    calls = [_call(record, length_ms) for record, length_ms in found if length_ms is not None]
    parties = [one for record, length_ms in found if length_ms is not None for one in _parties(record)]
    if calls:
        await connection.execute(insert(RecordedCall), calls)
        await connection.execute(insert(RecordedParty), parties)


def _heard(record: CallRecord) -> int | None:
    """Milliseconds of its recordings that there are; None where there is none."""
    there = [one.duration_ms for one in record.recordings if one.place != ERASED]
    return sum(there) if there else None


def _call(record: CallRecord, length_ms: int) -> dict[str, Any]:
    marks = [survey.score for survey in record.surveys if survey.score is not None]
    return {
        "call": record.id,
        "started_at": record.started_at,
        "length_ms": length_ms,
        "outcome": record.outcome.value,
        "mark": marks[-1] if marks else None,
    }


def _parties(record: CallRecord) -> Sequence[dict[str, Any]]:
    agents = {one.agent for one in record.conversations} | ({record.agent} if record.agent else set())
    queues = {visit.queue for visit in record.queues} | ({record.queue} if record.queue else set())
    numbers = {record.caller, record.dialled}
    return [
        {"kind": kind.value, "name": name[:255], "started_at": record.started_at, "call": record.id}
        for kind, names in ((Kind.AGENT, agents), (Kind.QUEUE, queues), (Kind.NUMBER, numbers))
        for name in sorted(name for name in names if name)
    ]
