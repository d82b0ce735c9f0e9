"""Which calls can still be heard. A recording is gone where the record says that it was erased, or where what is kept
of it is missing, or being erased now.

Functions raise SQLAlchemy's errors while the data base is away.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.keeping.kept import State
from recording.manifest import Kind
from recording.models import Call, KeptRecording, RecordedCall
from recording.record import ERASED, CallRecord

GONE = (State.MISSING.value, State.ERASING.value)
AT_ONCE = 500
"""So many calls are asked for at once."""


def can_be_heard(record: CallRecord, gone: Collection[int]) -> bool:
    """Whether a recording of the call is there; `gone` are the numbers of those that are not, though the record knows
    nothing of it yet. Pure."""
    return any(one.place != ERASED and number not in gone for number, one in enumerate(record.recordings, 1))


async def unheard(connection: AsyncConnection, calls: Sequence[str]) -> frozenset[str]:
    """Those of these calls that nobody can hear any more. Records are read of those alone of which something is gone
    that the record may not know yet."""
    heard: set[str] = set()
    for start in range(0, len(calls), AT_ONCE):
        some = calls[start : start + AT_ONCE]
        found = set(await connection.scalars(select(RecordedCall.call).where(RecordedCall.call.in_(some))))
        gone = await _gone_recordings(connection, some)
        heard |= found - gone.keys()
        doubtful = select(Call.document).where(Call.id.in_(sorted(found & gone.keys())))
        records = (CallRecord.model_validate(one) for one in await connection.scalars(doubtful))
        heard.update(one.id for one in records if can_be_heard(one, gone[one.id]))
    return frozenset(calls) - heard


async def _gone_recordings(connection: AsyncConnection, calls: Sequence[str]) -> Mapping[str, frozenset[int]]:
    """The numbers of recordings of these calls that are missing or being erased, by call."""
    table = KeptRecording.__table__
    whose = (table.c.call.in_(calls), table.c.state.in_(GONE), table.c.kind == Kind.CALL)
    found: dict[str, set[int]] = {}
    for call, number in await connection.execute(select(table.c.call, table.c.number).where(*whose)):
        found.setdefault(call, set()).add(number)
    return {call: frozenset(numbers) for call, numbers in found.items()}
