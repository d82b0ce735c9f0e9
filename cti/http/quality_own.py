"""An agent's own evaluations over HTTP, with his own token: what was released to him, the recordings it is about, and
what he says of it.
"""

from aiohttp import web
from pydantic import Field

from cti.access import Role
from cti.http.calls import CallId
from cti.http.endpoints import Asked, Body, Endpoint, Given, Nothing, Query
from cti.http.quality import EvaluationsView, EvaluationView, QualityRefused, judging, page
from cti.http.quality_steps import Seen, SeenWhy, stepped
from cti.http.recordings import REFUSALS, AsWav, PeaksQuery, PeaksView, give, give_part, give_peaks, numbered
from recording.quality.errors import NotYours, UnknownEvaluation
from recording.quality.evaluations import REVIEW, Evaluation, StepKind
from recording.quality.life import COUNTING
from recording.quality.own_part import Hidden, hidden_from
from recording.quality.sheets import Hears
from recording.quality.store import EvaluationFilter, Evaluations


class OwnQuery(Given):
    """Which page."""

    limit: int = Field(50, ge=1, le=500)
    after: CallId | None = Field(None, description="The id of the last one of the page before: `next` of its answer.")


async def list_own(asked: Asked[OwnQuery, Nothing]) -> EvaluationsView:
    """Your evaluations that were released to you, the last drawn first, page by page."""
    query = asked.query
    which = EvaluationFilter(phases=COUNTING, agent=_agent(asked), size=query.limit + 1, after=query.after)
    return await page(asked, which)


async def show_own(asked: Asked[Nothing, Nothing]) -> EvaluationView:
    """One of your evaluations, with its score sheet."""
    found = await _own(asked)
    with judging():
        return EvaluationView(evaluation=found, sheet=await Evaluations(asked.floor.store).sheet(found.sheet_digest))


async def acknowledge(asked: Asked[Nothing, Seen]) -> Evaluation:
    """Take note of it."""
    await _own(asked)
    return await stepped(asked, StepKind.ACKNOWLEDGE)


async def appeal(asked: Asked[Nothing, SeenWhy]) -> Evaluation:
    """Say why you do not agree; somebody who did not judge the call decides."""
    await _own(asked)
    return await stepped(asked, StepKind.APPEAL)


async def hear_own(asked: Asked[AsWav, Nothing]) -> web.StreamResponse:
    """A recording of the call of one of your evaluations, counted from 1, as /api/calls/{id}/recordings/{n} gives it;
    the evaluation's time marks are places in it. Where a colleague spoke with the caller without you it is silent and
    comes as WAV, whole, unless the score sheet lets you hear the whole call. It is written down that you heard it."""
    found = await _own(asked)
    number = numbered(asked)
    if hidden := await _hidden(asked, found, number):
        return await give_part(asked, found.call, number, hidden)
    return await give(asked, found.call, number, asked.query.format)


async def show_own_peaks(asked: Asked[PeaksQuery, Nothing]) -> PeaksView:
    """The peaks of that recording, for a player's waveform; none where it is silent for you."""
    found = await _own(asked)
    number = numbered(asked)
    return await give_peaks(asked, found.call, number, asked.query.points, await _hidden(asked, found, number))


async def _hidden(asked: Asked[Query, Body], found: Evaluation, number: int) -> Hidden:
    """What of that recording he must not hear."""
    store = asked.floor.store
    with judging():
        sheet = await Evaluations(store).sheet(found.sheet_digest)
        record = await store.call(found.call) if sheet.agent_hears is Hears.OWN_PART else None
    if record is None or not 0 < number <= len(record.recordings):
        return ()
    return hidden_from(found.agent, record, record.recordings[number - 1])


def _agent(asked: Asked[Query, Body]) -> str:
    if not asked.holder.agent:
        raise QualityRefused(NotYours.id, "this token is no agent's own; expected one made with --agent")
    return asked.holder.agent


async def _own(asked: Asked[Query, Body]) -> Evaluation:
    """As if there were no others, and none before the release."""
    agent = _agent(asked)
    with judging():
        found = await Evaluations(asked.floor.store).find(asked.path["id"])
        if found.agent != agent or found.phase not in COUNTING or found.purpose != REVIEW:
            raise UnknownEvaluation
    return found


ENDPOINTS = (
    Endpoint("GET", "/api/quality/own", list_own, OwnQuery, Nothing, EvaluationsView, role=Role.AGENT),
    Endpoint(
        *("GET", "/api/quality/own/{id}", show_own, Nothing, Nothing, EvaluationView), errors=(404,), role=Role.AGENT
    ),
    Endpoint(
        *("GET", "/api/quality/own/{id}/recordings/{n}", hear_own, AsWav, Nothing),
        media="audio/*",
        statuses=(200, 206),
        errors=REFUSALS,
        role=Role.AGENT,
    ),
    Endpoint(
        *("GET", "/api/quality/own/{id}/recordings/{n}/peaks", show_own_peaks, PeaksQuery, Nothing, PeaksView),
        errors=(404, 410, 503),
        role=Role.AGENT,
    ),
    Endpoint(
        *("POST", "/api/quality/own/{id}/acknowledge", acknowledge, Nothing, Seen, Evaluation),
        errors=(404, 409),
        role=Role.AGENT,
    ),
    Endpoint(
        *("POST", "/api/quality/own/{id}/appeal", appeal, Nothing, SeenWhy, Evaluation),
        errors=(404, 409),
        role=Role.AGENT,
    ),
)
