"""Reviewers who are absent, ill or on leave: meanwhile no draw gives them work.

Methods raise SQLAlchemy's errors while the data base is away.
"""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import delete, select

from recording.models import ReviewerAbsence
from recording.store import Store
from recording.transactions import upsert


class Absence(BaseModel):
    """A reviewer's last absence that was said, both days included."""

    model_config = ConfigDict(frozen=True)

    reviewer: str
    first: date
    last: date
    why: str
    by: str
    at: datetime


class Absences:
    """Those in this store, one of each reviewer."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def all(self) -> list[Absence]:
        """By the reviewer's name, also those that are over."""
        table = ReviewerAbsence.__table__
        async with self._store.engine.connect() as connection:
            rows = (await connection.execute(select(table).order_by(table.c.reviewer))).mappings()
            return [Absence.model_validate(dict(row)) for row in rows]

    async def on(self, day: date) -> frozenset[str]:
        """Who is absent on a day, by name."""
        return frozenset(one.reviewer for one in await self.all() if one.first <= day <= one.last)

    async def save(self, absence: Absence) -> None:
        """Keep it instead of what was said of him before."""
        said = {"first": absence.first.isoformat(), "last": absence.last.isoformat()}
        row = {**absence.model_dump(exclude={"first", "last"}), **said}
        async with self._store.transaction() as connection:
            await upsert(connection, ReviewerAbsence, "reviewer", [row])

    async def remove(self, reviewer: str) -> bool:
        """He is there again; False where he was not said to be absent."""
        theirs = delete(ReviewerAbsence).where(ReviewerAbsence.reviewer == reviewer)
        async with self._store.transaction() as connection:
            return bool((await connection.execute(theirs)).rowcount)
