"""Key figures as the API shows them: for who makes the answers (cti/figure_answers.py), and who describes the API."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from cti.http.views import View
from recording.figures.definition import Band, Formula
from recording.figures.report import FigureValue, Report, Series
from recording.figures.rules import Rules, Thresholds


class BandView(View):
    """The values to aim at, both ends included; null where a side is open."""

    low: float | None
    high: float | None
    norm: float | None
    wish: float | None


class FormulaView(View):
    """`scale` times the numerator, divided by the denominator; each is a sum of named sums, times whole numbers. An
    empty denominator: a mere count."""

    numerator: Mapping[str, int]
    denominator: Mapping[str, int]
    scale: float


class FigureView(View):
    """What a figure is."""

    key: str
    number: int
    title: str
    meaning: str
    unit: str
    version: int
    formula: FormulaView
    variants: Mapping[str, FormulaView]
    parts: Mapping[str, FormulaView]
    band: BandView | None
    direction: str = Field(description="Which values are good: lower, higher, inside the band, or nobody can say.")
    periods: list[str] = Field(description="For which it is usually shown.")
    scopes: list[str]


class CatalogueView(View):
    """All figures; `version` is that of all formulas together. `beside` are counts of calls that nobody made to us;
    their `number` is 0."""

    version: str
    service_level: str
    figures: list[FigureView]
    beside: list[FigureView]


class NumberView(View):
    """A number. `value` is null where there is no data; `calls` is the query that lists the calls of the numerator at
    /api/calls, `of` those of the denominator, `evaluations` that of /api/quality/counted for a mean of scores,
    `addends` that of /api/figures/addends for its sums that are not of calls."""

    value: float | None
    numerator: float
    denominator: float
    sample: int = Field(description="Of how many calls, agents or evaluations it speaks.")
    judgement: str | None = Field(description="in_band, above or below its band.")
    good: bool | None
    calls: Mapping[str, str] | None
    of: Mapping[str, str] | None
    evaluations: Mapping[str, str] | None
    addends: Mapping[str, str] | None


class ValueView(NumberView):
    """A figure's number. `formula` is its id and version, `variant` which of its usual denominators it has."""

    key: str
    formula: str
    unit: str
    variant: str
    band: BandView | None
    parts: Mapping[str, NumberView]


class ThresholdsView(View):
    """Seconds, both included: answered so soon is answered in time, abandoned so soon is a short abandon."""

    service_level_s: float
    short_abandon_s: float


class RulesView(View):
    """By what the calls that began at `since` or later were judged: those of each queue, of others, and how many days
    the first contact is."""

    since: datetime
    queues: Mapping[str, ThresholdsView]
    otherwise: ThresholdsView
    first_contact_days: int


class ReportView(View):
    """The figures of one scope; `as_of` is when it was made. `rules`: several, where thresholds were changed in the
    period."""

    scope: str
    period: str
    since: datetime
    until: datetime
    as_of: datetime
    catalogue: str
    rules: list[RulesView]
    values: list[ValueView]


class ReportsView(View):
    """One report, or of `queue:*` and the like one for each that has anything in the period."""

    reports: list[ReportView]


class PointView(View):
    """A step of a series."""

    period: str
    since: datetime
    until: datetime
    value: ValueView


class SeriesView(View):
    """One figure over time."""

    key: str
    scope: str
    points: list[PointView]


class AllSeriesView(View):
    """Figures over time, in the order of their numbers."""

    series: list[SeriesView]


def series_view(one: Series) -> SeriesView:
    """One figure over time."""
    points = [
        PointView(period=step.name, since=step.start, until=step.end, value=_value(value)) for step, value in one.points
    ]
    return SeriesView(key=one.key, scope=str(one.scope), points=points)


def report_view(one: Report) -> ReportView:
    """The figures of one scope."""
    return ReportView(
        scope=str(one.scope),
        period=one.period.name,
        since=one.period.start,
        until=one.period.end,
        as_of=one.as_of,
        catalogue=one.catalogue,
        rules=[_rules(since, rules) for since, rules in one.rules],
        values=[_value(value) for value in one.values],
    )


def _rules(since: datetime, rules: Rules) -> RulesView:
    return RulesView(
        since=since,
        queues={queue: _thresholds(one) for queue, one in rules.thresholds.items()},
        otherwise=_thresholds(rules.otherwise),
        first_contact_days=rules.first_contact_days,
    )


def _thresholds(one: Thresholds) -> ThresholdsView:
    return ThresholdsView(
        service_level_s=one.service_level_ms / 1000,
        short_abandon_s=one.short_abandon_ms / 1000,
    )


def _value(one: FigureValue) -> ValueView:
    return ValueView(
        **_number(one),
        key=one.key,
        formula=one.formula,
        unit=one.unit.value,
        variant=one.variant,
        band=band_view(one.band),
        parts={name: NumberView(**_number(part)) for name, part in one.parts.items()},
    )


def _number(one: FigureValue) -> dict[str, object]:
    return {
        "value": None if one.value is None else round(float(one.value), 6),
        "numerator": float(one.numerator),
        "denominator": float(one.denominator),
        "sample": one.sample,
        "judgement": one.judgement and one.judgement.value,
        "good": one.good,
        "calls": one.calls,
        "of": one.of,
        "evaluations": one.evaluations,
        "addends": one.addends,
    }


def formula_view(one: Formula) -> FormulaView:
    """A formula."""
    return FormulaView(numerator=one.numerator, denominator=one.denominator, scale=float(one.scale))


def band_view(one: Band | None) -> BandView | None:
    """A band, where there is one."""
    if one is None:
        return None
    numbers = {name: getattr(one, name) for name in ("low", "high", "norm", "wish")}
    return BandView(**{name: None if value is None else float(value) for name, value in numbers.items()})
