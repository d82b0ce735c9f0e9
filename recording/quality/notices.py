"""What is to be told of quality, kept in the transaction that did it until the service has told it: so each is told,
also what a command did while no service ran, or a service that died before it could.

Who is told is decided in cti/quality_news.py. Methods raise SQLAlchemy's errors while the data base is away.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from acd.facts import (
    AppealDecided,
    EvaluationAppealed,
    EvaluationReleased,
    QualityFact,
    ReviewWorkGiven,
    from_json,
    to_json,
)
from recording.models import QualityNotice
from recording.quality.evaluations import Evaluation, Step, StepKind
from recording.store import Store

TABLE = QualityNotice.__table__

LAPSES = timedelta(minutes=10)
"""A service that has taken a notice and not told it for so long, by the clock of whoever looks, is taken to be gone. It
is far more than clocks differ and a data base is away for a moment."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A fact that was not told yet, or not known to be; its `notice` is the id. `kept_at` is when it came to be."""

    kept_at: datetime
    fact: QualityFact

    def told_at(self, at_ms: int) -> QualityFact:
        """The fact as it is told then, milliseconds since the epoch."""
        return replace(self.fact, at_ms=at_ms)


class Notices:
    """Those in this store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def take(self, size: int, teller: str, now: datetime) -> list[Notice]:
        """So many at most, the oldest first, of those that no other service is telling: from `now` on this one does.
        What another has taken is left to it for LAPSES, and anybody's after that."""
        open_to_us = or_(TABLE.c.teller.is_(None), TABLE.c.teller == teller, TABLE.c.taken_at < now - LAPSES)
        oldest = select(TABLE.c.id).where(open_to_us).order_by(TABLE.c.at, TABLE.c.id).limit(size)
        async with self._store.transaction() as connection:
            names = [*await connection.scalars(oldest)]
            if not names:
                return []
            # Another may have taken some meanwhile: the condition is looked at again as each row is written.
            some = update(QualityNotice).where(TABLE.c.id.in_(names), open_to_us)
            await connection.execute(some.values(teller=teller, taken_at=now))
        query = select(TABLE.c.at, TABLE.c.fact).where(TABLE.c.id.in_(names), TABLE.c.teller == teller)
        async with self._store.engine.connect() as connection:
            rows = (await connection.execute(query.order_by(TABLE.c.at, TABLE.c.id))).all()
        return [Notice(row.at, fact) for row in rows if isinstance(fact := from_json(row.fact), QualityFact)]

    async def next_lapse(self) -> datetime | None:
        """When the first of those that are taken becomes anybody's; None if none is."""
        async with self._store.engine.connect() as connection:
            first: datetime | None = await connection.scalar(select(func.min(TABLE.c.taken_at)))
        return first and first + LAPSES

    async def remove(self, names: Sequence[str]) -> None:
        """They have been told."""
        async with self._store.transaction() as connection:
            await connection.execute(delete(QualityNotice).where(TABLE.c.id.in_(names)))


async def keep_step(connection: AsyncConnection, step: Step, after: Evaluation) -> None:
    """Keep what there is to tell of a step; most concern nobody but who took it. A hand-over gives work: that is kept
    for all that go together (`keep_work`)."""
    agent, name = after.agent, after.id
    match step.kind:
        case StepKind.RELEASE:
            await _keep(connection, [EvaluationReleased(at_ms=0, agent=agent, evaluation=name)], step.at)
        case StepKind.APPEAL:
            await _keep(connection, [EvaluationAppealed(at_ms=0, agent=agent, evaluation=name)], step.at)
        case StepKind.DECIDE:
            await _keep(connection, [AppealDecided(at_ms=0, agent=agent, evaluation=name)], step.at)
        case _:
            return


async def keep_work(connection: AsyncConnection, given: Iterable[Evaluation], at: datetime) -> None:
    """Keep that these came on work lists; of what somebody put on his own he knows."""
    names = (one.reviewer.name if one.reviewer else "" for one in given if not one.is_own_choice)
    await _keep(connection, _work(names), at)


def _work(names: Iterable[str]) -> Iterator[QualityFact]:
    """How many came on whose list, the empty name for everybody's."""
    for name, count in sorted(Counter(names).items()):
        yield ReviewWorkGiven(at_ms=0, reviewer=name, evaluations=count)


async def _keep(connection: AsyncConnection, facts: Iterable[QualityFact], at: datetime) -> None:
    named = [(name, replace(fact, notice=name)) for fact in facts for name in [uuid4().hex]]
    if rows := [{"id": name, "at": at, "fact": to_json(fact)} for name, fact in named]:
        await connection.execute(insert(QualityNotice), rows)
