"""What came of the quality work, over HTTP: the daily bulletin, and each agent's evaluations of a month."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from pydantic import Field

from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.quality import judging, require_insight
from cti.http.views import View
from recording.quality.bulletin import Bulletin, bulletin_of
from recording.quality.figure import by_agent


class DayQuery(Given):
    """Which day, in the centre's zone."""

    day: date | None = Field(None, description="Such as 2026-11-22; today, where it is missing.")


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


async def show_bulletin(asked: Asked[DayQuery, Nothing]) -> Bulletin:
    """What was evaluated on a day, its best and worst items, fatal errors, agents below the pass mark, open appeals."""
    require_insight(asked.holder)
    zone = asked.floor.centre.time_zone
    day = asked.query.day or datetime.now(zone).date()
    start, end = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, day + timedelta(days=1)))
    with judging():
        return await bulletin_of(asked.floor.store, day, start, end)


async def show_scores(asked: Asked[MonthQuery, Nothing]) -> ScoresView:
    """Each agent's evaluations of a month, beside the quota."""
    require_insight(asked.holder)
    centre = asked.floor.centre
    month = asked.query.month or f"{datetime.now(centre.time_zone):%Y-%m}"
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=31)).replace(day=1)
    start, end = (datetime.combine(day, time(), centre.time_zone).astimezone(UTC) for day in (first, following))
    quotas = [rule.per_agent_month for rule in centre.sampling.rules if rule.per_agent_month] if centre.sampling else []
    with judging():
        found = await by_agent(asked.floor.store, start, end)
    return ScoresView(
        month=month,
        quota=sum(quotas) or None,
        agents=[
            AgentScores(agent=one.agent, drawn=one.drawn, released=one.released.evaluations, mean=one.released.mean)
            for one in found
        ],
    )


ENDPOINTS = (
    Endpoint("GET", "/api/quality/bulletin", show_bulletin, DayQuery, Nothing, Bulletin),
    Endpoint("GET", "/api/quality/scores", show_scores, MonthQuery, Nothing, ScoresView),
)
