"""Quality over HTTP: score sheets, and evaluations as reviewers and team leaders see them; steps are taken in
quality_steps.py.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from pydantic import Field

from cti.access import Holder, Permission, Role
from cti.http.calls import CallId, Instant, in_zone
from cti.http.endpoints import Asked, Body, Endpoint, Given, Nothing, Query
from cti.http.errors import ApiError, PermissionMissing, reaching_records
from cti.http.views import View
from cti.quality_work import require_no_conflict, teams_of
from recording.quality.audible import unheard
from recording.quality.by_hand import draw_call, subject_of
from recording.quality.conflicts import conflict
from recording.quality.errors import QualityError, UnknownEvaluation, UnknownSheet
from recording.quality.evaluations import REVIEW, Evaluation, Person, Phase, Step
from recording.quality.sheets import ScoreSheet
from recording.quality.store import EvaluationFilter, Evaluations

STATUS = {
    "unknown-evaluation": 404,
    "unknown-call": 404,
    "unknown-sheet": 404,
    "unknown-draw": 404,
    "unknown-calibration": 404,
    "evaluation-not-yours": 403,
    "own-call": 403,
    "conflict-of-interest": 403,
    "judgement-unfit": 422,
    "reason-missing": 422,
    "call-not-judgeable": 422,
    "reviewer-unknown": 422,
    "too-few-reviewers": 422,
}
"""All others: 409."""


class QualityRefused(ApiError):
    """A step that is refused; `id` says why."""

    def __init__(self, error_id: str, message: str) -> None:
        super().__init__(message)
        self.id = error_id
        self.status = STATUS.get(error_id, 409)


@contextmanager
def judging() -> Iterator[None]:
    """Work on evaluations inside; what is refused, and that the data base is away, is told as such."""
    with reaching_records():
        try:
            yield
        except QualityError as error:
            raise QualityRefused(error.id, str(error)) from error


def who(asked: Asked[Query, Body]) -> Person:
    """Who asks: a command says who gave it."""
    return Person(name=asked.person, agent=asked.holder.agent)


def in_charge(holder: Holder) -> bool:
    """Whether he may do what is for administrators."""
    return holder.role.includes(Role.ADMINISTRATOR)


def require_insight(holder: Holder) -> None:
    """Reviewers see all evaluations for review, and so do team leaders. Raises PermissionMissing."""
    if not (holder.may(Permission.REVIEW) or holder.role.includes(Role.FLOOR)):
        raise PermissionMissing(holder, Permission.REVIEW)


def sheet_named(asked: Asked[Query, Body], name: str) -> ScoreSheet:
    """The score sheet of that name as it is now; with no name, the only one there is. Raises UnknownSheet."""
    sheets = asked.floor.centre.sheets
    if not name and len(sheets) == 1:
        return next(iter(sheets.values()))
    if name not in sheets:
        raise UnknownSheet(f"there is no score sheet {name!r}; expected one of: {', '.join(sheets) or 'none yet'}")
    return sheets[name]


class SheetsView(View):
    """The score sheets as they are now, by name."""

    sheets: dict[str, ScoreSheet]


class EvaluationsQuery(Given):
    """Which evaluations for review, by the time they were drawn."""

    since: Instant | None = Field(None, description="Drawn at this time or later.")
    until: Instant | None = Field(None, description="Drawn before this time.")
    phase: Phase | None = None
    agent: str | None = None
    reviewer: str | None = Field(None, description="On whose work list; empty: on everybody's.")
    queue: str | None = None
    team: str | None = None
    call: CallId | None = None
    overdue: bool = Field(False, description="Only those whose next step was due before now.")
    limit: int = Field(50, ge=1, le=500)
    after: CallId | None = Field(None, description="The id of the last one of the page before: `next` of its answer.")


class EvaluationsView(View):
    """A page of evaluations, the last drawn first; `next` is the `after` of the next page, null if there is none."""

    evaluations: list[Evaluation]
    next: str | None


class WorkView(View):
    """A work list. `unheard` are the ids of those in it whose recording is gone: they cannot be judged, and the next
    draw sets them aside."""

    evaluations: list[Evaluation]
    unheard: list[str]


class EvaluationView(View):
    """An evaluation, and the score sheet as it was when it was drawn."""

    evaluation: Evaluation
    sheet: ScoreSheet


class StepsView(View):
    """Every step of an evaluation, the first first."""

    steps: list[Step]


class CallGiven(Given):
    """A call to be judged besides those that are drawn."""

    call: CallId
    agent: str | None = Field(None, description="The agent to be judged; the first who spoke, where it is missing.")
    sheet: str = Field("", description="By which score sheet; may be missing where there is only one.")
    everybody: bool = Field(False, description="Put it on everybody's work list, not on your own.")


async def list_sheets(asked: Asked[Nothing, Nothing]) -> SheetsView:
    """The score sheets by which calls are judged from now on."""
    return SheetsView(sheets=dict(asked.floor.centre.sheets))


async def list_evaluations(asked: Asked[EvaluationsQuery, Nothing]) -> EvaluationsView:
    """Evaluations for review, the last drawn first, page by page."""
    require_insight(asked.holder)
    query, zone = asked.query, asked.floor.centre.time_zone
    which = EvaluationFilter(
        phases=frozenset({query.phase} if query.phase else ()),
        since=query.since and in_zone(query.since, zone),
        until=query.until and in_zone(query.until, zone),
        due_before=datetime.now(UTC) if query.overdue else None,
        size=query.limit + 1,
        **query.model_dump(include={"agent", "reviewer", "queue", "team", "call", "after"}),
    )
    return await page(asked, which)


async def list_work(asked: Asked[Nothing, Nothing]) -> WorkView:
    """Your work list: what is to be judged by you, and what anybody may claim; at most 500 of each."""
    store, holder = asked.floor.store, asked.holder
    evaluations = Evaluations(asked.floor.store)
    open_ = frozenset({Phase.DRAWN, Phase.IN_WORK, Phase.SCORED})
    with judging():
        own = await evaluations.page(EvaluationFilter(phases=open_, purpose=None, reviewer=asked.holder.name, size=500))
        free = await evaluations.page(EvaluationFilter(phases=frozenset({Phase.DRAWN}), reviewer="", size=500))
        teams = await teams_of(store)
        me, team, rules = who(asked), teams.get(holder.agent, ""), asked.floor.centre.sampling
        shown = [*own, *(one for one in free if not conflict(rules, me, team, one))]
        async with store.engine.connect() as connection:
            gone = await unheard(connection, sorted({one.call for one in shown if one.phase is not Phase.SCORED}))
    return WorkView(evaluations=shown, unheard=[one.id for one in shown if one.call in gone])


async def draw_one(asked: Asked[Nothing, CallGiven]) -> Evaluation:
    """Have a call judged that no rule drew: it comes on your own work list, or on everybody's."""
    given = asked.body
    with judging():
        sheet = sheet_named(asked, given.sheet)
        reviewer = None if given.everybody else who(asked)
        if reviewer is not None:
            subject = await subject_of(asked.floor.store, given.call, given.agent)
            await require_no_conflict(asked.floor.store, asked.floor.centre.sampling, reviewer, subject)
        drawn = await draw_call(
            asked.floor.store,
            given.call,
            given.agent,
            sheet,
            reviewer,
            datetime.now(UTC),
            by=asked.person,
            zone=asked.floor.centre.time_zone,
        )
    await asked.floor.notices.tell()
    return drawn


