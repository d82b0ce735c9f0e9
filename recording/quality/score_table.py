"""The scores of many beside each other over time, as the API gives them and the terminal shows them: pydantic values,
read by one function.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from recording.figures.period import Period, Unit
from recording.figures.report import scores_behind
from recording.figures.scope import CENTRE, Scope, ScopeKind
from recording.inputs.staffing import TEAM
from recording.quality.scores import By, SubjectScores, scores_by
from recording.store import Store

SCOPED = {By.TEAM: ScopeKind.TEAM, By.QUEUE: ScopeKind.QUEUE, By.AGENT: ScopeKind.AGENT, By.CENTRE: ScopeKind.CENTRE}


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TimeScore(_Value):
    """The mean of an earlier time, and of how many scores."""

    period: str
    mean: Decimal | None
    scores: int


class ScoreRow(_Value):
    """A subject in the time. `mean` is its figure 12 of so many `scores`: `released` evaluations, and what was judged
    `elsewhere`; `mean_before_appeals` is the same with the scores that decisions changed as they were. `behind` is the
    query of GET /api/quality/counted that lists them, null where there is no such scope."""

    name: str
    drawn: int = Field(description="Evaluations that came on work lists in the time, and were not set aside.")
    released: int
    elsewhere: int
    scores: int
    mean: Decimal | None
    mean_before_appeals: Decimal | None
    failed: int = Field(description="Below the pass mark.")
    fatal: int = Field(description="With a fatal error.")
    appealed: int
    changed: int = Field(description="By the decision of an appeal.")
    behind: Mapping[str, str] | None
    trend: tuple[TimeScore, ...] = Field(description="The times before, the earliest first.")


class ScoreTable(_Value):
    """Scores of a time in the centre's zone, by name. `quota` is how many evaluations the sampling rules want of each
    agent and month, null where they do not say or this is about something else."""

    period: str
    since: datetime
    until: datetime
    by: By
    of: str
    quota: int | None
    rows: tuple[ScoreRow, ...]


async def score_table(
    store: Store,
    by: By,
    period: Period,
    *,
    scope: Scope = CENTRE,
    trend: int = 3,
    quota: int | None = None,
    agents: Collection[str] = (),
) -> ScoreTable:
    """Those of this period with the `trend` ones before it. `agents` stand in a table of agents even where there is
    nothing of them: they are who was forgotten. Raises SQLAlchemy's errors while the data base is away."""
    now = await scores_by(store, by, period.since, period.until, scope)
    times = [period]
    for _ in range(trend):
        times.insert(0, times[0].before())
    earlier = {one.name: await scores_by(store, by, one.since, one.until, scope) for one in times[:-1]}
    names = {*now, *(agents if by is By.AGENT else ())}
    nothing = SubjectScores(name="")
    return ScoreTable(
        period=period.name,
        since=period.start,
        until=period.end,
        by=by,
        of=str(scope),
        quota=quota if by is By.AGENT and period.unit is Unit.MONTH else None,
        rows=tuple(
            _row(
                now.get(name, SubjectScores(name=name)),
                _behind(by, name, scope, period),
                {time: scores.get(name, nothing) for time, scores in earlier.items()},
            )
            for name in sorted(names)
        ),
    )


async def agents_of(store: Store, scope: Scope) -> frozenset[str]:
    """The agents there are of a scope, by number; those of a queue nobody can say."""
    if scope.kind is ScopeKind.QUEUE:
        return frozenset()
    there = await store.agents()
    if scope.kind is ScopeKind.TEAM:
        there = [one for one in there if one.attributes.get(TEAM) == scope.name]
    return frozenset(one.number for one in there if scope.kind is not ScopeKind.AGENT or one.number == scope.name)


def _behind(by: By, name: str, scope: Scope, period: Period) -> Mapping[str, str] | None:
    """Only where the row is a scope of its own: a queue's agents, or somebody's without a team, are none."""
    if by is By.CENTRE:
        return scores_behind(scope, period)
    if by not in SCOPED or not name or scope not in (CENTRE, Scope(SCOPED[by], name)):
        return None
    return scores_behind(Scope(SCOPED[by], name), period)


def _row(one: SubjectScores, query: Mapping[str, str] | None, earlier: Mapping[str, SubjectScores]) -> ScoreRow:
    return ScoreRow(
        name=one.name,
        drawn=one.drawn,
        released=one.released,
        elsewhere=one.elsewhere,
        scores=one.scores.evaluations,
        mean=one.scores.mean,
        mean_before_appeals=one.before_appeals.mean,
        failed=one.failed,
        fatal=one.fatal,
        appealed=one.appealed,
        changed=one.changed,
        behind=query,
        trend=tuple(
            TimeScore(period=time, mean=was.scores.mean, scores=was.scores.evaluations) for time, was in earlier.items()
        ),
    )
