"""What report is wanted: which, of whom, of when, in which language and form. It is what a command line, a query, a
schedule and the process that makes reports say to each other.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from recording.figures.catalogue import EVERY
from recording.figures.period import Period, PeriodError, Unit
from recording.figures.scope import Scope
from recording.forecasting.order import FORECAST
from recording.reports.document import Language
from recording.reports.named import REPORTS, Definition, Forecasting

LONGEST = timedelta(days=1100)
"""Of a free report: three years, so that none asks for more lines than anybody can look at."""

RUNNING = "now"


class Form(StrEnum):
    """What a report is written as."""

    JSON = "json"
    TEXT = "text"
    CSV = "csv"
    PARQUET = "parquet"
    XLSX = "xlsx"
    HTML = "html"


MEDIA = {
    Form.JSON: "application/json",
    Form.TEXT: "text/plain; charset=utf-8",
    Form.CSV: "text/csv; charset=utf-8; header=present",
    Form.PARQUET: "application/vnd.apache.parquet",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.HTML: "text/html; charset=utf-8",
}
"""The media type of each form."""


class OrderError(ValueError):
    """A report that cannot be made; `field` is what of the order is to blame."""

    id = "report-invalid"

    def __init__(self, message: str, field: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


class Order(BaseModel):
    """An order of a report. `at` names its time as recording.figures.period.Period.parse has it, or any time in it;
    "now" is the one that runs, and nothing the last that is over. `keys` are the figures wanted, all where nothing is
    said. `calls`: text tells of each number the command that lists the calls behind it. `forecast`: whether
    one stands at the end; as the report has it where nothing is said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    report: str
    scope: str = "centre"
    at: str = ""
    keys: Annotated[tuple[str, ...], Field(strict=False)] = ()
    language: Language = Language.ENGLISH
    form: Form = Form.JSON
    bom: bool = False
    calls: bool = False
    forecast: bool | None = None

    def definition(self) -> Definition:
        """The report it names, where it is one that can be had so. Raises OrderError."""
        found = REPORTS.get(self.report)
        if found is None:
            raise OrderError(f"there is no report {self.report!r}; expected one of {', '.join(REPORTS)}", "report")
        if found.in_words:
            self._require_words(found)
        return found

    def forecasts(self) -> bool:
        """Whether a forecast stands at its end. Raises OrderError, ScopeError."""
        if self.forecast and not self._can_forecast():
            able = ", ".join(one.name for one in REPORTS.values() if one.forecast is not Forecasting.NEVER)
            expected = f"one of {able}, of the centre or a queue"
            raise OrderError(f"the {self.report} report of {self.scope} has none; expected {expected}", "forecast")
        if not self._can_forecast() or (self.keys and "received" not in self.keys):
            return False
        return self.definition().forecast is Forecasting.ALWAYS if self.forecast is None else self.forecast

    def to_mail(self) -> Self:
        """The same as it is sent: with its forecast, where it may have one and nothing else was said."""
        wants = self.forecast is None and self._can_forecast()
        return self.model_copy(update={"forecast": True}) if wants else self

    def _can_forecast(self) -> bool:
        return self.definition().forecast is not Forecasting.NEVER and self.whose().kind in FORECAST

    def _require_words(self, found: Definition) -> None:
        if self.form in (Form.CSV, Form.PARQUET, Form.XLSX):
            raise OrderError(f"the {found.name} is told in words; expected html, text or json", "form")
        if self.keys:
            raise OrderError(f"the {found.name} has no figures to choose from; expected none", "keys")
        if self.scope.startswith("agent:"):
            raise OrderError(f"there is no {found.name} of an agent; expected centre, queue or team", "scope")

    def whose(self) -> Scope:
        """Of whom it speaks. Raises ScopeError."""
        return Scope.parse(self.scope)

    def figures(self) -> tuple[str, ...]:
        """The figures wanted, () for all. Raises OrderError."""
        for key in self.keys:
            if key not in EVERY:
                raise OrderError(f"there is no figure {key!r}; expected some of {', '.join(EVERY)}", "keys")
        return self.keys

    def period(self, now: datetime, zone: ZoneInfo) -> Period:
        """Its time, in the centre's zone. Raises OrderError, PeriodError."""
        unit = self.definition().unit
        if unit is Unit.RANGE:
            if not self.at or self.at == RUNNING:
                raise OrderError("a free report needs its time, such as 2026-11-01..2026-11-14", "at")
            period = Period.parse(self.at, zone)
            if period.end - period.start > LONGEST:
                raise OrderError(f"expected a time of at most {LONGEST.days} days", "at")
            return period
        running = Period.at(unit, now, zone)
        if self.at == RUNNING:
            return running
        if not self.at:
            return running.before()
        given = Period.parse(self.at, zone)
        period = Period.at(unit, given.start, zone)
        if given.end.timestamp() > period.end.timestamp():
            raise PeriodError(f"{self.at} is longer than the time of one report {self.report}")
        return period
