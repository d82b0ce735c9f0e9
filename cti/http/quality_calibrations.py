"""Calibrations over HTTP: a call for several reviewers, none of whom sees what the others say before it is closed."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from cti.access import Permission, Role
from cti.http.calls import CallId
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.quality import QualityRefused, in_charge, judging, require_insight, sheet_named, who
from cti.http.quality_steps import LARGE_BODY
from cti.http.views import View
from cti.reviewers import reviewers
from recording.quality.calibrations import Calibration, Calibrations
from recording.quality.sheets import Comment, Judgement


class CalibrationGiven(Given):
    """A call, and the names of at least two reviewers who are to judge it."""

    call: CallId
    agent: str | None = Field(None, description="The agent to be judged; the first who spoke, where it is missing.")
    sheet: str = Field("", description="By which score sheet; may be missing where there is only one.")
    reviewers: Annotated[list[str], Field(min_length=2, max_length=50)]


class LeadGiven(Given):
    """The moderator's judgement, and what is to be learnt from the spread."""

    judgement: Judgement
    note: Comment = ""


class CalibrationsQuery(Given):
    """How many."""

    limit: int = Field(20, ge=1, le=100)


class CalibrationsView(View):
    """The last calibrations, newest first; `spread` and `lead` are there once they are closed."""

    calibrations: list[Calibration]


async def list_calibrations(asked: Asked[CalibrationsQuery, Nothing]) -> CalibrationsView:
    """The last calibrations."""
    require_insight(asked.holder)
    with judging():
        return CalibrationsView(calibrations=await Calibrations(asked.floor.store).page(asked.query.limit))


async def open_calibration(asked: Asked[Nothing, CalibrationGiven]) -> Calibration:
    """Give a call to several reviewers; you are the moderator."""
    given = asked.body
    with judging():
        known = await reviewers(asked.floor.access.tokens)
        if unknown := sorted(set(given.reviewers) - known.keys()):
            expected = ", ".join(known) or "none yet"
            raise QualityRefused("reviewer-unknown", f"no reviewer {unknown[0]!r}; expected one of: {expected}")
        chosen = [known[name] for name in given.reviewers]
        sheet = sheet_named(asked, given.sheet)
        made = await Calibrations(asked.floor.store).open(
            given.call, given.agent, sheet, who(asked), chosen, datetime.now(UTC), asked.floor.centre.time_zone
        )
    await asked.floor.notices.tell()
    return made


async def show_calibration(asked: Asked[Nothing, Nothing]) -> Calibration:
    """One calibration; its moderator sees the spread so far while it is open."""
    require_insight(asked.holder)
    calibrations = Calibrations(asked.floor.store)
    with judging():
        found = await calibrations.find(asked.path["id"])
        if found.closed_at is None and _leads(found, asked):
            return found.model_copy(update={"spread": await calibrations.so_far(found)})
    return found


async def close_calibration(asked: Asked[Nothing, LeadGiven]) -> Calibration:
    """Set the leading judgement; from now on all reviewers see the spread."""
    given, holder = asked.body, asked.holder
    with judging():
        return await Calibrations(asked.floor.store).close(
            asked.path["id"],
            given.judgement,
            given.note,
            who(asked),
            datetime.now(UTC),
            in_charge=in_charge(holder),
        )


def _leads(calibration: Calibration, asked: Asked[Nothing, Nothing]) -> bool:
    """Who leads and judges as well stays blind, too."""
    me = who(asked)
    judges = any(one.is_(me) for one in calibration.reviewers)
    return (calibration.moderator.is_(me) or in_charge(asked.holder)) and not judges


ENDPOINTS = (
    Endpoint("GET", "/api/quality/calibrations", list_calibrations, CalibrationsQuery, Nothing, CalibrationsView),
    Endpoint(
        *("POST", "/api/quality/calibrations", open_calibration, Nothing, CalibrationGiven, Calibration),
        errors=(404, 409),
        permission=Permission.REVIEW,
    ),
    Endpoint(
        *("GET", "/api/quality/calibrations/{id}", show_calibration, Nothing, Nothing, Calibration), errors=(404,)
    ),
    Endpoint(
        *("POST", "/api/quality/calibrations/{id}/close", close_calibration, Nothing, LeadGiven, Calibration),
        errors=(404, 409),
        role=Role.FLOOR,
        permission=Permission.REVIEW,
        body_at_most=LARGE_BODY,
    ),
)
