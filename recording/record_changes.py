"""Every change of a record has a number, counted up in the order in which the changes came to be in the data base: who
has seen all up to a number asks for what came after it, and misses nothing however often anybody dies.

Of a record that has changed several times only its last change is kept: whoever asks gets the record as it is now.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.conflicts import inserting_new, upserting
from recording.models import Call, RecordChange, RecordCounter
from recording.record import CallRecord


@dataclass(frozen=True, slots=True)
class Change:
    """A record as it is now, and the number of its last change."""

    number: int
    document: dict[str, Any]

    @property
    def message(self) -> str:
        """The line in which it is told: `{"record": …, "cursor": …}`. What is no text in Unicode is a question mark."""
        record = json.dumps(self.document, ensure_ascii=False, separators=(",", ":"))
        return f'{{"record":{record.encode("utf-8", "replace").decode()},"cursor":{self.number}}}'


async def number_changes(connection: AsyncConnection, records: Sequence[CallRecord]) -> None:
    """Gives each of these, which are written in this transaction, the next number. The counter's row is locked until
    the transaction ends: a larger number is never seen before a smaller one."""
    if not records:
        return
    more = update(RecordCounter).values(number=RecordCounter.number + len(records))
    if not (await connection.execute(more)).rowcount:  # the first change of all
        first_row = inserting_new(RecordCounter, "id", connection.dialect.name)
        await connection.execute(first_row, [{"id": 1, "number": 0}])
        await connection.execute(more)
    last = await newest(connection)
    first = last - len(records) + 1
    rows = [{"call": record.id, "number": number} for number, record in enumerate(records, first)]
    await connection.execute(upserting(RecordChange, "call", ("call", "number"), connection.dialect.name), rows)


async def newest(connection: AsyncConnection) -> int:
    """The number of the last change of all."""
    return int(await connection.scalar(select(RecordCounter.number)) or 0)


async def changes(connection: AsyncConnection, after: int, limit: int) -> list[Change]:
    """The records that have changed since that number, in the order of their last changes, so many at most."""
    query = select(RecordChange.number, Call.document).join(Call, Call.id == RecordChange.call)
    found = await connection.execute(
        query.where(RecordChange.number > after).order_by(RecordChange.number).limit(limit)
    )
    return [Change(number, document) for number, document in found]
