"""What came of the quality work, over HTTP: the daily bulletin, and each agent's evaluations of a month."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

from aiohttp import web
from pydantic import Field

from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import Unfit
from cti.http.quality import judging, require_insight
from cti.http.reports import send
from cti.http.views import View
from recording.figures.scope import Scope, ScopeError
from recording.quality.bulletin import Bulletin
from recording.quality.bulletin_paper import REPORT
from recording.quality.bulletin_reading import bulletin_of
from recording.quality.figure import by_agent
from recording.reports.document import Language
from recording.reports.order import Form, Order


class DayQuery(Given):
    """Which day, in the centre's zone."""

    day: date | None = Field(None, description="Such as 2026-11-22; today, where it is missing.")


class BulletinQuery(DayQuery):
    """Which day, of whom, and as what."""

    queue: str | None = Field(None, description="A queue's name; of the centre, where nobody is named.")
    team: str | None = Field(None, description="A team's name.")
    format: Literal[Form.JSON, Form.HTML, Form.TEXT] = Form.JSON
    language: Language = Field(Language.ENGLISH, description="Of the page or the text.")

    @property
    def scope(self) -> Scope:
        """Of whom. Raises Unfit."""
        if self.queue is not None and self.team is not None:
            raise Unfit("expected one of queue and team at most", "team")
        try:
            return Scope.parse(f"team:{self.team}" if self.team else f"queue:{self.queue}" if self.queue else "centre")
        except ScopeError as error:
            raise Unfit(str(error), "queue") from None


class MonthQuery(Given):
    """Which month, in the centre's zone."""

    month: str | None = Field(
        None, pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="Such as 2026-11; this one, where it is missing."
    )


class AgentScores(View):
    """An agent's evaluations of a month: drawn and not set aside, released, and the mean score of the latter, figure
    12, null where there are none."""

    agent: str
    drawn: int
    released: int
    mean: Decimal | None


class ScoresView(View):
    """Every agent of whom something was drawn or released in the month, by number; `quota` is how many evaluations the
    sampling rules want of each agent and month, null where they do not say."""

    month: str
    quota: int | None
    agents: list[AgentScores]


async def show_bulletin(asked: Asked[BulletinQuery, Nothing]) -> Bulletin | web.StreamResponse:
    """What was evaluated on a day, its best and weakest items, fatal errors, agents below the pass mark, what is
    overdue, appeals, reviewers, calibrations, and the month so far; as JSON, as a page or as text."""
    require_insight(asked.holder)
    query, centre = asked.query, asked.floor.centre
    zone = centre.time_zone
    day = query.day or datetime.now(zone).date()
    if query.format is not Form.JSON:
        order = Order(
            report=REPORT, scope=str(query.scope), at=day.isoformat(), language=query.language, form=query.format
        )
        return await send(asked.request, asked.floor.reports, {"report": order.model_dump(mode="json")})
    quota = centre.sampling.monthly_quota if centre.sampling else None
    with judging():
        return await bulletin_of(asked.floor.store, day, zone, query.scope, quota)


async def show_scores(asked: Asked[MonthQuery, Nothing]) -> ScoresView:
    """Each agent's evaluations of a month, beside the quota."""
    require_insight(asked.holder)
    centre = asked.floor.centre
    month = asked.query.month or f"{datetime.now(centre.time_zone):%Y-%m}"
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=31)).replace(day=1)
    start, end = (datetime.combine(day, time(), centre.time_zone).astimezone(UTC) for day in (first, following))
    with judging():
        found = await by_agent(asked.floor.store, start, end)
    return ScoresView(
        month=month,
        quota=centre.sampling.monthly_quota if centre.sampling else None,
        agents=[
            AgentScores(agent=one.agent, drawn=one.drawn, released=one.released.evaluations, mean=one.released.mean)
            for one in found
        ],
    )


ENDPOINTS = (
    Endpoint(
        *("GET", "/api/quality/bulletin", show_bulletin, BulletinQuery, Nothing, Bulletin), errors=(404, 500, 503)
    ),
    Endpoint("GET", "/api/quality/scores", show_scores, MonthQuery, Nothing, ScoresView),
)
