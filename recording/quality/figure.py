"""Figure 12, the monitoring score: the mean of the scores of a period.

What counts: evaluations for review (those of calibrations do not) that were released to the agent, whatever he did
then. When: in the period of the release, so that a period that is over gets no further evaluations. How much: the score
in force, so that a decision on an appeal changes the period of the release, and until then the first score counts.
Scores that were made elsewhere (recording/inputs/scores.py) count beside them, in the period of their judgement.

Functions raise SQLAlchemy's errors while the data base is away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    and_,
    bindparam,
    func,
    literal,
    select,
    true,
    union_all,
)

from recording.figures.scope import CENTRE, Scope, ScopeKind
from recording.models import EvaluationEntry, OutsideScore
from recording.models.base import UtcDateTime
from recording.quality.evaluations import REVIEW
from recording.store import Store

TABLE = EvaluationEntry.__table__
OUTSIDE = OutsideScore.__table__
COLUMN_OF = {ScopeKind.QUEUE: TABLE.c.queue, ScopeKind.TEAM: TABLE.c.team, ScopeKind.AGENT: TABLE.c.agent}

Moment = datetime | BindParameter[datetime]


@dataclass(frozen=True, slots=True)
class MeanScore:
    """The scores of a period: their sum in hundredths of a point, and their number."""

    sum_hundredths: int
    evaluations: int

    @property
    def mean(self) -> Decimal | None:
        """0 to 100 with two decimals; None where there are none."""
        if not self.evaluations:
            return None
        exact = Decimal(self.sum_hundredths) / self.evaluations
        return exact.quantize(Decimal(1), ROUND_HALF_UP).scaleb(-2)


NONE = MeanScore(0, 0)


async def mean_score(store: Store, scope: Scope, start: datetime, end: datetime) -> MeanScore:
    """That of a scope in [start, end). The team is the one the agent was in when his call was drawn."""
    return (await _means(store, (scope.kind,), start, end, scope.name)).get((scope.kind, scope.name), NONE)


async def mean_scores(
    store: Store, kinds: Iterable[ScopeKind], start: datetime, end: datetime
) -> Mapping[tuple[str, str], MeanScore]:
    """Those of every scope of these kinds that has any in [start, end), by kind and name, read at once."""
    wanted = tuple(kinds)
    return await _means(store, wanted, start, end) if wanted else {}


async def _means(
    store: Store, kinds: tuple[ScopeKind, ...], start: datetime, end: datetime, name: str = ""
) -> Mapping[tuple[str, str], MeanScore]:
    """Of the one of this name alone, where one is given."""
    given = {"since": start, "until": end} | ({"name": name} if name else {})
    found: dict[tuple[str, str], MeanScore] = {}
    async with store.reading() as connection:
        for kind, whose, total, number in await connection.execute(_scores(kinds, named=bool(name)), given):
            before = found.get((kind, whose), NONE)
            found[kind, whose] = MeanScore(before.sum_hundredths + int(total or 0), before.evaluations + number)
    return found


@cache  # to make such a statement takes longer than to run it
def _scores(kinds: tuple[ScopeKind, ...], *, named: bool) -> CompoundSelect[str, str, int, int]:
    """Kind, name, sum and number of the scores of each scope, or of those of this `name`, from `since` to `until`."""
    since, until = bindparam("since", type_=UtcDateTime), bindparam("until", type_=UtcDateTime)
    there = (TABLE, counting(since, until)), (OUTSIDE, counting_elsewhere(CENTRE, since, until))
    return union_all(*(_of_each(kind, table, where, named=named) for kind in kinds for table, where in there))


def _of_each(
    kind: ScopeKind, table: FromClause, where: ColumnElement[bool], *, named: bool
) -> Select[str, str, int, int]:
    name = literal("") if kind is ScopeKind.CENTRE else table.c[kind.value]
    query = select(literal(kind.value), name, func.sum(table.c.score_hundredths), func.count()).where(where)
    if named:
        query = query.where(name == bindparam("name"))
    return query if kind is ScopeKind.CENTRE else query.group_by(name)


def of_scope(scope: Scope) -> ColumnElement[bool]:
    """What is of this scope."""
    return true() if scope.kind is ScopeKind.CENTRE else COLUMN_OF[scope.kind] == scope.name


def counting(start: Moment, end: Moment) -> ColumnElement[bool]:
    """What counts in [start, end)."""
    return and_(TABLE.c.purpose == REVIEW, TABLE.c.released_at >= start, TABLE.c.released_at < end)


def counting_elsewhere(scope: Scope, start: Moment, end: Moment) -> ColumnElement[bool]:
    """What counts in [start, end) of this scope among the scores that were made elsewhere."""
    of = true() if scope.kind is ScopeKind.CENTRE else OUTSIDE.c[scope.kind.value] == scope.name
    return and_(OUTSIDE.c.at >= start, OUTSIDE.c.at < end, of)
