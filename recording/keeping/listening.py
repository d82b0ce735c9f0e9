"""The log of listenings: who was given which part of which recording, when, and where he asked from.

Methods raise SQLAlchemy's errors while the data base is away: then nothing may be given out.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from recording.keeping.kept import Kept
from recording.manifest import Kind
from recording.models import RecordingListening
from recording.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """A listening (see RecordingListening, the table)."""

    id: int
    at: datetime
    who: str
    call: str
    kind: Kind
    number: int
    file: str
    first_byte: int
    last_byte: int
    bytes: int
    address: str


class Listenings:
    """The log in this store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, one: Kept, span: range, *, who: str, at: datetime, address: str) -> None:
        """These bytes of a recording are about to be given to somebody."""
        row = {
            **{"at": at, "who": who, "call": one.call, "kind": one.kind, "number": one.number, "file": one.file},
            **{"first_byte": span.start, "last_byte": max(span.start, span.stop - 1), "bytes": one.bytes},
            "address": address,
        }
        async with self._store.transaction() as connection:
            await connection.execute(insert(RecordingListening).values(row))

    async def page(
        self,
        *,
        who: str | None = None,
        call: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> list[Listening]:
        """The listenings that fit, the latest first; those with a smaller id than `before`."""
        table = RecordingListening.__table__
        query = select(table).order_by(table.c.id.desc()).limit(limit)
        for held in (
            None if who is None else table.c.who == who,
            None if call is None else table.c.call == call,
            None if since is None else table.c.at >= since,
            None if until is None else table.c.at < until,
            None if before is None else table.c.id < before,
        ):
            if held is not None:
                query = query.where(held)
        async with self._store.engine.connect() as connection:
            return [
                Listening(**{**row, "kind": Kind(row["kind"])}) for row in (await connection.execute(query)).mappings()
            ]
