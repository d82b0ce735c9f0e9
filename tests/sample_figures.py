"""Figures made by hand behind the port of recording.figures.service: a centre with two queues, a team of two and an
agent of none. Their values go by the hour and the weekday, so that whoever shows them can be held to it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from recording.figures.catalogue import CATALOGUE, EVERY, FIGURES
from recording.figures.definition import Figure, UnitOf
from recording.figures.period import Period, Unit
from recording.figures.report import About, FigureValue, Judgement, Report, Series, When
from recording.figures.scope import Scope, ScopeKind
from recording.figures.service import Parts
from recording.reports.material import Names

NAMES = Names(
    centre="示范中心",
    queues={"sales": "Sales 销售", "support": "Support"},
    agents={"1001": "李娜", "1002": '=HYPERLINK("x")', "1003": "<b>Anna</b>\x07"},
    teams={"1001": "north", "1002": "north"},
    currency="CNY",
)
AS_OF = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

_SCOPES = {
    ScopeKind.QUEUE: ("sales", "support"),
    ScopeKind.TEAM: ("north",),
    ScopeKind.AGENT: ("1001", "1002", "1003"),
}
_ROUGHLY = {UnitOf.PERCENT: 80, UnitOf.SECONDS: 120, UnitOf.CALLS: 40, UnitOf.POINTS: 85}


class SampleFigures:
    """Answers every question, and counts them."""

    def __init__(self) -> None:
        self.asked = 0

    async def report(self, scope: Scope, period: Period, keys: Collection[str] | None = None) -> Report:
        """Every figure that the scope has."""
        self.asked += 1
        wanted = FIGURES if keys is None else keys
        figures = (one for one in EVERY.values() if one.key in wanted and scope.kind in one.scopes)
        values = tuple(value_of(figure, scope, period) for figure in figures)
        return Report(scope=scope, period=period, as_of=AS_OF, catalogue=CATALOGUE, values=values)

    async def reports(self, kind: ScopeKind, period: Period, keys: Collection[str] | None = None) -> Sequence[Report]:
        """Of all there are."""
        return [await self.report(Scope(kind, name), period, keys) for name in _SCOPES[kind]]

    async def breakdowns(
        self, wanted: Mapping[ScopeKind, Collection[str]], period: Period
    ) -> Mapping[ScopeKind, Sequence[Report]]:
        """Of all there are of each kind."""
        return {kind: await self.reports(kind, period, keys) for kind, keys in wanted.items()}

    async def compared(
        self, wanted: Mapping[ScopeKind, Collection[str]], period: Period
    ) -> Mapping[Scope, Mapping[str, Decimal | None]]:
        """Their values."""
        reports = [one for some in (await self.breakdowns(wanted, period)).values() for one in some]
        return {one.scope: {value.key: value.value for value in one.values} for one in reports}

    async def series(self, key: str, scope: Scope, period: Period, step: Unit) -> Series:
        """A value for each step."""
        self.asked += 1
        points = tuple((one, value_of(EVERY[key], scope, one)) for one in period.split(step))
        return Series(key=key, scope=scope, period=period, points=points)

    async def several(
        self, keys: Collection[str], scope: Scope, period: Period, step: Unit, parts: Parts | None = None
    ) -> Sequence[Series]:
        """A value for each step of each, with all its parts."""
        return [await self.series(key, scope, period, step) for key in keys]

    async def received(self, scope: Scope, period: Period) -> Mapping[datetime, int]:
        """As many as the figure has."""
        self.asked += 1
        return {one.since: int(_level(EVERY["received"], one)) for one in period.split(Unit.HALF_HOUR)}


async def sample_figures(_store: object, _centre: object) -> SampleFigures:
    """In place of those of a store and a centre."""
    return SampleFigures()


def value_of(figure: Figure, scope: Scope, period: Period) -> FigureValue:
    """A value that nobody would take for a real one, but of a size that could be. `first_contact` has no data."""
    if figure.key == "first_contact":
        return _value(figure, scope, period, None)
    level = _level(figure, period)
    value = _value(figure, scope, period, level)
    parts = {
        name: _value(figure, scope, period, (level / (2 + at)).quantize(Decimal("0.1")), name)
        for at, name in enumerate(figure.parts or figure.variants)
    }
    return replace(value, parts=parts)


def _level(figure: Figure, period: Period) -> Decimal:
    return Decimal(_ROUGHLY.get(figure.unit, 3)) + period.start.hour % 7 + period.start.weekday() + figure.number % 5


def _value(figure: Figure, scope: Scope, period: Period, level: Decimal | None, counted: str = "") -> FigureValue:
    low = figure.band.low if figure.band else None
    judged = None if low is None or level is None else Judgement.IN_BAND if level >= low else Judgement.BELOW
    return FigureValue(
        figure=figure,
        ways=replace(figure.formula, counted=counted or figure.formula.of or "answered"),
        about=About(scope, When(period, AS_OF)),
        value=level,
        numerator=level or Decimal(0),
        denominator=Decimal(1 if level else 0),
        sample=0 if level is None else 12,
        band=figure.band,
        judgement=judged,
        good=None if judged is None else judged is Judgement.IN_BAND,
    )
