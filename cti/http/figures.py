"""The key figures over HTTP: what they are, reports of a scope and a period, one figure over time. Every number names
the query that lists the calls behind it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from cti.figures_file import rules_of
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import Unfit, reaching_records
from cti.http.figure_words import ScopeName
from cti.http.views import View
from recording.figures.catalogue import CATALOGUE, FIGURES, Band, Formula
from recording.figures.inputs import all_inputs
from recording.figures.period import Period, PeriodError, Unit
from recording.figures.report import CallsBehind, FigureValue, Report, Series
from recording.figures.rules import Rules, Thresholds
from recording.figures.scope import Scope, ScopeKind
from recording.figures.service import Figures

STEPS_AT_MOST = 1_500
"""Points of one series: a month of half hours has at most 1,490."""

VALUES_AT_MOST = 3_000
"""Of one answer, so that nobody keeps the service's loop."""

EACH = ("queue:*", "team:*", "agent:*")


def _scopes(text: str) -> str:
    if text not in EACH:
        Scope.parse(text)
    return text


class FiguresQuery(Given):
    """Whose figures of which time."""

    scope: Annotated[str, AfterValidator(_scopes)] = Field(
        "centre", description="centre, queue:<name>, team:<name>, agent:<number>; with * for a name, each of them."
    )
    period: str = Field(
        "",
        description="2026-11-22, 2026-W47, 2026-11, 2026-Q4, 2026-11-22T10 (an hour), 2026-11-22T10:30 (a half hour), "
        "or two of them with .. between, in the centre's time zone; today where nothing is said.",
    )
    keys: str = Field("", description="The keys of the figures, with commas between; all where nothing is said.")


class SeriesQuery(Given):
    """Figures over time."""

    keys: str = Field(description="The keys of the figures, with commas between.")
    scope: ScopeName = "centre"
    period: str = Field("", description="As for a report.")
    step: Literal["half_hour", "hour", "day", "week", "month", "quarter"] = "half_hour"


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
    """All figures; `version` is that of all formulas together."""

    version: str
    service_level: str
    figures: list[FigureView]


class NumberView(View):
    """A number. `value` is null where there is no data; `calls` is the query that lists the calls of the numerator at
    /api/calls, `of` those of the denominator, `evaluations` that of /api/quality/counted for a mean of scores."""

    value: float | None
    numerator: float
    denominator: float
    sample: int = Field(description="Of how many calls, agents or evaluations it speaks.")
    judgement: str | None = Field(description="in_band, above or below its band.")
    good: bool | None
    calls: Mapping[str, str] | None
    of: Mapping[str, str] | None
    evaluations: Mapping[str, str] | None


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


async def show_catalogue(asked: Asked[Nothing, Nothing]) -> CatalogueView:
    """What the 23 figures are: formulas, units, bands as this centre has them."""
    rules = rules_of(asked.floor.centre)
    figures = [
        FigureView(
            key=one.key,
            number=one.number,
            title=one.title,
            meaning=one.meaning,
            unit=one.unit.value,
            version=one.version,
            formula=_formula(one.variants.get(rules.service_level, one.formula)),
            variants={name: _formula(formula) for name, formula in one.variants.items()},
            parts={name: _formula(formula) for name, formula in one.parts.items()},
            band=_band(rules.band(one.key)),
            direction=one.direction.value,
            periods=[unit.value for unit in one.periods],
            scopes=sorted(kind.value for kind in one.scopes),
        )
        for one in FIGURES.values()
    ]
    return CatalogueView(version=CATALOGUE, service_level=rules.service_level, figures=figures)


