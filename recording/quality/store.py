"""Evaluations in the data base: added once, changed step by step, each step kept for ever.

Methods raise SQLAlchemy's errors while the data base is away.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.models import Call, EvaluationEntry, EvaluationStep, ScoreSheetKept
from recording.quality.audible import unheard
from recording.quality.errors import (
    UNHEARD,
    AlreadyDrawn,
    EvaluationChanged,
    JudgementUnfit,
    NotJudgeable,
    UnknownEvaluation,
)
from recording.quality.evaluations import REVIEW, Evaluation, Phase, Step, StepKind
from recording.quality.life import take
from recording.quality.notices import keep_step, keep_work
from recording.quality.sheets import Judgement, ScoreSheet
from recording.record import CallRecord
from recording.store import Store
from recording.transactions import insert_new

TABLE = EvaluationEntry.__table__
_COLUMNS = {column.name for column in TABLE.columns}


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationFilter:
    """Which evaluations; what is left out does not matter. `since` is included, `until` not, by the time of drawing.
    `reviewer`: on his work list; the empty name means on everybody's. `due_before`: the next step was due before then
    and has not been taken."""

    purpose: str | None = REVIEW
    phases: frozenset[Phase] = frozenset()
    agent: str | None = None
    reviewer: str | None = None
    queue: str | None = None
    team: str | None = None
    call: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    due_before: datetime | None = None
    size: int = 50
    after: str | None = None


class Evaluations:
    """The evaluations in this store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, sheet: ScoreSheet, evaluations: Sequence[Evaluation]) -> None:
        """Put them on the work lists, all or none. Raises AlreadyDrawn."""
        try:
            async with self._store.transaction() as connection:
                await add_evaluations(connection, [sheet], evaluations)
        except IntegrityError as error:
            raise AlreadyDrawn from error

    async def find(self, name: str) -> Evaluation:
        """The evaluation of this id. Raises UnknownEvaluation."""
        async with self._store.engine.connect() as connection:
            return await _found(connection, name)

    async def sheet(self, digest: str) -> ScoreSheet:
        """The score sheet of this digest, as it was."""
        async with self._store.engine.connect() as connection:
            return await sheet_of(connection, digest)

    async def steps(self, name: str) -> list[Step]:
        """Every step of an evaluation, the first first."""
        query = (
            select(EvaluationStep.document).where(EvaluationStep.evaluation == name).order_by(EvaluationStep.revision)
        )
        async with self._store.engine.connect() as connection:
            return [Step.model_validate(one) for one in await connection.scalars(query)]

    async def page(self, which: EvaluationFilter) -> list[Evaluation]:
        """Those that fit, the last drawn first, behind the one of id `after`."""
        query = _which(which).limit(which.size)
        async with self._store.engine.connect() as connection:
            if which.after is not None:
                drawn = select(EvaluationEntry.drawn_at).where(EvaluationEntry.id == which.after)
                if (drawn_at := await connection.scalar(drawn)) is None:
                    return []
                query = query.where(tuple_(TABLE.c.drawn_at, TABLE.c.id) < (drawn_at, which.after))
            return [Evaluation.model_validate(one) for one in await connection.scalars(query)]

    async def take(self, name: str, step: Step, revision: int) -> Evaluation:
        """Take a step on what somebody saw at that revision; the evaluation after it.

        Raises UnknownEvaluation, EvaluationChanged where it has changed since, NotJudgeable where a call that is to be
        claimed cannot be heard any more, and what recording.quality.life refuses.
        """
        async with self._store.transaction() as connection:
            after = await take_in(connection, name, step, revision)
            if step.kind is StepKind.HAND_OVER:
                await keep_work(connection, [after], step.at)
            return after


