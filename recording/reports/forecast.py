"""A forecast as sections of a report: the days to come in a table, the calls of each half hour with their bounds, and
the agents whom they need by Erlang C and, where callers are known to leave, by Erlang A. Pure; made from the forecast's
value, it takes nothing of what makes one.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from recording.figures.period import Unit as Length
from recording.figures.period import later, midnight
from recording.forecasting.values import DayOutlook, HalfHourOutlook, Outlook
from recording.reports.compose import Further
from recording.reports.document import Formula, Language, Layout, Number, ReportDocument, Section, Span, Subject, Unit
from recording.reports.words import say

HALF_HOUR_S = 1800

CALLS, ERLANG_A, ERLANG_C = "forecast_calls", "erlang_a", "erlang_c"
HOURS = {ERLANG_A: "erlang_a_hours", ERLANG_C: "erlang_c_hours"}
VERSION = 1
_BY_HALF_HOURS = frozenset({"forecast_calls", "forecast_staff", "forecast_half_hours"})


def forecast_sections(
    made: Outlook, subject: Subject, language: Language, zone: ZoneInfo, unit: Length = Length.WEEK
) -> Further:
    """The sections of a forecast that could be made: of a day its half hours one below the other, of a week side by
    side, of a month its days; the half hours of a month are for programs."""
    maker = _Maker(made, subject, language, zone)
    sections: tuple[Section, ...]
    match unit:
        case Length.DAY:
            sections = (maker.days(), maker.half_hours(Layout.LINES))
        case Length.MONTH:
            sections = (maker.days(Layout.LINES), maker.half_hours(Layout.NUMBERS))
        case _:
            sections = (maker.days(), maker.calls(), maker.staff())
    named = (CALLS, *maker.formulas)
    return Further(tuple(one for one in sections if one.numbers), tuple(_formula(key, language) for key in named))


def half_hours_of(document: ReportDocument) -> ReportDocument | None:
    """The report with the half hours of its forecast alone, for a file of their own; None where it has none."""
    found = tuple(one for one in document.sections if one.key in _BY_HALF_HOURS and one.numbers)
    return document.model_copy(update={"sections": found}) if found else None


def no_forecast(reason: str, language: Language, **said: str) -> Further:
    """The section that says why there is none: `reason` is the error's id, `said` what its sentence tells."""
    note = say(f"note.{reason}", language, **said)
    title = _section("forecast", language)
    return Further((Section(key="forecast", title=title, note=note, layout=Layout.TIMES, numbers=()),))


class _Maker:
    """The sections of one forecast."""

    def __init__(self, made: Outlook, subject: Subject, language: Language, zone: ZoneInfo) -> None:
        self._made, self._subject, self._language, self._zone = made, subject, language, zone
        self.formulas = (ERLANG_C,) if made.patience_s is None else (ERLANG_A, ERLANG_C)

    def days(self, layout: Layout = Layout.TIMES) -> Section:
        """Each day: its calls, and the hours of agents."""
        note = self._say("note.forecast", level=f"{self._made.level * 100:g}", days=str(self._made.days_known))
        numbers = [number for day in self._made.days for number in self._of_day(day)]
        return self._made_of("forecast", layout, numbers, note)

    def calls(self) -> Section:
        """Each half hour's calls between their bounds."""
        return self._made_of("forecast_calls", Layout.WEEK, [self._calls(one) for one in self._made.half_hours])

    def staff(self) -> Section:
        """The agents of each half hour, by each formula."""
        numbers = [number for one in self._made.half_hours for number in self._agents(one)]
        return self._made_of("forecast_staff", Layout.WEEK, numbers, self._target())

    def half_hours(self, layout: Layout) -> Section:
        """Both in one: a row for each half hour."""
        numbers = [number for one in self._made.half_hours for number in (self._calls(one), *self._agents(one))]
        note = self._target()
        if layout is Layout.NUMBERS:
            note += self._say("note.for_programs")
        return self._made_of("forecast_half_hours", layout, numbers, note)

    def _target(self) -> str:
        """What the agents are to reach, and what calls are like."""
        made = self._made
        patience = self._say("note.patience", s=f"{made.patience_s:.0f}") if made.patience_s else ""
        note = self._say(
            "note.staff",
            share=f"{made.share * 100:g}",
            within=f"{made.within_s:g}",
            handle=f"{made.handle_s:.0f}",
            patience=patience or self._say("note.no_patience"),
        )
        if made.for_agents < 1:
            note += self._say("note.for_agents", share=f"{made.for_agents * 100:.0f}")
        return note

    def _of_day(self, day: DayOutlook) -> Iterator[Number]:
        start = midnight(day.day, self._zone)
        span = Span(start=start, end=midnight(day.day + timedelta(days=1), self._zone))
        yield self._number(CALLS, span, day.calls, Unit.CALLS, low=day.low, high=day.high)
        yield self._number("busiest", span, day.agents, Unit.PEOPLE, formula=self.formulas[0])
        for key in self.formulas:
            yield self._number(HOURS[key], span, getattr(day, HOURS[key]), Unit.HOURS, formula=key)

    def _calls(self, one: HalfHourOutlook) -> Number:
        return self._number(CALLS, _half_hour(one.start), one.calls, Unit.CALLS, low=one.low, high=one.high)

    def _agents(self, one: HalfHourOutlook) -> Iterator[Number]:
        for key in self.formulas:
            yield self._number(key, _half_hour(one.start), getattr(one, key), Unit.PEOPLE)

    def _number(self, key: str, span: Span, value: float, unit: Unit, *, formula: str = "", **more: float) -> Number:
        bounds = {name: _exact(bound) for name, bound in more.items()}
        return Number(
            key=key,
            version=VERSION,
            formula=_id(formula or key),
            title=self._say(f"figure.{key}"),
            subject=self._subject,
            span=span,
            value=_exact(value),
            unit=unit,
            sample=self._made.days_known,
            low=bounds.get("low"),
            high=bounds.get("high"),
        )

    def _made_of(self, key: str, layout: Layout, numbers: list[Number], note: str = "") -> Section:
        title = _section(key, self._language)
        return Section(key=key, title=title, note=note, layout=layout, numbers=tuple(numbers))

    def _say(self, key: str, **values: str) -> str:
        return say(key, self._language, **values)


def _half_hour(start: datetime) -> Span:
    return Span(start=start, end=later(start, HALF_HOUR_S))


def _exact(value: float) -> Decimal:
    return Decimal(str(round(value, 3)))


def _section(key: str, language: Language) -> str:
    return say(f"section.{key}", language)


def _id(key: str) -> str:
    return f"{key}/{VERSION}"


def _formula(key: str, language: Language) -> Formula:
    return Formula(formula=_id(key), title=say(f"figure.{key}", language), words=say(f"words.{key}", language))
