"""Draws in the data base: what there is to draw from, the draw, and its calls on the work lists, all in one
transaction. What is drawn is decided by recording/quality/drawing.py.

Methods raise SQLAlchemy's errors while the data base is away.
"""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from secrets import token_hex
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, Select, exists, func, insert, or_, select
from sqlalchemy.exc import IntegrityError

from recording.inputs.plan import ONE_DAY
from recording.inputs.staffing import TEAM
from recording.models import Call, EvaluationEntry, QualityDraw
from recording.quality.audible import can_be_heard, unheard
from recording.quality.by_hand import new_evaluation
from recording.quality.candidates import AT_ONCE, Lookback, candidates
from recording.quality.drawing import draw
from recording.quality.errors import EvaluationChanged, UnknownDraw, UnknownSheet
from recording.quality.evaluations import REVIEW, Evaluation, Person, Phase, Step, StepKind, Subject
from recording.quality.sampling import Drawing, Drawn, Inputs, Lot, Pick, Reviewer, SamplingRules
from recording.quality.sheets import ScoreSheet
from recording.quality.shifts import ShiftOf
from recording.quality.store import add_evaluations, take_in
from recording.quality.subjects import subjects
from recording.quality.work import NOT_JUDGED, Load, loads
from recording.record import CallRecord
from recording.store import Store

SYSTEM = "system"
TRIES = 3
"""So often a draw is made anew where somebody chose one of its calls meanwhile."""

SHIFT_DRAWN_BEFORE = 2 * ONE_DAY
"""Of a shift whose last calls may be drawn, the first may have been drawn so long before what is looked back on."""

TABLE = EvaluationEntry.__table__