async def show_evaluation(asked: Asked[Nothing, Nothing]) -> EvaluationView:
    """One evaluation, with its score sheet."""
    found = await visible(asked)
    with judging():
        return EvaluationView(evaluation=found, sheet=await Evaluations(asked.floor.store).sheet(found.sheet_digest))


async def list_steps(asked: Asked[Nothing, Nothing]) -> StepsView:
    """Who did what with an evaluation, and when."""
    found = await visible(asked)
    with judging():
        return StepsView(steps=await Evaluations(asked.floor.store).steps(found.id))


async def page(asked: Asked[Query, Body], which: EvaluationFilter) -> EvaluationsView:
    """A page of one less than was asked for."""
    with judging():
        found = await Evaluations(asked.floor.store).page(which)
    shown = found[: which.size - 1]
    return EvaluationsView(evaluations=shown, next=shown[-1].id if len(found) == which.size else None)


async def visible(asked: Asked[Query, Body]) -> Evaluation:
    """The evaluation of the path. Those of a calibration are blind: who does not judge them does not see them here."""
    require_insight(asked.holder)
    with judging():
        found = await Evaluations(asked.floor.store).find(asked.path["id"])
        if found.purpose != REVIEW and found.slot != asked.holder.name and not in_charge(asked.holder):
            raise UnknownEvaluation
    return found


ENDPOINTS = (
    Endpoint("GET", "/api/quality/sheets", list_sheets, Nothing, Nothing, SheetsView),
    Endpoint("GET", "/api/quality/evaluations", list_evaluations, EvaluationsQuery, Nothing, EvaluationsView),
    Endpoint("GET", "/api/quality/work", list_work, Nothing, Nothing, WorkView, permission=Permission.REVIEW),
    Endpoint(
        "POST",
        "/api/quality/evaluations",
        draw_one,
        Nothing,
        CallGiven,
        Evaluation,
        errors=(404, 409),
        role=Role.READER,
        permission=Permission.REVIEW,
    ),
    Endpoint("GET", "/api/quality/evaluations/{id}", show_evaluation, Nothing, Nothing, EvaluationView, errors=(404,)),
    Endpoint("GET", "/api/quality/evaluations/{id}/steps", list_steps, Nothing, Nothing, StepsView, errors=(404,)),
)
