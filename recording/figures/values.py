"""From sums to a figure: the formula's two sums, their quotient, where it lies against its band. Pure and exact:
numbers are decimals, nothing is rounded here.
"""

from collections.abc import Callable, Collection, Mapping
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
    """Makes one figure of scopes of a kind by these rules, with all its parts and variants, or with those named in
    `parts`: what does not change from scope to scope and from time to time is found out once."""

    def __init__(self, figure: Figure, rules: Rules, kind: ScopeKind, parts: Collection[str] | None = None) -> None:
        self.key = figure.key
        formula, variant = figure.formula, figure.variant
        if figure.source is Source.COSTS and kind is not ScopeKind.CENTRE:
            variant = rules.share_costs_by
        if figure.variants:
            variant = rules.service_level
            formula = figure.variants[variant]
        band = rules.band(figure.key)
        self._whole = _Way(figure, formula, variant, band)
        every = {name: _Way(figure, one, "", None) for name, one in figure.parts.items()}
        every |= {name: _Way(figure, one, name, band) for name, one in figure.variants.items()}
        self._parts = {name: way for name, way in every.items() if parts is None or name in parts}

    def value(self, found: Found, about: About) -> FigureValue:
        """The figure, with its parts and variants."""
        parts = {name: way.value(found, about, {}) for name, way in self._parts.items()} if self._parts else {}
        return self._whole.value(found, about, parts)

    def bare(self, found: Found) -> Decimal | None:
        """Its value, and nothing about it."""
        return self._whole.fraction(found)[0]


class _Way:
    """One formula of a figure."""

    def __init__(self, figure: Figure, formula: Formula, variant: str, band: Band | None) -> None:
        self._figure = figure
        self._formula = formula
        self._variant = variant
        self._band = band
        self._sampled = _sampled(figure, formula)
        self._numerator = _adder(formula.numerator)
        self._denominator = _adder(formula.denominator) if formula.denominator else _one

    def value(self, found: Found, about: About, parts: Mapping[str, FigureValue]) -> FigureValue:
        """The number that it makes of what was found."""
        value, numerator, denominator = self.fraction(found)
        if not numerator and not about.when.begun:
            value = None
        counted = denominator if self._formula.denominator else numerator
        judgement = _judgement(self._band, value)
        return FigureValue(
            figure=self._figure,
            ways=self._formula,
            about=about,
            value=value,
            numerator=numerator or _NOTHING,
            denominator=denominator or _NOTHING,
            sample=int(found.get(self._sampled, 0) if self._sampled else counted or 0),
            band=self._band,
            judgement=judgement,
            good=_good(self._figure.direction, judgement),
            variant=self._variant,
            parts=parts,
        )

    def fraction(self, found: Found) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        """The value, and the two sums it is of; None for what is not known."""
        numerator, denominator = self._numerator(found), self._denominator(found)
        if numerator is None or not denominator:
            return None, numerator, denominator
        return self._formula.scale * numerator / denominator, numerator, denominator


def needed(formulas: tuple[Formula, ...]) -> frozenset[str]:
    """The names of all sums that these formulas are over."""
    return frozenset(name for one in formulas for name in (*one.numerator, *one.denominator))


def formulas_of(figure: Figure) -> tuple[Formula, ...]:
    """All formulas of a figure."""
    return (figure.formula, *figure.variants.values(), *figure.parts.values())


def _adder(sums: Sums) -> Callable[[Found], Decimal | None]:
    """What adds these up; None where one of them is not known."""
    first, *others = terms = tuple(sums.items())

    def alone(found: Found) -> Decimal | None:
        return None if (one := found.get(first[0])) is None else Decimal(one)

    def together(found: Found) -> Decimal | None:
        total: Decimal | int = 0
        for name, times in terms:
            if (one := found.get(name)) is None:
                return None
            total += times * one
        return Decimal(total)

    return together if others or first[1] != 1 else alone


def _one(_: Found) -> Decimal:
    """Below a mere count."""
    return _ONE


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