Parts = Mapping[tuple[str, str], Subject]
"""Parts of calls, by call and agent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawDone:
    """A draw that was made. `daily` is its day where it was the day's; `until` the end of what it looked back on;
    `set_aside` counts the evaluations not yet judged whose recording was gone, in whose place others were drawn; `lots`
    are those of which a rule wanted some."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawFrame:
    """By what is drawn: the rules, the sheets they name, the reviewers and who of them is absent, the centre's zone,
    its agents' shifts, and the days of this month on which work of each can be drawn."""

    rules: SamplingRules
    sheets: Mapping[str, ScoreSheet]
    reviewers: Sequence[Person]
    zone: ZoneInfo
    shift_of: ShiftOf
    planned: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()

    def day_start(self, day: date) -> datetime:
        """When that day begins, UTC."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


class Draws:
    """The draws in this store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def due(self, day: date, zone: ZoneInfo) -> bool:
        """Whether the daily draw of this day is still to be made, and there is anything to draw from."""
        start = datetime.combine(day, time(), zone).astimezone(UTC)
        drawn = select(exists().where(QualityDraw.daily == day.isoformat()))
        calls = select(exists().where(Call.started_at < start, Call.agent.is_not(None)))
        async with self._store.engine.connect() as connection:
            return not await connection.scalar(drawn) and bool(await connection.scalar(calls))

    async def run(
        self, frame: DrawFrame, *, now: datetime, by: str, daily: bool, seed: str | None = None
    ) -> DrawDone | None:
        """Draw: the `daily` draw of this day, from calls that ended before it, or one more that is asked for, from all
        that are over. None where the day's has been made already."""
        until = frame.day_start(now.astimezone(frame.zone).date()) if daily else now
        return await self._run(frame, now, by, until, daily=daily, over=daily, seed=seed)

    async def replace(self, frame: DrawFrame, *, now: datetime) -> DrawDone | None:
        """Set aside what nobody can hear any more, and draw others in its place from the calls that the last draw
        could have drawn: none that is new, and no more than the quotas want. None where nothing is lost."""
        if not await self._lost():
            return None
        async with self._store.engine.connect() as connection:
            until = await connection.scalar(select(func.max(QualityDraw.until)))
        until = until or frame.day_start(now.astimezone(frame.zone).date())
        return await self._run(frame, now, SYSTEM, until, daily=False, over=True)

    async def _run(
        self,
        frame: DrawFrame,
        now: datetime,
        by: str,
        until: datetime,
        *,
        daily: bool,
        over: bool,
        seed: str | None = None,
    ) -> DrawDone | None:
        """`over`: shifts are drawn from when they are over alone."""
        day = now.astimezone(frame.zone).date()
        seed = seed or token_hex(16)
        for attempt in range(TRIES):
            if daily and await self._made(day):
                return None
            lost = await self._lost()
            there = await self._inputs(frame, day, until, seed, over=over, lost=[one.id for one in lost])
            inputs, drawing, parts = await self._drawn(there)
            done = DrawDone(
                id=uuid4().hex,
                daily=day.isoformat() if daily else None,
                at=now,
                by=by,
                seed=seed,
                until=until,
                candidates=len(inputs.candidates),
                picked=len(drawing.picks),
                set_aside=len(lost),
                lots=tuple(lot for lot in drawing.lots if lot.wanted),
            )
            try:
                await self._keep(frame, inputs, drawing, parts, done, lost)
            except (IntegrityError, EvaluationChanged):
                if attempt + 1 == TRIES:
                    raise
                continue
            return done
        return None

    async def page(self, size: int) -> list[DrawDone]:
        """The last draws, newest first."""
        query = _DONE.order_by(_DRAW.c.at.desc(), _DRAW.c.id.desc()).limit(size)
        async with self._store.engine.connect() as connection:
            return [_done(row) for row in (await connection.execute(query)).mappings()]

    async def find(self, name: str) -> DrawDone:
        """The draw of this id. Raises UnknownDraw."""
        async with self._store.engine.connect() as connection:
            row = (await connection.execute(_DONE.where(_DRAW.c.id == name))).mappings().first()
        if row is None:
            raise UnknownDraw
        return _done(row)

    async def inputs(self, name: str) -> Inputs:
        """All that the draw of this id, or of this day, depended on. Raises UnknownDraw."""
        query = select(QualityDraw.inputs).where((QualityDraw.id == name) | (QualityDraw.daily == name))
        async with self._store.engine.connect() as connection:
            packed = await connection.scalar(query)
        if packed is None:
            raise UnknownDraw
        return Inputs.model_validate_json(zlib.decompress(b64decode(packed)))

    async def _made(self, day: date) -> bool:
        async with self._store.engine.connect() as connection:
            return bool(await connection.scalar(select(exists().where(QualityDraw.daily == day.isoformat()))))

    async def _lost(self) -> list[Evaluation]:
        """What nobody has judged yet, and nobody can any more."""
        where = (TABLE.c.purpose == REVIEW, TABLE.c.phase.in_(NOT_JUDGED))
        async with self._store.engine.connect() as connection:
            found = await connection.scalars(select(EvaluationEntry.document).where(*where).order_by(TABLE.c.id))
            evaluations = [Evaluation.model_validate(one) for one in found]
            calls = await unheard(connection, sorted({one.call for one in evaluations}))
        return [one for one in evaluations if one.call in calls]

    async def _inputs(
        self, frame: DrawFrame, day: date, until: datetime, seed: str, *, over: bool, lost: Sequence[str]
    ) -> Inputs:
        """What there is to draw from. Evaluations that are `lost` no longer count."""
        since = frame.day_start(day - timedelta(days=frame.rules.look_back_days))
        month = frame.day_start(day.replace(day=1))
        teams = {one.number: one.attributes.get(TEAM, "") for one in await self._store.agents(active_only=False)}
        async with self._store.engine.connect() as connection:
            seen = await connection.scalar(select(func.max(QualityDraw.until))) or since
            before = (await connection.execute(_drawn(month, since - SHIFT_DRAWN_BEFORE))).all()
            busy = await loads(connection, frame.day_start(day), until, lost)
            which = Lookback(since=since, until=until, seen=seen, shifts_until=until if over else None)
            found = await candidates(connection, frame.rules, which, teams, frame.shift_of, frame.zone)
        return Inputs(
            day=day,
            seed=seed,
            rules=frame.rules,
            candidates=tuple(found),
            drawn=tuple(
                Drawn(
                    agent=row.agent,
                    rule=row.rule,
                    shift=frame.shift_of(row.agent, row.call_at).name,
                    this_month=row.drawn_at >= month,
                )
                for row in before
                if row.id not in lost
            ),
            reviewers=tuple(
                Reviewer(
                    name=one.name,
                    agent=one.agent,
                    team=teams.get(one.agent, ""),
                    absent=one.name in frame.absent,
                    open=load.open,
                    today=load.today,
                )
                for one in frame.reviewers
                for load in [busy.get(one.name, Load())]
            ),
            planned=frame.planned,
        )

    async def _drawn(self, inputs: Inputs) -> tuple[Inputs, Drawing, Parts]:
        """The draw, and what its calls are in their records. A call that is there not what its columns said is no
        candidate, and another is drawn."""
        while True:
            drawing = draw(inputs)
            parts = await self._parts(inputs, drawing.picks)
            unfit = {pick.call for pick in drawing.picks if (pick.call, pick.agent) not in parts}
            if not unfit:
                return inputs, drawing, parts
            left = tuple(one for one in inputs.candidates if one.call not in unfit)
            inputs = inputs.model_copy(update={"candidates": left})

    async def _parts(self, inputs: Inputs, picks: Sequence[Pick]) -> Parts:
        teams = {one.agent: one.team for one in inputs.candidates}
        found: dict[tuple[str, str], Subject] = {}
        async with self._store.engine.connect() as connection:
            for start in range(0, len(picks), AT_ONCE):
                calls = [one.call for one in picks[start : start + AT_ONCE]]
                documents = await connection.scalars(select(Call.document).where(Call.id.in_(calls)))
                for record in map(CallRecord.model_validate, documents):
                    if can_be_heard(record, ()):
                        found |= {(record.id, agent): part for agent, part in subjects(record, teams).items()}
        return found

    async def _keep(
        self,
        frame: DrawFrame,
        inputs: Inputs,
        drawing: Drawing,
        parts: Parts,
        done: DrawDone,
        lost: Sequence[Evaluation],
    ) -> None:
        used = {rule.name: _sheet(frame, rule.sheet) for rule in inputs.rules.rules}
        evaluations = [
            new_evaluation(
                parts[pick.call, pick.agent],
                used[pick.rule],
                done.at,
                pick.reviewer,
                zone=frame.zone,
                rule=pick.rule,
                draw=done.id,
            )
            for pick in drawing.picks
        ]
        row = {name: getattr(done, name) for name in DrawDone.__dataclass_fields__ if name != "lots"}
        packed = b64encode(zlib.compress(inputs.model_dump_json().encode())).decode()
        lots = [lot.model_dump(mode="json") for lot in done.lots]
        by = Person(name=SYSTEM)
        aside = Step(kind=StepKind.SET_ASIDE, at=done.at, by=by, in_charge=True, note="its recording is gone")
        async with self._store.transaction() as connection:
            for one in lost:
                await take_in(connection, one.id, aside, one.revision)
            await connection.execute(insert(QualityDraw).values(**row, lots=lots, inputs=packed))
            await add_evaluations(connection, {one.digest: one for one in used.values()}.values(), evaluations)


_DRAW = QualityDraw.__table__
_DONE = select(*(_DRAW.c[name] for name in DrawDone.__dataclass_fields__))


def _drawn(month: datetime, since: datetime) -> Select[Any]:
    """What counts against quotas: what was drawn this month, and what is of shifts of which calls may be drawn now.
    What was set aside is drawn anew."""
    columns = (TABLE.c.id, TABLE.c.agent, TABLE.c.rule, TABLE.c.call_at, TABLE.c.drawn_at)
    counts = or_(TABLE.c.drawn_at >= month, TABLE.c.call_at >= since)
    return select(*columns).where(TABLE.c.purpose == REVIEW, counts, TABLE.c.phase != Phase.SET_ASIDE.value)


def _sheet(frame: DrawFrame, name: str) -> ScoreSheet:
    if name not in frame.sheets:
        raise UnknownSheet(f"there is no score sheet {name!r}; expected one of: {', '.join(frame.sheets)}")
    return frame.sheets[name]


def _done(row: RowMapping) -> DrawDone:
    return DrawDone(**{**row, "lots": tuple(Lot.model_validate(lot) for lot in row["lots"])})
