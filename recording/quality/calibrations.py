"""Calibrations: a call is judged by several reviewers who do not see each other's judgement, then a moderator sets the
leading one and the spread is shown to all. None of it counts in any figure.

Methods raise SQLAlchemy's errors while the data base is away.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.models import CalibrationEntry, EvaluationEntry
from recording.quality.by_hand import new_evaluation, subject_of
from recording.quality.errors import (
    JudgementUnfit,
    NotYours,
    OwnCall,
    TooFewReviewers,
    UnknownCalibration,
    WrongPhase,
)
from recording.quality.evaluations import Evaluation, Person, Phase, Step, StepKind
from recording.quality.scoring import unfit
from recording.quality.sheets import Comment, Judgement, ScoreSheet
from recording.quality.spread import Spread, spread
from recording.quality.store import add_evaluations, sheet_of, take_in
from recording.store import Store

TABLE = CalibrationEntry.__table__
UNFINISHED = frozenset({Phase.DRAWN, Phase.IN_WORK})


class Calibration(BaseModel):
    """A calibration. `lead` is the moderator's judgement, `spread` how far the reviewers lay apart, `note` what they
    are to learn from it: all null or empty until it is closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    call: str
    agent: str
    sheet: str
    sheet_digest: str
    moderator: Person
    reviewers: tuple[Person, ...]
    opened_at: datetime
    closed_at: datetime | None = None
    lead: Judgement | None = None
    spread: Spread | None = None
    note: Comment = ""


class Calibrations:
    """The calibrations in this store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def open(
        self,
        call: str,
        agent: str | None,
        sheet: ScoreSheet,
        moderator: Person,
        reviewers: Sequence[Person],
        at: datetime,
        zone: ZoneInfo,
    ) -> Calibration:
        """Put the call on the work list of each of these reviewers; `zone` is the centre's.

        Raises UnknownSubject, NotJudgeable, TooFewReviewers, OwnCall.
        """
        if len({one.name for one in reviewers}) < 2:
            raise TooFewReviewers("there is nothing to compare; expected two reviewers at least, each once")
        subject = await subject_of(self._store, call, agent)
        if any(one.agent == subject.agent for one in reviewers):
            raise OwnCall
        made = Calibration(
            id=uuid4().hex,
            call=subject.call,
            agent=subject.agent,
            sheet=sheet.name,
            sheet_digest=sheet.digest,
            moderator=moderator,
            reviewers=tuple({one.name: one for one in reviewers}.values()),
            opened_at=at,
        )
        evaluations = [
            new_evaluation(subject, sheet, at, one, zone=zone, purpose=made.id, slot=one.name) for one in made.reviewers
        ]
        row = {"id": made.id, "call": made.call, "agent": made.agent, "moderator": moderator.name, "opened_at": at}
        async with self._store.transaction() as connection:
            await connection.execute(insert(CalibrationEntry).values(**row, document=made.model_dump(mode="json")))
            await add_evaluations(connection, [sheet], evaluations)
        return made

    async def find(self, name: str) -> Calibration:
        """The calibration of this id. Raises UnknownCalibration."""
        async with self._store.engine.connect() as connection:
            return await _found(connection, name)

    async def page(self, size: int) -> list[Calibration]:
        """The last ones, newest first."""
        query = select(CalibrationEntry.document).order_by(TABLE.c.opened_at.desc(), TABLE.c.id.desc()).limit(size)
        async with self._store.engine.connect() as connection:
            return [Calibration.model_validate(one) for one in await connection.scalars(query)]

    async def so_far(self, calibration: Calibration) -> Spread:
        """Of those who have scored until now; for the moderator's eyes while it is open."""
        async with self._store.engine.connect() as connection:
            sheet = await sheet_of(connection, calibration.sheet_digest)
            return spread(sheet, _judgements(await _evaluations(connection, calibration.id)), calibration.lead)

    async def close(
        self, name: str, lead: Judgement, note: str, by: Person, at: datetime, *, in_charge: bool
    ) -> Calibration:
        """Set the leading judgement and show the spread to all; who has not scored needs not any more. All of it holds,
        or nothing: the spread is that of the judgements there were at that moment.

        Raises UnknownCalibration, NotYours, WrongPhase, JudgementUnfit, TooFewReviewers, EvaluationChanged.
        """
        async with self._store.transaction() as connection:
            calibration = await _found(connection, name)
            if not (in_charge or calibration.moderator.is_(by)):
                raise NotYours(f"the calibration is led by {calibration.moderator.name}; expected one of your own")
            # first of all the row is taken: who closes at the same moment waits, and then finds it closed
            still_open = (TABLE.c.id == name) & TABLE.c.closed_at.is_(None)
            if not (await connection.execute(update(CalibrationEntry).where(still_open).values(closed_at=at))).rowcount:
                raise WrongPhase("the calibration is closed; expected one that is open")
            sheet = await sheet_of(connection, calibration.sheet_digest)
            if problems := list(unfit(sheet, lead, whole=True)):
                raise JudgementUnfit(problems)
            evaluations = await _evaluations(connection, name)
            judgements = _judgements(evaluations)
            if len(judgements) < 2:
                raise TooFewReviewers(f"{len(judgements)} of them have scored; expected two at least")
            closed = calibration.model_copy(
                update={"closed_at": at, "lead": lead, "note": note, "spread": spread(sheet, judgements, lead)}
            )
            document = closed.model_dump(mode="json")
            await connection.execute(update(CalibrationEntry).where(TABLE.c.id == name).values(document=document))
            aside = Step(kind=StepKind.SET_ASIDE, at=at, by=by, in_charge=True, note="the calibration is closed")
            for one in evaluations:
                if one.phase in UNFINISHED and by.agent != one.agent:
                    await take_in(connection, one.id, aside, one.revision)
        return closed


async def _found(connection: AsyncConnection, name: str) -> Calibration:
    document = await connection.scalar(select(CalibrationEntry.document).where(CalibrationEntry.id == name))
    if document is None:
        raise UnknownCalibration
    return Calibration.model_validate(document)


async def _evaluations(connection: AsyncConnection, name: str) -> list[Evaluation]:
    table = EvaluationEntry.__table__.c
    query = select(EvaluationEntry.document).where(table.purpose == name).order_by(table.slot)
    return [Evaluation.model_validate(one) for one in await connection.scalars(query)]


def _judgements(evaluations: Sequence[Evaluation]) -> dict[str, Judgement]:
    return {one.slot: one.judgement for one in evaluations if one.phase is Phase.SCORED and one.judgement is not None}
