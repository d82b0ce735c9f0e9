"""Reads what a report is made of: everything that compose needs, asked for in one place, so that composing is pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from recording.figures.catalogue import EVERY
from recording.figures.period import Period, Unit
from recording.figures.report import Report, Series
from recording.figures.scope import Scope, ScopeKind
from recording.figures.service import AnyFigures
from recording.reports.named import Breakdown, Definition, Lines

HALF_HOURS_UP_TO = timedelta(days=2)
WEEKS_FROM = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Names:
    """What the subjects are called: the centre, its queues by name, its agents by number, and the team of each; and the
    currency of its money, empty where nothing was entered."""

    centre: str
    queues: Mapping[str, str] = field(default_factory=dict)
    agents: Mapping[str, str] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What was read. `series` and `series_before` are by figure; `reports` by kind; `values_before` are
    those of the breakdowns, by scope and figure."""

    definition: Definition
    scope: Scope
    keys: tuple[str, ...]
    period: Period
    compared: Period
    step: Unit
    step_days_before: int
    report: Report
    before: Report
    series: Mapping[str, Series]
    series_before: Mapping[str, Series]
    reports: Mapping[ScopeKind, Sequence[Report]]
    values_before: Mapping[Scope, Mapping[str, Decimal | None]]


async def read_material(
    figures: AnyFigures, definition: Definition, scope: Scope, period: Period, keys: tuple[str, ...] = ()
) -> Material:
    """Ask for all of it. Raises what `figures` raises."""
    days = definition.days_before
    compared = period.shifted(days=-days) if days else period.before()
    step = step_of(definition, period)
    back = period.shifted(days=-definition.step_days_before)
    pieces = definition.pieces[scope.kind]
    own = keys or tuple(key for key in EVERY if _is_of(key, scope.kind))
    lines: dict[str, tuple[str, ...]] = {}
    for piece in pieces:
        if isinstance(piece, Lines):
            for key, parts in piece.figures.items():
                lines[key] = (*lines.get(key, ()), *parts)
    wanted = [key for key in lines if _is_of(key, scope.kind) and (not keys or key in keys)]
    series = await figures.several(wanted, scope, period, step, lines) if wanted else ()
    series_before = await figures.several(wanted, scope, back, step, lines) if wanted else ()
    broken = {
        piece.kind: chosen
        for piece in pieces
        if isinstance(piece, Breakdown) and (chosen := [one for one in piece.figures if not keys or one in keys])
    }
    return Material(
        definition=definition,
        scope=scope,
        keys=keys,
        period=period,
        compared=compared,
        step=step,
        step_days_before=definition.step_days_before,
        report=await figures.report(scope, period, own),
        before=await figures.report(scope, compared, own),
        series={one.key: one for one in series},
        series_before={one.key: one for one in series_before},
        reports=await figures.breakdowns(broken, period) if broken else {},
        values_before=await figures.compared(broken, compared) if broken else {},
    )


def step_of(definition: Definition, period: Period) -> Unit:
    """The step of its lines: that of the report, but a free one's goes by its length."""
    if definition.unit is not Unit.RANGE:
        return definition.step
    length = period.end - period.start
    if length <= HALF_HOURS_UP_TO:
        return Unit.HALF_HOUR
    return Unit.DAY if length < WEEKS_FROM else Unit.WEEK


def _is_of(key: str, kind: ScopeKind) -> bool:
    return kind in EVERY[key].scopes
