"""What came of the quality work, over HTTP: the daily bulletin, scores, and the evaluations behind them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from aiohttp import web
from pydantic import Field

from cti.http.calls import Instant, in_zone
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import Unfit
from cti.http.quality import judging, require_insight
from cti.http.reports import send
from cti.http.views import View
from recording.figures.period import Period, PeriodError, Unit
from recording.figures.scope import CENTRE, Scope, ScopeError
from recording.quality.bulletin import Bulletin
from recording.quality.bulletin_paper import REPORT
from recording.quality.score_table import ScoreTable, agents_of, score_table
from recording.quality.scores import By, CountedScore, counted_scores
from recording.reports.document import Language
from recording.reports.order import Form, Order


class BulletinQuery(Given):
    """Which day, in the centre's zone, of whom, and as what."""

    day: date | None = Field(None, description="Such as 2026-11-22; today, where it is missing.")
    queue: str | None = Field(None, description="A queue's name; of the centre, where nobody is named.")
    team: str | None = Field(None, description="A team's name.")
    format: Literal[Form.JSON, Form.HTML, Form.TEXT] = Form.JSON
    language: Language = Field(Language.ENGLISH, description="Of the page or the text.")


class ScopeQuery(Given):
    """Of whom: at most one of them; of the centre, where nobody is named."""

    queue: str | None = Field(None, description="A queue's name.")
    team: str | None = Field(None, description="The team an agent was in when his call was drawn.")
    agent: str | None = Field(None, description="An agent's number.")


def scope_of(query: BulletinQuery | ScopeQuery) -> Scope:
    """Of whom. Raises Unfit."""
    said = query.model_dump(include={"queue", "team", "agent"}, exclude_none=True)
    if len(said) > 1:
        raise Unfit(f"expected one of {', '.join(said)} at most", list(said)[1])
    for kind, name in said.items():
        try:
            return Scope.parse(f"{kind}:{name}")
        except ScopeError as error:
            raise Unfit(str(error), kind) from None
    return CENTRE


class ScoresQuery(ScopeQuery):
    """Of whom, of when, and how many times before it."""

    by: By = Field(By.AGENT, description="What each row speaks of.")
    at: str | None = Field(
        None,
        description="A day, week, month or quarter by name (2026-11-21, 2026-W47, 2026-11, 2026-Q4), or two days with "
        ".. between; this month, where it is missing.",
    )
    trend: int = Field(3, ge=0, le=24, description="So many times before it, for the trend.")


class CountedQuery(Given):
    """Whose figure 12 of when: what a number's `evaluations` or `behind` says."""

    scope: str = Field("centre", description="centre, queue:<name>, team:<name> or agent:<number>")
    since: Instant
    until: Instant
    limit: int = Field(500, ge=1, le=5000)


class CountedView(View):
    """One score that counts. `evaluation` is its id at /api/quality/evaluations, null for one that was made elsewhere;
    `first_score` the one before an appeal changed it, null where none did."""

    evaluation: str | None
    call: str | None
    agent: str
    queue: str
    team: str
    reviewer: str
    at: datetime
    score: Decimal
    first_score: Decimal | None


class CountedScores(View):
    """The scores behind a figure 12, the earliest first; `more` says whether there are more than were asked for."""

    scores: list[CountedView]
    more: bool


async def show_bulletin(asked: Asked[BulletinQuery, Nothing]) -> web.StreamResponse:
    """What was evaluated on a day, its best and weakest items, fatal errors, agents below the pass mark, what is
    overdue, appeals, reviewers, calibrations, and the month so far; as JSON, as a page or as text."""
    require_insight(asked.holder)
    query = asked.query
    day, scope = query.day or datetime.now(asked.floor.centre.time_zone).date(), scope_of(query)
    if query.format is not Form.JSON:
        order = Order(report=REPORT, scope=str(scope), at=day.isoformat(), language=query.language, form=query.format)
        return await send(asked.request, asked.floor.reports, {"report": order.model_dump(mode="json")}, asked.holder)
    wanted = {"day": day.isoformat(), "scope": str(scope), "masked": asked.mask is not None}
    return await send(asked.request, asked.floor.figures, {"bulletin": wanted}, asked.holder)


async def show_scores(asked: Asked[ScoresQuery, Nothing]) -> ScoreTable:
    """Scores of agents, teams, queues, reviewers or sheets: their sample, their trend, and what appeals changed."""
    require_insight(asked.holder)
    query, centre, store = asked.query, asked.floor.centre, asked.floor.store
    scope = scope_of(query)
    try:
        zone = centre.time_zone
        period = Period.parse(query.at, zone) if query.at else Period.at(Unit.MONTH, datetime.now(zone), zone)
    except PeriodError as error:
        raise Unfit(str(error), "at") from None
    quota = centre.sampling.monthly_quota if centre.sampling else None
    with judging():
        agents = await agents_of(store, scope)
        return await score_table(store, query.by, period, scope=scope, trend=query.trend, quota=quota, agents=agents)


async def list_counted(asked: Asked[CountedQuery, Nothing]) -> CountedScores:
    """The scores behind a figure 12: as many as its sample says."""
    require_insight(asked.holder)
    query, zone = asked.query, asked.floor.centre.time_zone
    try:
        scope = Scope.parse(query.scope)
    except ScopeError as error:
        raise Unfit(str(error), "scope") from None
    since, until = in_zone(query.since, zone), in_zone(query.until, zone)
    with judging():
        found = await counted_scores(asked.floor.store, scope, since, until, query.limit + 1)
    return CountedScores(scores=[_counted(one) for one in found[: query.limit]], more=len(found) > query.limit)


def _counted(one: CountedScore) -> CountedView:
    first = one.first_score_hundredths
    return CountedView(
        evaluation=one.evaluation or None,
        call=one.call or None,
        agent=one.agent,
        queue=one.queue,
        team=one.team,
        reviewer=one.reviewer,
        at=one.at,
        score=one.score,
        first_score=None if first is None else Decimal(first).scaleb(-2),
    )


ENDPOINTS = (
    Endpoint(
        *("GET", "/api/quality/bulletin", show_bulletin, BulletinQuery, Nothing, Bulletin), errors=(404, 500, 503)
    ),
    Endpoint("GET", "/api/quality/scores", show_scores, ScoresQuery, Nothing, ScoreTable),
    Endpoint("GET", "/api/quality/counted", list_counted, CountedQuery, Nothing, CountedScores),
)
