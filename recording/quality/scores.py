"""Figure 12 looked into: the scores of each agent, team, queue or reviewer with what became of them, and the single
evaluations behind a number. What counts is decided by recording/quality/figure.py.

Functions raise SQLAlchemy's errors while the data base is away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, select, union_all

from recording.figures.scope import CENTRE, Scope
from recording.models import EvaluationEntry, OutsideScore
from recording.quality.evaluations import REVIEW, Phase
from recording.quality.figure import MeanScore, counting, counting_elsewhere, of_scope
from recording.store import Store

TABLE = EvaluationEntry.__table__
OUTSIDE = OutsideScore.__table__


NOTHING = MeanScore(0, 0)


class By(StrEnum):
    """Of whom each row speaks."""

    CENTRE = "centre"
    TEAM = "team"
    QUEUE = "queue"
    AGENT = "agent"
    REVIEWER = "reviewer"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectScores:
    """The scores of a subject in a time. `drawn`: evaluations that came on work lists in it and were not set aside,
    `released` those that count in it, `elsewhere` scores that were made elsewhere; `scores` are both together, figure
    12, and `before_appeals` what they were before decisions changed them. `failed` were not good enough, `fatal` had a
    fatal error, of `appealed` a decision `changed` so many."""

    name: str
    drawn: int = 0
    released: int = 0
    elsewhere: int = 0
    scores: MeanScore = NOTHING
    before_appeals: MeanScore = NOTHING
    failed: int = 0
    fatal: int = 0
    appealed: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedScore:
    """One score that counts: an evaluation's, or one that was made elsewhere, whose `evaluation` is empty. `at` is when
    it was released, or judged elsewhere."""

    evaluation: str
    call: str
    agent: str
    queue: str
    team: str
    reviewer: str
    at: datetime
    score_hundredths: int
    first_score_hundredths: int | None

    @property
    def score(self) -> Decimal:
        """0 to 100 with two decimals."""
        return Decimal(self.score_hundredths).scaleb(-2)


async def scores_by(
    store: Store, by: By, start: datetime, end: datetime, scope: Scope = CENTRE
) -> Mapping[str, SubjectScores]:
    """Those of [start, end), by name, of what belongs to this scope; nobody of whom there is nothing."""
    name = literal("") if by is By.CENTRE else TABLE.c[by.value]
    counts, drawn = counting(start, end), and_(TABLE.c.purpose == REVIEW, TABLE.c.drawn_at >= start)
    drawn = and_(drawn, TABLE.c.drawn_at < end, TABLE.c.phase != Phase.SET_ASIDE.value)

    def number(*what: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((and_(*what), 1), else_=0))

    first = func.coalesce(TABLE.c.first_score_hundredths, TABLE.c.score_hundredths)
    query = (
        select(
            name.label("name"),
            number(drawn).label("drawn"),
            number(counts).label("released"),
            func.sum(case((counts, TABLE.c.score_hundredths), else_=0)).label("sum"),
            func.sum(case((counts, first), else_=0)).label("first_sum"),
            number(counts, TABLE.c.passed == false()).label("failed"),
            number(counts, TABLE.c.fatal != false()).label("fatal"),
            number(counts, TABLE.c.appealed_at.is_not(None)).label("appealed"),
            number(counts, TABLE.c.first_score_hundredths.is_not(None)).label("changed"),
        )
        .where(drawn | counts, of_scope(scope))
        .group_by(*([] if by is By.CENTRE else [name]))
    )
    async with store.engine.connect() as connection:
        rows = [dict(row) for row in (await connection.execute(query)).mappings()]
        others = (await connection.execute(_elsewhere(by, start, end, scope))).all() if by is not By.SHEET else []
    more = {name: (int(total or 0), int(count)) for name, total, count in others if count}
    found = {row["name"]: row for row in rows if row["drawn"] is not None}
    return {name: _subject(name, found.get(name, {}), *more.get(name, (0, 0))) for name in sorted({*found, *more})}


async def counted_scores(store: Store, scope: Scope, start: datetime, end: datetime, size: int) -> list[CountedScore]:
    """The scores behind a number, the earliest first, so many at most."""
    columns = ("call", "agent", "queue", "team", "reviewer")
    ours = select(
        TABLE.c.id.label("evaluation"),
        *(TABLE.c[name] for name in columns),
        TABLE.c.released_at.label("at"),
        TABLE.c.score_hundredths,
        TABLE.c.first_score_hundredths,
    ).where(counting(start, end), of_scope(scope))
    theirs = select(
        literal("").label("evaluation"),
        *(OUTSIDE.c[name] for name in columns),
        OUTSIDE.c.at,
        OUTSIDE.c.score_hundredths,
        literal(None, TABLE.c.first_score_hundredths.type).label("first_score_hundredths"),
    ).where(counting_elsewhere(scope, start, end))
    both = union_all(ours, theirs).subquery()
    query = select(both).order_by(both.c.at, both.c.evaluation, both.c.agent).limit(size)
    async with store.engine.connect() as connection:
        return [CountedScore(**row) for row in (await connection.execute(query)).mappings()]


def _elsewhere(by: By, start: datetime, end: datetime, scope: Scope) -> Select[Any]:
    name = literal("") if by is By.CENTRE else OUTSIDE.c[by.value]
    query = select(name, func.sum(OUTSIDE.c.score_hundredths), func.count())
    return query.where(counting_elsewhere(scope, start, end)).group_by(*([] if by is By.CENTRE else [name]))


def _subject(name: str, row: Mapping[str, Any], more_sum: int, more: int) -> SubjectScores:
    def of(key: str) -> int:
        return int(row.get(key) or 0)

    plain = {key: of(key) for key in ("drawn", "released", "failed", "fatal", "appealed", "changed")}
    return SubjectScores(
        name=name,
        elsewhere=more,
        scores=MeanScore(of("sum") + more_sum, of("released") + more),
        before_appeals=MeanScore(of("first_sum") + more_sum, of("released") + more),
        **plain,
    )
