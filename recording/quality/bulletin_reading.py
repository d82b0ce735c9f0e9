"""Reads what a bulletin is made of. Functions raise SQLAlchemy's errors while the data base is away."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select

from recording.figures.scope import CENTRE, Scope, ScopeKind
from recording.models import CalibrationEntry, EvaluationEntry
from recording.quality.bulletin import Bulletin, Told, bulletin
from recording.quality.calibrations import Calibration
from recording.quality.evaluations import REVIEW, Evaluation, Phase
from recording.quality.figure import mean_score, of_scope
from recording.quality.score_table import agents_of
from recording.quality.scores import By, scores_by
from recording.quality.store import Evaluations
from recording.store import Store

TABLE = EvaluationEntry.__table__
CALIBRATION = CalibrationEntry.__table__
DAY, WEEK = timedelta(days=1), timedelta(days=7)


async def bulletin_of(
    store: Store, day: date, zone: ZoneInfo, scope: Scope = CENTRE, quota: int | None = None
) -> Bulletin:
    """That of this day of the zone, of the centre, a queue or a team; `quota` is what the sampling rules want of each
    agent and month."""
    week, month, start, end = (
        datetime.combine(one, time(), zone).astimezone(UTC) for one in (day - WEEK, day.replace(day=1), day, day + DAY)
    )
    kept = Evaluations(store)
    query = select(EvaluationEntry.document).where(TABLE.c.purpose == REVIEW, of_scope(scope), _touched(start, end))
    closed = select(CalibrationEntry.document).where(CALIBRATION.c.closed_at >= start, CALIBRATION.c.closed_at < end)
    async with store.engine.connect() as connection:
        evaluations = [Evaluation.model_validate(one) for one in await connection.scalars(query)]
        calibrations = [Calibration.model_validate(one) for one in await connection.scalars(closed)]
    told = Told(
        evaluations=evaluations,
        sheets={digest: await kept.sheet(digest) for digest in sorted({one.sheet_digest for one in evaluations})},
        calibrations=calibrations if scope.kind is ScopeKind.CENTRE else (),
        today=await mean_score(store, scope, start, end),
        week=await mean_score(store, scope, week, start),
        month=await scores_by(store, By.AGENT, month, end, scope),
        agents=await agents_of(store, scope),
        quota=quota if scope.kind is not ScopeKind.QUEUE else None,
    )
    return bulletin(day, start, end, told, str(scope))


def _touched(start: datetime, end: datetime) -> ColumnElement[bool]:
    """What happened on the day, and what was open at its end."""
    table = TABLE.c
    times = (
        *(table.drawn_at, table.scored_at, table.released_at, table.acknowledged_at, table.appealed_at),
        *(table.decided_at, table.set_aside_at),
    )
    return or_(
        *(and_(at >= start, at < end) for at in times),
        and_(table.phase == Phase.RELEASED.value, table.due_at >= start, table.due_at < end),
        and_(table.drawn_at < end, table.phase != Phase.SET_ASIDE.value, table.released_at.is_(None)),
        and_(table.drawn_at < end, table.released_at >= end),
        and_(table.drawn_at < end, table.set_aside_at >= end),
        and_(table.appealed_at < end, or_(table.decided_at.is_(None), table.decided_at >= end)),
    )
