"""What forecast is wanted: of whom, of which days, for which target. It is what a query, a report and the process that
makes forecasts say to each other; it takes nothing to write one.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from recording.figures.period import Period, midnight
from recording.figures.scope import Scope, ScopeKind
from recording.forecasting.values import MOST_DAYS_SHOWN

FORECAST = frozenset({ScopeKind.CENTRE, ScopeKind.QUEUE})
"""Whose calls are forecast."""

Percent = Annotated[float, Field(gt=0, lt=100)]
Seconds = Annotated[float, Field(gt=0, lt=86_400)]


class ForecastOrderError(ValueError):
    """A forecast that cannot be made; `field` is what of the order is to blame."""

    id = "forecast-invalid"

    def __init__(self, message: str, field: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


class ForecastOrder(BaseModel):
    """An order of a forecast. `period` names whole days as recording.figures.period.Period.parse has it; the seven
    days from today on where nothing is said. `share` (%) of the calls are to be answered `within_s`: as the centre's
    files have it where nothing is said, as are `handle_s` and `patience_s` as they lately were. `level` is in how many
    of a hundred half hours the calls lie between their bounds. `known_until`: what came after this day is not looked
    at; up to yesterday where nothing is said. `test`: how good it would have been in so many weeks is told, too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scope: str = "centre"
    period: str = ""
    share: Percent | None = None
    within_s: Seconds | None = None
    occupancy: Annotated[float, Field(gt=0, le=100)] = 100
    shrinkage: Annotated[float, Field(ge=0, lt=100)] = 0
    handle_s: Seconds | None = None
    patience_s: Seconds | None = None
    level: Percent = 80
    cautious: bool = False
    leave_out: Annotated[tuple[date, ...], Field(strict=False)] = ()
    special: Mapping[date, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    known_until: date | None = None
    test: Annotated[int, Field(ge=1, le=26)] | None = None

    def whose(self) -> Scope:
        """Of whom it is. Raises ScopeError, ForecastOrderError."""
        scope = Scope.parse(self.scope)
        if scope.kind not in FORECAST:
            raise ForecastOrderError(f"calls of one {scope.kind} are not forecast; expected centre or a queue", "scope")
        return scope

    def days(self, now: datetime, zone: ZoneInfo) -> list[date]:
        """Its days. Raises ForecastOrderError, PeriodError."""
        today = now.astimezone(zone).date()
        if not self.period:
            return [today + timedelta(days=number) for number in range(7)]
        period = Period.parse(self.period, zone)
        first, end = period.start.date(), period.end.date()
        if (period.start, period.end) != (midnight(first, zone), midnight(end, zone)):
            raise ForecastOrderError(f"{self.period} is no whole days; expected days, a week or a month", "period")
        days = (end - first).days
        if days > MOST_DAYS_SHOWN:
            raise ForecastOrderError(f"{days} days; expected {MOST_DAYS_SHOWN} at most", "period")
        return [first + timedelta(days=number) for number in range(days)]
