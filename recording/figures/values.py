"""From sums to a figure: the formula's two sums, their quotient, where it lies against its band. Pure and exact:
numbers are decimals, nothing is rounded here.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from recording.figures.catalogue import LISTED, Band, Direction, Figure, Formula, Source, Sums
from recording.figures.period import Period
from recording.figures.report import AddendsBehind, CallsBehind, FigureValue, Judgement, scores_behind
from recording.figures.rules import Rules
from recording.figures.scope import Scope, ScopeKind

Found = Mapping[str, Decimal | int]
"""The sums of a scope and a period by their names. A name that is missing makes every figure of it "no data"."""

AGENTS = "agents"
"""The sum that says of how many agents the others are."""


def value_of(figure: Figure, found: Found, scope: Scope, period: Period, rules: Rules, now: datetime) -> FigureValue:
    """The figure, with its parts and variants, as of `now`."""
    formula, variant = figure.formula, figure.variant
    if figure.source is Source.COSTS and scope.kind is not ScopeKind.CENTRE:
        variant = rules.share_costs_by
    if figure.variants:
        variant = rules.service_level
        formula = figure.variants[variant]
    parts = {
        name: _value(
            figure, one, name if name in figure.variants else "", found, scope, period, rules, now, whole=False
        )
        for name, one in {**figure.parts, **figure.variants}.items()
    }
    return _value(figure, formula, variant, found, scope, period, rules, now, parts=parts)


def _value(
    figure: Figure,
    formula: Formula,
    variant: str,
    found: Found,
    scope: Scope,
    period: Period,
    rules: Rules,
    now: datetime,
    *,
    parts: Mapping[str, FigureValue] | None = None,
    whole: bool = True,
) -> FigureValue:
    numerator = _sum(formula.numerator, found)
    denominator = _sum(formula.denominator, found) if formula.denominator else Decimal(1)
    value = None
    if numerator is not None and denominator:
        value = formula.scale * numerator / denominator
    band = rules.band(figure.key) if whole or variant else None
    judgement = _judgement(band, value)
    return FigureValue(
        key=figure.key,
        version=figure.version,
        formula=figure.formula_id,
        value=value,
        numerator=numerator or Decimal(0),
        denominator=denominator or Decimal(0),
        sample=_sample(figure, formula, found, numerator, denominator),
        unit=figure.unit,
        band=band,
        judgement=judgement,
        good=_good(figure.direction, judgement),
        variant=variant,
        calls=_behind(formula.counted, scope, period),
        of=_behind(formula.of, scope, period),
        evaluations=scores_behind(scope, period.start, period.end) if figure.source is Source.SCORES else None,
        addends=_addends(formula, scope, period, now),
        parts=parts or {},
    )


def needed(formulas: tuple[Formula, ...]) -> frozenset[str]:
    """The names of all sums that these formulas are over."""
    return frozenset(name for one in formulas for name in (*one.numerator, *one.denominator))


def formulas_of(figure: Figure) -> tuple[Formula, ...]:
    """All formulas of a figure."""
    return (figure.formula, *figure.variants.values(), *figure.parts.values())


def _sum(sums: Sums, found: Found) -> Decimal | None:
    """None where one of them is not known."""
    if not sums.keys() <= found.keys():
        return None
    return sum((times * Decimal(found[name]) for name, times in sums.items()), Decimal(0))


def _sample(
    figure: Figure, formula: Formula, found: Found, numerator: Decimal | None, denominator: Decimal | None
) -> int:
    if figure.source in (Source.TIMES, Source.BOTH):
        return int(found.get(AGENTS, 0))
    if figure.source is Source.SCHEDULES:
        return int(found.get("scheduled_agents", 0))
    if figure.source is Source.STAFF:
        return int(denominator or 0)
    if formula.denominator.keys() & {"ring_cadence_ms"}:
        return int(found.get("line_answered", 0))
    counted = denominator if formula.denominator else numerator
    return int(counted or 0)


def _judgement(band: Band | None, value: Decimal | None) -> Judgement | None:
    if band is None or value is None or (band.low is None and band.high is None):
        return None
    if band.low is not None and value < band.low:
        return Judgement.BELOW
    return Judgement.ABOVE if band.high is not None and value > band.high else Judgement.IN_BAND


def _good(direction: Direction, judgement: Judgement | None) -> bool | None:
    if judgement is None or direction is Direction.NONE:
        return None
    better = {Direction.LOWER: Judgement.BELOW, Direction.HIGHER: Judgement.ABOVE}.get(direction)
    return judgement in (Judgement.IN_BAND, better)


def _behind(counted: str, scope: Scope, period: Period) -> CallsBehind | None:
    if not counted:
        return None
    return CallsBehind(scope=scope, since=period.start, until=period.end, counted=counted)


def _addends(formula: Formula, scope: Scope, period: Period, now: datetime) -> AddendsBehind | None:
    sums = tuple(name for name in dict.fromkeys((*formula.numerator, *formula.denominator)) if name in LISTED)
    if not sums:
        return None
    return AddendsBehind(scope=scope, since=period.start, until=period.end, as_of=now, sums=sums)
