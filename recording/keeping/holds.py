"""Legal holds: calls whose recordings may not be deleted, whatever retention or anybody says.

Methods raise SQLAlchemy's errors while the data base is away.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.models import RecordingHold
from recording.store import Store

_TABLE = RecordingHold.__table__


class RecordingHeld(Exception):
    """The recordings of a call are held."""

    id = "recording-held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold (see RecordingHold, the table)."""

    id: int
    call: str
    by: str
    why: str
    held_at: datetime
    until: datetime | None
    released_at: datetime | None
    released_by: str


class Holds:
    """The holds in this store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def hold(self, call: str, *, by: str, why: str, at: datetime, until: datetime | None = None) -> Hold:
        """Hold a call's recordings, besides what holds there are already."""
        row = {"call": call, "by": by, "why": why, "held_at": at, "until": until, "released_by": ""}
        async with self._store.transaction() as connection:
            made = await connection.execute(insert(RecordingHold).values(row))
            key = made.inserted_primary_key
            return Hold(id=key[0] if key else 0, released_at=None, **row)  # type: ignore[arg-type]

    async def release(self, call: str, *, by: str, at: datetime) -> int:
        """End every hold of this call; how many there were."""
        ended = update(RecordingHold).where(_TABLE.c.call == call, active(at)).values(released_at=at, released_by=by)
        async with self._store.transaction() as connection:
            return (await connection.execute(ended)).rowcount

    async def of(self, call: str) -> list[Hold]:
        """Every hold of this call, past ones too, the latest first."""
        return await self._read(_TABLE.c.call == call)

    async def all(self, at: datetime) -> list[Hold]:
        """Every hold that is in force at this time, the latest first."""
        return await self._read(active(at))

    async def _read(self, held: Any) -> list[Hold]:
        query = select(_TABLE).where(held).order_by(_TABLE.c.held_at.desc(), _TABLE.c.id.desc())
        async with self._store.engine.connect() as connection:
            return [Hold(**row) for row in (await connection.execute(query)).mappings()]


def active(at: datetime) -> Any:
    """The condition that a hold is in force at this time."""
    return _TABLE.c.released_at.is_(None) & or_(_TABLE.c.until.is_(None), _TABLE.c.until > at)


async def held_of(connection: AsyncConnection, calls: Collection[str], at: datetime) -> set[str]:
    """Which of these calls are held at this time."""
    return set(await connection.scalars(select(_TABLE.c.call).where(_TABLE.c.call.in_(calls), active(at))))
