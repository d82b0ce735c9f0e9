"""The catalogue of outcome codes with which agents close calls, and the calls that none has been given for.

Methods raise SQLAlchemy's errors while the data base is away.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from acd.states import CallOutcome
from recording.inputs import cells
from recording.inputs.sheet import Column, Sheet
from recording.models import Call, OutcomeCode
from recording.record import Direction
from recording.store import Store
from recording.transactions import upsert

CODE = r"[a-z0-9][a-z0-9_-]{0,31}"
KEYS = r"[0-9]{0,4}"

Title = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f;=]+$")]
Language = Annotated[str, Field(pattern=rf"^{cells.NAME}$")]


class Outcome(BaseModel):
    """A code with which calls are closed."""

    model_config = ConfigDict(frozen=True)

    code: str = Field(pattern=rf"^{CODE}$", description="Small letters, figures, - and _; 32 at most.")
    titles: dict[Language, Title] = Field(min_length=1, description="Its name, by language.")
    resolved: bool = Field(description="Whether the caller's matter is settled by it (key figure 17).")
    queues: tuple[str, ...] = Field((), description="Whose calls may be closed with it; none named: of every queue.")
    keys: str = Field("", pattern=rf"^{KEYS}$", description="Digits for it behind the star code, empty for none.")
    active: bool = Field(True, description="Whether it may still be given.")

    def suits(self, queue: str) -> bool:
        """Whether a call of this queue, empty for none, may be closed with it."""
        return self.active and (not self.queues or queue in self.queues)

    def title(self, language: str) -> str:
        """Its name in this language, or in the first that it has one in."""
        return self.titles.get(language) or next(iter(self.titles.values()))


class KeysTaken(Exception):
    """Two codes that may both be given have the same keys."""

    id = "outcome-keys-taken"

    def __init__(self, code: str, other: str) -> None:
        super().__init__(f"the keys of {code} are those of {other}; expected keys of its own, or none")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotClosed:
    """A call without an outcome code."""

    id: str
    queue: str
    agent: str
    started_at: datetime
    ended_at: datetime


class Outcomes:
    """The catalogue in this store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def all(self) -> list[Outcome]:
        """Every code there ever was, in order."""
        table = OutcomeCode.__table__
        async with self._store.engine.connect() as connection:
            rows = (await connection.execute(select(table).order_by(table.c.code))).mappings()
            return [Outcome(**row) for row in rows]

    async def find(self, code: str) -> Outcome | None:
        """The code of that name."""
        table = OutcomeCode.__table__
        async with self._store.engine.connect() as connection:
            found = (await connection.execute(select(table).where(table.c.code == code))).mappings().first()
        return Outcome(**found) if found else None

    async def save(self, outcomes: Iterable[Outcome]) -> None:
        """Add codes, or change those that are known; all or none. Raises KeysTaken."""
        new = {one.code: one for one in outcomes}
        known = {one.code: one for one in await self.all()}
        require_own_keys({**known, **new}.values())
        rows = [{**one.model_dump(), "queues": list(one.queues)} for one in new.values()]
        async with self._store.transaction() as connection:
            await upsert(connection, OutcomeCode, "code", rows)

    async def not_closed(
        self, queues: Collection[str], since: datetime, until: datetime, *, agent: str = "", most: int = 100
    ) -> list[NotClosed]:
        """The newest calls of these queues that began in this time, reached an agent, and have no code."""
        columns = (Call.id, Call.queue, Call.agent, Call.started_at, Call.ended_at)
        query = (
            select(*columns)
            .where(Call.queue.in_(queues), Call.started_at >= since, Call.started_at < until)
            .where(Call.outcome_code.is_(None), Call.agent.is_not(None))
            .where(Call.outcome == CallOutcome.ANSWERED.value, Call.direction != Direction.INTERNAL.value)
            .order_by(Call.started_at.desc(), Call.id.desc())
            .limit(most)
        )
        if agent:
            query = query.where(Call.agent == agent)
        async with self._store.engine.connect() as connection:
            return [NotClosed(**row) for row in (await connection.execute(query)).mappings()]


def require_own_keys(outcomes: Iterable[Outcome]) -> None:
    """Raises KeysTaken where two active codes have the same keys."""
    owners: dict[str, str] = {}
    for one in outcomes:
        if one.active and one.keys and (owner := owners.setdefault(one.keys, one.code)) != one.code:
            raise KeysTaken(one.code, owner)


def by_keys(outcomes: Sequence[Outcome], keys: str, queue: str) -> Outcome | None:
    """The code of these keys that a call of this queue may be closed with."""
    return next((one for one in outcomes if keys and one.keys == keys and one.suits(queue)), None)


SHEET: Sheet[Outcome] = Sheet(
    name="outcome codes",
    columns=(
        Column(name="code", expected="1 to 32 small letters, figures, - and _", read=cells.fitting(CODE)),
        Column(
            name="titles",
            expected="names by language, such as en=Order taken; cmn=已下单",
            read=cells.by_language,
            write=cells.titled,
        ),
        Column(name="resolved", expected="yes or no", read=cells.yes_or_no, write=cells.said),
        Column(
            name="queues",
            expected="names of queues with ; between, or nothing for all",
            read=cells.names,
            write=cells.joined,
            otherwise="",
        ),
        Column(name="keys", expected="1 to 4 figures, or nothing", read=cells.fitting(KEYS), otherwise=""),
        Column(name="active", expected="yes or no", read=cells.yes_or_no, write=cells.said, otherwise=cells.YES),
    ),
    make=Outcome,
    take=lambda one: one.model_dump(),
    key=lambda one: one.code,
)