async def take_in(connection: AsyncConnection, name: str, step: Step, revision: int) -> Evaluation:
    """The same within a transaction, where several steps belong together; who gives work keeps its notices."""
    before = await _found(connection, name)
    if before.revision != revision:
        raise EvaluationChanged(revision, before.revision)
    if step.kind is StepKind.CLAIM and await unheard(connection, [before.call]):
        raise NotJudgeable(UNHEARD)
    if step.judgement is not None:
        await _require_within(connection, before.call, step.judgement)
    after = take(before, await sheet_of(connection, before.sheet_digest), step)
    as_seen = (TABLE.c.id == name) & (TABLE.c.revision == revision)
    changed = await connection.execute(update(EvaluationEntry).where(as_seen).values(**_row(after)))
    if not changed.rowcount:  # another process was quicker, between our look and our write
        raise EvaluationChanged(revision, revision + 1)
    kept = {"evaluation": name, "revision": after.revision, "at": step.at, "by": step.by.name}
    document = step.model_dump(mode="json", exclude_defaults=True)
    await connection.execute(insert(EvaluationStep).values(**kept, kind=step.kind.value, document=document))
    await keep_step(connection, step, after)
    return after


async def add_evaluations(
    connection: AsyncConnection, sheets: Iterable[ScoreSheet], evaluations: Sequence[Evaluation]
) -> None:
    """Within a transaction. Raises IntegrityError where one of the calls was drawn for its purpose before."""
    kept = [{"digest": one.digest, "name": one.name, "document": one.model_dump(mode="json")} for one in sheets]
    await insert_new(connection, ScoreSheetKept, "digest", kept)
    if evaluations:
        await connection.execute(insert(EvaluationEntry), [_row(one) for one in evaluations])
        await keep_work(connection, evaluations, evaluations[0].drawn_at)


def _row(evaluation: Evaluation) -> dict[str, Any]:
    score, first = evaluation.score, evaluation.first_score
    return {
        **evaluation.model_dump(include=_COLUMNS - {"reviewer", "phase"}),
        "phase": evaluation.phase.value,
        "reviewer": evaluation.reviewer.name if evaluation.reviewer else "",
        "score_hundredths": None if score is None else int(score * 100),
        "first_score_hundredths": None if first is None else int(first * 100),
        "fatal": bool(evaluation.score is not None and evaluation.judgement and evaluation.judgement.fatal),
        "document": evaluation.model_dump(mode="json"),
    }


def _which(which: EvaluationFilter) -> Select[tuple[dict[str, Any]]]:
    query = select(EvaluationEntry.document).order_by(TABLE.c.drawn_at.desc(), TABLE.c.id.desc())
    for name in ("purpose", "agent", "reviewer", "queue", "team", "call"):
        if (wanted := getattr(which, name)) is not None:
            query = query.where(TABLE.c[name] == wanted)
    if which.phases:
        query = query.where(TABLE.c.phase.in_(sorted(which.phases)))
    if which.since is not None:
        query = query.where(TABLE.c.drawn_at >= which.since)
    if which.until is not None:
        query = query.where(TABLE.c.drawn_at < which.until)
    if which.due_before is not None:
        query = query.where(TABLE.c.due_at < which.due_before)
    return query


async def _found(connection: AsyncConnection, name: str) -> Evaluation:
    document = await connection.scalar(select(EvaluationEntry.document).where(EvaluationEntry.id == name))
    if document is None:
        raise UnknownEvaluation
    return Evaluation.model_validate(document)


async def sheet_of(connection: AsyncConnection, digest: str) -> ScoreSheet:
    """The score sheet of this digest, within a transaction."""
    query = select(ScoreSheetKept.document).where(ScoreSheetKept.digest == digest)
    return ScoreSheet.model_validate(await connection.scalar(query))


async def _require_within(connection: AsyncConnection, call: str, judgement: Judgement) -> None:
    """Time marks lie in recordings that the call has. Raises JudgementUnfit."""
    if not judgement.time_marks:
        return
    document = await connection.scalar(select(Call.document).where(Call.id == call))
    lengths = [one.duration_ms for one in CallRecord.model_validate(document).recordings] if document else []
    problems = [
        f"time mark {number}: recording {mark.recording} at {mark.at_ms} ms is not there; expected one of "
        f"{len(lengths)} recordings, within its length"
        for number, mark in enumerate(judgement.time_marks, 1)
        if mark.recording > len(lengths) or mark.at_ms > lengths[mark.recording - 1]
    ]
    if problems:
        raise JudgementUnfit(problems)
