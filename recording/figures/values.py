"""From sums to a figure: the formula's two sums, their quotient, where it lies against its band. Pure and exact:
numbers are decimals, nothing is rounded here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from recording.figures.counts import AGENTS
from recording.figures.definition import Band, Direction, Figure, Formula, Source, Sums
from recording.figures.report import About, FigureValue, Judgement
from recording.figures.rules import Rules
from recording.figures.scope import ScopeKind

Found = Mapping[str, Decimal | int]
"""The sums of a scope and a period by their names. A name that is missing makes every figure of it "no data"."""

_ONE, _NOTHING = Decimal(1), Decimal(0)
_BETTER: Mapping[Direction, Judgement] = {Direction.LOWER: Judgement.BELOW, Direction.HIGHER: Judgement.ABOVE}


class Maker:
    """Makes one figure of scopes of a kind by these rules: what does not change from scope to scope and from time to
    time is found out once."""

    def __init__(self, figure: Figure, rules: Rules, kind: ScopeKind) -> None:
        self.key = figure.key
        formula, variant = figure.formula, figure.variant
        if figure.source is Source.COSTS and kind is not ScopeKind.CENTRE:
            variant = rules.share_costs_by
        if figure.variants:
            variant = rules.service_level
            formula = figure.variants[variant]
        band = rules.band(figure.key)
        self._whole = _way(figure, formula, variant, band)
        self._parts = {name: _way(figure, one, "", None) for name, one in figure.parts.items()}
        self._parts |= {name: _way(figure, one, name, band) for name, one in figure.variants.items()}

    def value(self, found: Found, about: About, *, parts: bool = True) -> FigureValue:
        """The figure, with its parts and variants where they are wanted."""
        made = {name: way.value(found, about, {}) for name, way in self._parts.items()} if parts else {}
        return self._whole.value(found, about, made)

    def bare(self, found: Found) -> Decimal | None:
        """Its value, and nothing about it."""
        return self._whole.fraction(found)[0]


@dataclass(frozen=True, slots=True)
class _Way:
    """One formula of a figure."""

    figure: Figure
    formula: Formula
    variant: str
    band: Band | None
    sampled: str

    def value(self, found: Found, about: About, parts: Mapping[str, FigureValue]) -> FigureValue:
        formula = self.formula
        value, numerator, denominator = self.fraction(found)
        if not numerator and not about.begun:
            value = None
        counted = denominator if formula.denominator else numerator
        judgement = _judgement(self.band, value)
        return FigureValue(
            figure=self.figure,
            ways=formula,
            about=about,
            value=value,
            numerator=numerator or _NOTHING,
            denominator=denominator or _NOTHING,
            sample=int(found.get(self.sampled, 0) if self.sampled else counted or 0),
            band=self.band,
            judgement=judgement,
            good=_good(self.figure.direction, judgement),
            variant=self.variant,
            parts=parts,
        )

    def fraction(self, found: Found) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        """The value, and the two sums it is of; None for what is not known."""
        formula, value = self.formula, None
        numerator = _sum(formula.numerator, found)
        denominator = _sum(formula.denominator, found) if formula.denominator else _ONE
        if numerator is not None and denominator:
            value = formula.scale * numerator / denominator
        return value, numerator, denominator


def _way(figure: Figure, formula: Formula, variant: str, band: Band | None) -> _Way:
    return _Way(figure, formula, variant, band, _sampled(figure, formula))


def needed(formulas: tuple[Formula, ...]) -> frozenset[str]:
    """The names of all sums that these formulas are over."""
    return frozenset(name for one in formulas for name in (*one.numerator, *one.denominator))


def formulas_of(figure: Figure) -> tuple[Formula, ...]:
    """All formulas of a figure."""
    return (figure.formula, *figure.variants.values(), *figure.parts.values())


def _sum(sums: Sums, found: Found) -> Decimal | None:
    """None where one of them is not known."""
    total: Decimal | int = 0
    for name, times in sums.items():
        if (one := found.get(name)) is None:
            return None
        total += times * one
    return Decimal(total)


def _sampled(figure: Figure, formula: Formula) -> str:
    """The sum that says of how many a formula speaks; empty where it counts them itself."""
    if figure.source in (Source.TIMES, Source.BOTH):
        return AGENTS
    if "scheduled_ms" in formula.denominator:
        return "scheduled_agents"
    return "line_answered" if "ring_cadence_ms" in formula.denominator else ""


def _judgement(band: Band | None, value: Decimal | None) -> Judgement | None:
    if band is None or value is None or (band.low is None and band.high is None):
        return None
    if band.low is not None and value < band.low:
        return Judgement.BELOW
    return Judgement.ABOVE if band.high is not None and value > band.high else Judgement.IN_BAND


def _good(direction: Direction, judgement: Judgement | None) -> bool | None:
    if judgement is None or direction is Direction.NONE:
        return None
    return judgement is Judgement.IN_BAND or judgement is _BETTER.get(direction)
