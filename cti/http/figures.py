"""The key figures over HTTP: what they are, reports of a scope and a period, one figure over time. Every number names
the query that lists the calls behind it. What is computed is computed by a process of its own (cti/figure_answers.py).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import AfterValidator, Field

from cti.figures_file import rules_of
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import Unfit
from cti.http.figure_views import AllSeriesView, CatalogueView, FigureView, ReportsView, band_view, formula_view
from cti.http.figure_words import ScopeName
from cti.http.reports import send
from recording.figures.catalogue import BESIDE, CATALOGUE, EVERY, FIGURES
from recording.figures.definition import Figure
from recording.figures.order import FiguresOrder, SeriesOrder
from recording.figures.period import Period, PeriodError, Unit
from recording.figures.rules import Rules
from recording.figures.scope import Scope, ScopeKind

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
    keys: str = Field("", description="The keys of the figures, with commas between; all 23 where nothing is said.")


class SeriesQuery(Given):
    """Figures over time."""

    keys: str = Field(description="The keys of the figures, with commas between.")
    scope: ScopeName = "centre"
    period: str = Field("", description="As for a report.")
    step: Literal["half_hour", "hour", "day", "week", "month", "quarter"] = "half_hour"


async def show_catalogue(asked: Asked[Nothing, Nothing]) -> CatalogueView:
    """What the 23 figures are, and the counts beside them: formulas, units, bands as this centre has them."""
    rules = rules_of(asked.floor.centre)
    return CatalogueView(
        version=CATALOGUE,
        service_level=rules.service_level,
        figures=[_figure(one, rules) for one in FIGURES.values()],
        beside=[_figure(one, rules) for one in BESIDE.values()],
    )


def _figure(one: Figure, rules: Rules) -> FigureView:
    return FigureView(
        key=one.key,
        number=one.number,
        title=one.title,
        meaning=one.meaning,
        unit=one.unit.value,
        version=one.version,
        formula=formula_view(one.variants.get(rules.service_level, one.formula)),
        variants={name: formula_view(formula) for name, formula in one.variants.items()},
        parts={name: formula_view(formula) for name, formula in one.parts.items()},
        band=band_view(rules.band(one.key)),
        direction=one.direction.value,
        periods=[unit.value for unit in one.periods],
        scopes=sorted(kind.value for kind in one.scopes),
    )


async def show_figures(asked: Asked[FiguresQuery, Nothing]) -> web.StreamResponse:
    """The figures of the centre, a queue, a team or an agent in a period, or of each of them."""
    query = asked.query
    period = _period(query.period, asked.floor.centre.time_zone)
    keys = [key for key in query.keys.split(",") if key]
    _require_keys(keys, ScopeKind(query.scope.partition(":")[0]))
    order = FiguresOrder(scope=query.scope, period=query.period or period.name, keys=tuple(keys))
    return await _have(asked, {"figures": order.model_dump(mode="json")})


async def show_series(asked: Asked[SeriesQuery, Nothing]) -> web.StreamResponse:
    """Figures over time, of each a value for each step of the period; at most 1,500 steps, and 3,000 values in all."""
    query, scope = asked.query, Scope.parse(asked.query.scope)
    period = _period(query.period, asked.floor.centre.time_zone)
    keys = list(dict.fromkeys(query.keys.split(",")))
    _require_keys(keys, scope.kind)
    steps = period.length_ms / _SHORTEST_MS[query.step]
    if steps > STEPS_AT_MOST or steps * len(keys) > VALUES_AT_MOST:
        expected = f"{STEPS_AT_MOST} steps and {VALUES_AT_MOST} values at most"
        raise Unfit(f"step: {len(keys)} figures by {query.step} in {period.name}; expected {expected}", "step")
    order = SeriesOrder(scope=query.scope, period=query.period or period.name, keys=tuple(keys), step=Unit(query.step))
    return await _have(asked, {"series": order.model_dump(mode="json")})


_SHORTEST_MS = {
    "half_hour": 1_800_000,
    "hour": 3_600_000,
    "day": 23 * 3_600_000,
    "week": 167 * 3_600_000,
    "month": 671 * 3_600_000,
    "quarter": 2_159 * 3_600_000,
}
"""The shortest of each, where clocks are put forward in it."""


async def _have(asked: Asked[Any, Nothing], order: Mapping[str, Any]) -> web.StreamResponse:
    return await send(asked.request, asked.floor.figures, order, asked.holder)


def _period(text: str, zone: ZoneInfo) -> Period:
    try:
        return Period.parse(text, zone) if text else Period.at(Unit.DAY, datetime.now(UTC), zone)
    except PeriodError as error:
        raise Unfit(f"period: {error}", "period") from None


def _require_keys(keys: list[str], kind: ScopeKind) -> None:
    for key in keys:
        if key not in EVERY:
            raise Unfit(f"keys: {key!r}; expected of: {', '.join(EVERY)}", "keys")
        if kind not in EVERY[key].scopes:
            raise Unfit(f"keys: {key} cannot be said of one {kind}", "keys")


ENDPOINTS = (
    Endpoint("GET", "/api/figures", show_figures, FiguresQuery, Nothing, ReportsView, errors=(404, 500, 503)),
    Endpoint("GET", "/api/figures/series", show_series, SeriesQuery, Nothing, AllSeriesView, errors=(404, 500, 503)),
    Endpoint("GET", "/api/figures/catalogue", show_catalogue, Nothing, Nothing, CatalogueView),
)
