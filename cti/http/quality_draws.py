"""Draws over HTTP: what the sampling rules made of the calls, why a call was drawn or not, and one draw more."""

from datetime import datetime

from aiohttp import web
from pydantic import Field

from cti.access import Role
from cti.http.calls import CallId
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import ApiError
from cti.http.quality import judging, require_insight
from cti.http.reports import send
from cti.http.views import View
from cti.quality_draws import DrawFailed
from cti.quality_names import known_in, unknown_in
from recording.quality.draws import DrawDone, Draws
from recording.quality.sampling import Lot, SamplingRules


class DrawNotMade(ApiError):
    """The process that draws did not end as it should."""

    id = DrawFailed.id
    status = 503


class NoRules(ApiError):
    """The centre's files have no sampling rules."""

    id = "no-sampling-rules"
    status = 409

    def __init__(self) -> None:
        super().__init__("the centre has no sampling rules; expected dialplans/quality/sampling.yaml to be published")


class DrawView(View):
    """A draw. `daily` is its day where it was the day's; `until`: calls that ended before were candidates; `set_aside`:
    so many evaluations not yet judged whose recording was gone left the work lists; `lots` say what each rule that
    wanted some of an agent's calls did with them, and of what it was short."""

    id: str
    daily: str | None
    at: datetime
    by: str
    seed: str
    until: datetime
    candidates: int
    picked: int
    set_aside: int
    lots: tuple[Lot, ...]


class DrawsQuery(Given):
    """How many."""

    limit: int = Field(10, ge=1, le=100)


class DrawsView(View):
    """The sampling rules as they are now, null for none, what they name that there is not (agents, teams, outcome
    codes, reviewers), and the last draws, newest first."""

    rules: SamplingRules | None
    unknown: list[str]
    draws: list[DrawView]


class ExplainQuery(Given):
    """Which call."""

    call: CallId


class ExplanationView(View):
    """`because`: what each rule made of the call, a sentence each, in the order of the rules."""

    because: list[str]


async def list_draws(asked: Asked[DrawsQuery, Nothing]) -> DrawsView:
    """The last draws of calls that are to be judged."""
    require_insight(asked.holder)
    with judging():
        found = await Draws(asked.floor.store).page(asked.query.limit)
        rules = asked.floor.centre.sampling
        unknown = unknown_in(rules, await known_in(asked.floor.store)) if rules else []
    return DrawsView(rules=rules, unknown=unknown, draws=[_view(one) for one in found])


async def make_draw(asked: Asked[Nothing, Nothing]) -> DrawView:
    """Draw by the sampling rules now, besides the daily draw, from all calls that are over; it takes seconds."""
    try:
        name = await asked.floor.draws.ask(asked.person)
    except DrawFailed as error:
        raise DrawNotMade(str(error)) from error
    if name is None:
        raise NoRules
    with judging():
        return _view(await Draws(asked.floor.store).find(name))


async def explain_draw(asked: Asked[ExplainQuery, Nothing]) -> web.StreamResponse:
    """Why a draw, by its id or its day, took a call or did not: it is made once more from its seed, beside routing."""
    require_insight(asked.holder)
    wanted = {"draw": asked.path["id"], "call": asked.query.call}
    return await send(asked.request, asked.floor.figures, {"explanation": wanted}, asked.holder)


def _view(done: DrawDone) -> DrawView:
    return DrawView(**{name: getattr(done, name) for name in DrawView.model_fields})


ENDPOINTS = (
    Endpoint("GET", "/api/quality/draws", list_draws, DrawsQuery, Nothing, DrawsView),
    Endpoint(
        *("POST", "/api/quality/draws", make_draw, Nothing, Nothing, DrawView),
        errors=(409,),
        role=Role.ADMINISTRATOR,
    ),
    Endpoint(
        *("GET", "/api/quality/draws/{id}/explanation", explain_draw, ExplainQuery, Nothing, ExplanationView),
        errors=(404, 500, 503),
    ),
)