async def show_figures(asked: Asked[FiguresQuery, Nothing]) -> ReportsView:
    """The figures of the centre, a queue, a team or an agent in a period, or of each of them."""
    query, rules = asked.query, rules_of(asked.floor.centre)
    figures, period = _figures(asked, rules), _period(query.period, rules)
    keys = [key for key in query.keys.split(",") if key] or None
    kind, _, name = query.scope.partition(":")
    _require_keys(keys or [], ScopeKind(kind))
    with reaching_records():
        if name == "*":
            found = await figures.reports(ScopeKind(kind), period, keys)
        else:
            found = [await figures.report(Scope.parse(query.scope), period, keys)]
    return ReportsView(reports=[_report(one) for one in found])


async def show_series(asked: Asked[SeriesQuery, Nothing]) -> AllSeriesView:
    """Figures over time, of each a value for each step of the period; at most 1,500 steps, and 3,000 values in all."""
    query, rules = asked.query, rules_of(asked.floor.centre)
    figures, period, scope = _figures(asked, rules), _period(query.period, rules), Scope.parse(query.scope)
    keys = list(dict.fromkeys(query.keys.split(",")))
    _require_keys(keys, scope.kind)
    steps = period.length_ms / _SHORTEST_MS[query.step]
    if steps > STEPS_AT_MOST or steps * len(keys) > VALUES_AT_MOST:
        expected = f"{STEPS_AT_MOST} steps and {VALUES_AT_MOST} values at most"
        raise Unfit(f"step: {len(keys)} figures by {query.step} in {period.name}; expected {expected}", "step")
    with reaching_records():
        found = await figures.several(keys, scope, period, Unit(query.step))
    return AllSeriesView(series=[_series(one) for one in found])


def _series(one: Series) -> SeriesView:
    points = [
        PointView(period=step.name, since=step.start, until=step.end, value=_value(value)) for step, value in one.points
    ]
    return SeriesView(key=one.key, scope=str(one.scope), points=points)


_SHORTEST_MS = {
    "half_hour": 1_800_000,
    "hour": 3_600_000,
    "day": 23 * 3_600_000,
    "week": 167 * 3_600_000,
    "month": 671 * 3_600_000,
    "quarter": 2_159 * 3_600_000,
}
"""The shortest of each, where clocks are put forward in it."""


def _figures(asked: Asked[FiguresQuery, Nothing] | Asked[SeriesQuery, Nothing], rules: Rules) -> Figures:
    store = asked.floor.store
    return Figures(store, rules, all_inputs(store))


def _period(text: str, rules: Rules) -> Period:
    try:
        return Period.parse(text, rules.zone) if text else Period.at(Unit.DAY, datetime.now(UTC), rules.zone)
    except PeriodError as error:
        raise Unfit(f"period: {error}", "period") from None


def _require_keys(keys: list[str], kind: ScopeKind) -> None:
    for key in keys:
        if key not in FIGURES:
            raise Unfit(f"keys: {key!r}; expected of: {', '.join(FIGURES)}", "keys")
        if kind not in FIGURES[key].scopes:
            raise Unfit(f"keys: {key} cannot be said of one {kind}", "keys")


def _report(one: Report) -> ReportView:
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
        band=_band(one.band),
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
        "calls": _query(one.calls),
        "of": _query(one.of),
        "evaluations": one.evaluations,
    }


def _query(behind: CallsBehind | None) -> Mapping[str, str] | None:
    return None if behind is None else behind.query


def _formula(one: Formula) -> FormulaView:
    return FormulaView(numerator=one.numerator, denominator=one.denominator, scale=float(one.scale))


def _band(one: Band | None) -> BandView | None:
    if one is None:
        return None
    numbers = {name: getattr(one, name) for name in ("low", "high", "norm", "wish")}
    return BandView(**{name: None if value is None else float(value) for name, value in numbers.items()})


ENDPOINTS = (
    Endpoint("GET", "/api/figures", show_figures, FiguresQuery, Nothing, ReportsView),
    Endpoint("GET", "/api/figures/series", show_series, SeriesQuery, Nothing, AllSeriesView),
    Endpoint("GET", "/api/figures/catalogue", show_catalogue, Nothing, Nothing, CatalogueView),
)
