"""The callers the centre knows by name, and the agent each caller spoke with last: what the data base says of a number.

Methods raise SQLAlchemy's errors while the data base is away. What follows for a call is decided elsewhere.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete, select

from acd.masking import Personal
from recording.models import Call, CallerEntry
from recording.store import Store
from recording.transactions import upsert

AT_ONCE = 500
"""Rows written by one statement."""


class DirectoryEntry(BaseModel):
    """A caller who is known. `number` is in the one form of recording.numbers."""

    model_config = ConfigDict(frozen=True)

    number: Personal = Field(
        description="In one form: +, country code, number, where the centre's country code is set."
    )
    name: Personal = ""
    priority: int = Field(0, ge=0, le=100, description="Points of priority his calls have; more than 0: a VIP.")
    agent: str = Field("", description="The agent he is to reach first, empty for any.")
    note: Personal = ""
    open_case: Personal = Field("", description="The case of his that is open, as the centre names it; empty for none.")
    language: str = Field("", description="The language he speaks, one of the centre's; empty where it is not known.")


class Directory:
    """The directory in this store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, number: str) -> DirectoryEntry | None:
        """The caller of this number, in its one form."""
        table = CallerEntry.__table__
        async with self._store.engine.connect() as connection:
            found = (await connection.execute(select(table).where(table.c.number == number))).mappings().first()
        return DirectoryEntry(**found) if found else None

    async def page(self, size: int, after: str = "") -> list[DirectoryEntry]:
        """At most so many callers, by number, behind this one."""
        table = CallerEntry.__table__
        query = select(table).where(table.c.number > after).order_by(table.c.number).limit(size)
        async with self._store.engine.connect() as connection:
            return [DirectoryEntry(**row) for row in (await connection.execute(query)).mappings()]

    async def save(self, entries: Iterable[DirectoryEntry]) -> None:
        """Add callers, or change those whose number is known; all or none."""
        rows = [entry.model_dump() for entry in entries]
        async with self._store.transaction() as connection:
            for some in _slices(rows):
                await upsert(connection, CallerEntry, "number", some)

    async def remove(self, number: str) -> bool:
        """Take the caller out; False where he is not there."""
        statement = delete(CallerEntry).where(CallerEntry.number == number)
        async with self._store.transaction() as connection:
            return bool((await connection.execute(statement)).rowcount)

    async def last_agent(self, spellings: Collection[str], since: datetime) -> str:
        """Whom the caller of this number spoke with last, not before `since`; empty for nobody."""
        query = (
            select(Call.agent)
            .where(Call.caller.in_(spellings), Call.started_at >= since, Call.agent.is_not(None))
            .order_by(Call.started_at.desc())
            .limit(1)
        )
        async with self._store.engine.connect() as connection:
            return await connection.scalar(query) or ""


def _slices(rows: Sequence[dict[str, object]]) -> Iterable[Sequence[dict[str, object]]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))
