"""Reviewers over HTTP: what each has to do, who is absent, and the work of somebody who is ill given to others."""

from datetime import UTC, date, datetime
from typing import Self

from pydantic import Field, model_validator

from cti.access import Role
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import ApiError
from cti.http.quality import QualityRefused, judging, require_insight, who
from cti.http.views import View
from cti.quality_work import at_work
from recording.quality.absences import Absence, Absences
from recording.quality.evaluations import Evaluation
from recording.quality.sheets import Comment
from recording.quality.work import reassign


class NotAbsent(ApiError):
    """Nobody said that he is absent."""

    id = "reviewer-not-absent"
    status = 404

    def __init__(self, name: str) -> None:
        super().__init__(f"reviewer {name!r} is not absent; expected one whom GET /api/quality/reviewers tells so")


class AbsenceView(View):
    """Days on which a reviewer gets no work, both included."""

    first: date
    last: date
    why: str
    by: str
    at: datetime


class ReviewerView(View):
    """A reviewer. `agent` and `team` are his own where he takes calls himself, empty else. `open` evaluations he has to
    judge or release, `scored` of them wait for the release alone, `late` are overdue; `today` were drawn for him today.
    `absence` is the last that was said of him, null for none; `absent`: today."""

    name: str
    agent: str
    team: str
    open: int
    scored: int
    late: int
    today: int
    absent: bool
    absence: AbsenceView | None


class ReviewersView(View):
    """All reviewers, by name."""

    reviewers: list[ReviewerView]


class AbsenceGiven(Given):
    """From when to when, both days included."""

    first: date = Field(strict=False)
    last: date = Field(strict=False)
    why: Comment

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("expected a last day that is not before the first")
        return self


class ReassignGiven(Given):
    """To whom, the one with least to do for each where nobody is named, and why."""

    to: str | None = None
    why: Comment


class ReassignedView(View):
    """What was given to others; whose reviewer is null is everybody's."""

    evaluations: list[Evaluation]


async def list_reviewers(asked: Asked[Nothing, Nothing]) -> ReviewersView:
    """Who reviews, and how much each has to do."""
    require_insight(asked.holder)
    store = asked.floor.store
    with judging():
        known = await at_work(store, asked.floor.centre, datetime.now(UTC))
        absences = {one.reviewer: one for one in await Absences(store).all()}
    return ReviewersView(
        reviewers=[
            ReviewerView(
                **one.model_dump(include={"name", "agent", "team", "open", "today", "absent"}),
                scored=load.scored,
                late=load.late,
                absence=_view(absences.get(name)),
            )
            for name, (one, load) in known.items()
        ]
    )


async def put_absence(asked: Asked[Nothing, AbsenceGiven]) -> AbsenceView:
    """A reviewer is absent: on these days no draw gives him work. What he has is given to others by `reassign`."""
    name, given, store = asked.path["name"], asked.body, asked.floor.store
    with judging():
        await _require_reviewer(asked, name)
        said = Absence(
            reviewer=name,
            by=asked.person,
            at=datetime.now(UTC),
            **given.model_dump(include={"first", "last", "why"}),
        )
        await Absences(store).save(said)
    return AbsenceView(**said.model_dump(exclude={"reviewer"}))


async def remove_absence(asked: Asked[Nothing, Nothing]) -> ReviewersView:
    """He is there again."""
    with judging():
        if not await Absences(asked.floor.store).remove(asked.path["name"]):
            raise NotAbsent(asked.path["name"])
    return await list_reviewers(asked)


async def reassign_work(asked: Asked[Nothing, ReassignGiven]) -> ReassignedView:
    """Give all that a reviewer has not judged yet to others, who may judge it and are there; what nobody may, to
    everybody. What he has begun without a score begins anew."""
    name, given, store = asked.path["name"], asked.body, asked.floor.store
    now = datetime.now(UTC)
    with judging():
        others = [one for one, _ in (await at_work(store, asked.floor.centre, now)).values()]
        if given.to is not None:
            await _require_reviewer(asked, given.to)
            others = [one for one in others if one.name == given.to]
        moved = await reassign(store, name, others, asked.floor.centre.sampling, by=who(asked), at=now, note=given.why)
    await asked.floor.notices.tell()
    return ReassignedView(evaluations=moved)


async def _require_reviewer(asked: Asked[Nothing, AbsenceGiven] | Asked[Nothing, ReassignGiven], name: str) -> None:
    known = await at_work(asked.floor.store, asked.floor.centre, datetime.now(UTC))
    if name not in known:
        expected = ", ".join(known) or "none yet"
        raise QualityRefused("reviewer-unknown", f"no reviewer {name!r}; expected one of: {expected}")


def _view(absence: Absence | None) -> AbsenceView | None:
    return None if absence is None else AbsenceView(**absence.model_dump(exclude={"reviewer"}))


_PATH = "/api/quality/reviewers/{name}"
ENDPOINTS = (
    Endpoint("GET", "/api/quality/reviewers", list_reviewers, Nothing, Nothing, ReviewersView),
    Endpoint(
        *("PUT", f"{_PATH}/absence", put_absence, Nothing, AbsenceGiven, AbsenceView),
        role=Role.ADMINISTRATOR,
    ),
    Endpoint(
        *("DELETE", f"{_PATH}/absence", remove_absence, Nothing, Nothing, ReviewersView),
        errors=(404,),
        role=Role.ADMINISTRATOR,
    ),
    Endpoint(
        *("POST", f"{_PATH}/reassign", reassign_work, Nothing, ReassignGiven, ReassignedView),
        errors=(409,),
        role=Role.ADMINISTRATOR,
    ),
)
