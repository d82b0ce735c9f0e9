"""Which calls can still be heard. A recording is gone where the record says that it was erased, or where what is kept
of it is missing, or being erased now.

Functions raise SQLAlchemy's errors while the data base is away.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.keeping.findable import ERASED
from recording.keeping.kept import State
from recording.manifest import Kind
from recording.models import Call, KeptRecording
from recording.record import CallRecord

GONE = (State.MISSING.value, State.ERASING.value)
AT_ONCE = 500
"""So many calls are asked for at once."""


def can_be_heard(record: CallRecord, gone: Collection[int]) -> bool:
    """Whether a recording of the call is there; `gone` are the numbers of those that are not, though the record knows
    nothing of it yet. Pure."""
    return any(one.place != ERASED and number not in gone for number, one in enumerate(record.recordings, 1))


async def gone_recordings(connection: AsyncConnection) -> Mapping[str, frozenset[int]]:
    """The numbers of recordings that are missing or being erased, by call."""
    table = KeptRecording.__table__
    rows = await connection.execute(
        select(table.c.call, table.c.number).where(table.c.state.in_(GONE), table.c.kind == Kind.CALL)
    )
    found: dict[str, set[int]] = {}
    for call, number in rows:
        found.setdefault(call, set()).add(number)
    return {call: frozenset(numbers) for call, numbers in found.items()}


async def unheard(connection: AsyncConnection, calls: Sequence[str]) -> frozenset[str]:
    """Those of these calls that nobody can hear any more."""
    gone = await gone_recordings(connection)
    heard: set[str] = set()
    for start in range(0, len(calls), AT_ONCE):
        documents = await connection.scalars(select(Call.document).where(Call.id.in_(calls[start : start + AT_ONCE])))
        records = (CallRecord.model_validate(one) for one in documents)
        heard.update(one.id for one in records if can_be_heard(one, gone.get(one.id, ())))
    return frozenset(calls) - heard
