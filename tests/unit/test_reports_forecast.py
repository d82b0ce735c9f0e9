"""A forecast in a report: its sections, why there may be none, and what every form makes of it."""

import asyncio
import csv
import io
from datetime import UTC, date, datetime, timedelta
from functools import cache

import openpyxl
import pytest

from acd.calendar_dates import Dates
from acd.calendars import Calendar, Holiday
from acd.hours import parse_hours
from cti.centre import load_centre
from cti.forecasts import ahead, following, shut_days, target_of
from cti.mail import message_of
from recording.figures.period import Period
from recording.figures.scope import CENTRE, Scope, ScopeKind
from recording.forecasting.history import History
from recording.forecasting.order import ForecastOrder, ForecastOrderError
from recording.forecasting.outlook import outlook
from recording.forecasting.plan import Habits
from recording.forecasting.sample import ZONE, sample
from recording.forecasting.staffing import Demand, Target, agents_needed
from recording.forecasting.values import Outlook
from recording.reports.columns import numbers_of
from recording.reports.compose import Further
from recording.reports.document import Language, Layout, ReportDocument, Span, Subject
from recording.reports.forecast import forecast_sections, half_hours_of, no_forecast
from recording.reports.order import Order, OrderError
from recording.reports.rendering.csv_file import csv_of
from recording.reports.rendering.page import page_of
from recording.reports.rendering.text import text_of
from recording.reports.rendering.workbook import write_report
from tests.house import HOUSE
from tests.sample_figures import NAMES, SampleFigures
from tests.sample_report import sample_report

pytestmark = pytest.mark.unit

SUPPORT = Subject(kind="queue", name="support", title="Support")


@cache
def made(patience_s: float | None = 90) -> Outlook:
    history, special = sample()
    days = [history.last + timedelta(days=number) for number in range(1, 8)]
    habits = Habits(handle_s=300, patience_s=patience_s)
    return outlook("queue:support", history.without(special.keys()), ZONE, days, habits, Target())


def report(further: Further, language: Language = Language.ENGLISH) -> ReportDocument:
    document = sample_report(language)
    return document.model_copy(update={"sections": tuple(further.sections), "formulas": tuple(further.formulas)})


def shown(patience_s: float | None = 90, language: Language = Language.ENGLISH) -> ReportDocument:
    return report(forecast_sections(made(patience_s), SUPPORT, language, ZONE), language)


def test_days_half_hours_and_agents_by_both_formulas_are_sections_whose_numbers_are_those_of_the_forecast() -> None:
    days, calls, staff = shown().sections
    assert [one.layout for one in (days, calls, staff)] == [Layout.TIMES, Layout.WEEK, Layout.WEEK]
    assert len(calls.numbers) == 7 * 48
    for number, half in zip(calls.numbers, made().half_hours, strict=True):
        assert number.span.start == half.start
        assert float(number.value or 0) == pytest.approx(half.calls, abs=0.001)
        assert number.low is not None
        assert number.high is not None
        assert number.low <= number.high
    by_a = [number for number in staff.numbers if number.key == "erlang_a"]
    by_c = [number for number in staff.numbers if number.key == "erlang_c"]
    assert [int(one.value or 0) for one in by_a] == [half.scheduled for half in made().half_hours]
    for half, number in zip(made().half_hours, by_c, strict=True):
        demand = Demand(calls_per_hour=2 * half.calls, handle_s=300)
        assert number.value == agents_needed(demand, Target()).agents
    hours = {number.key: number.value for number in days.numbers if number.span.start.date() == made().days[0].day}
    assert hours["erlang_a_hours"] == made().days[0].agent_hours
    assert hours["erlang_c_hours"] > hours["erlang_a_hours"]  # type: ignore[operator]


def test_where_no_caller_leaves_there_is_erlang_c_alone() -> None:
    document = shown(None)
    keys = {number.key for section in document.sections for number in section.numbers}
    assert "erlang_c" in keys
    assert not {key for key in keys if "erlang_a" in key}
    assert [one.formula for one in document.formulas] == ["forecast_calls/1", "erlang_c/1"]
    assert "no caller leaves" in document.sections[2].note


@pytest.mark.parametrize("language", Language)
def test_every_form_has_the_days_the_calls_and_the_agents(language: Language) -> None:
    document = shown(language=language)
    text = text_of(document)
    monday, *headers = (line for line in text.splitlines() if "10-26" in line)
    assert f"{made().days[0].calls:,.0f}" in monday
    assert len(headers) == 3  # calls, agents by A and by C: a column for each day
    assert all("10-31" in line for line in headers)
    page = page_of(document)
    assert page.count("<svg") == 2
    assert page.count("<caption>") == 2
    rows = list(csv.DictReader(io.StringIO(b"".join(csv_of(numbers_of(document))).decode())))
    assert {row["formula"] for row in rows} == {"forecast_calls/1", "erlang_a/1", "erlang_c/1"}
    assert all(row["low"] and row["high"] for row in rows if row["key"] == "forecast_calls")
    file = io.BytesIO()
    write_report(document, file)
    sheet = openpyxl.load_workbook(file).worksheets[2]
    values = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int | float)]
    assert sum(values) == sum((half.erlang_a or 0) + half.erlang_c for half in made().half_hours)


@pytest.mark.parametrize(
    ("language", "words"),
    [(Language.ENGLISH, "3 days of calls are known, and it takes 28"), (Language.MANDARIN, "只有 3 天")],
)
def test_too_little_history_is_said_in_a_sentence_and_nothing_else(language: Language, words: str) -> None:
    document = report(no_forecast("forecast-history-too-short", language, days="3", least="28"), language)
    for text in (text_of(document), page_of(document)):
        assert words in text
        assert "Nothing to show" not in text


def test_a_past_week_is_followed_by_the_forecast_from_what_was_known_at_its_end() -> None:
    centre = load_centre(HOUSE / "dialplans")
    period = Period.parse("2026-W44", centre.time_zone)
    now = datetime(2026, 11, 22, 3, tzinfo=UTC)
    further = asyncio.run(ahead(period, CENTRE, centre, SampleFigures(), NAMES, Language.ENGLISH, now))
    days = sorted({number.span.start.date() for number in further.sections[0].numbers})
    assert (days[0], days[-1]) == (date(2026, 11, 2), date(2026, 11, 8))


def _ahead(name: str, now: datetime = datetime(2026, 11, 30, tzinfo=UTC), scope: Scope = CENTRE) -> Further:
    centre = load_centre(HOUSE / "dialplans")
    period = Period.parse(name, centre.time_zone)
    return asyncio.run(ahead(period, scope, centre, SampleFigures(), NAMES, Language.ENGLISH, now))


def test_a_day_is_followed_by_the_next_on_which_the_queue_is_open_half_hour_by_half_hour() -> None:
    whole, halves = _ahead("2026-11-20", scope=Scope(ScopeKind.QUEUE, "sales")).sections
    assert {one.span.start.date() for one in whole.numbers} == {date(2026, 11, 21)}
    assert halves.layout is Layout.LINES
    hours = sorted({one.span.start for one in halves.numbers})
    assert {one.date() for one in hours} == {date(2026, 11, 21)}
    weekdays = following(Period.parse("2026-11-20", ZONE), lambda moment: moment.astimezone(ZONE).weekday() < 5)
    assert weekdays == Period.parse("2026-11-23", ZONE)  # on Friday for Monday
    calls = [one for one in halves.numbers if one.key == "forecast_calls"]
    assert len(calls) == len(hours) == len([one for one in halves.numbers if one.key == "erlang_c"])
    assert all(one.low is not None and one.low <= one.value <= one.high for one in calls if one.value and one.high)
    assert sum(one.value for one in calls if one.value) == pytest.approx(whole.numbers[0].value, abs=1)


def test_a_month_is_followed_by_the_days_of_the_next_and_its_half_hours_are_for_programs() -> None:
    further = _ahead("2026-10", now=datetime(2026, 11, 2, tzinfo=UTC))
    days, halves = further.sections
    assert len({one.span.start.date() for one in days.numbers}) == 30
    assert (days.layout, halves.layout) == (Layout.LINES, Layout.NUMBERS)
    document = report(further).model_copy(update={"span": OCTOBER})
    assert text_of(document).count("11-17") == 1
    assert page_of(document).count("<svg") == 3  # calls, people, hours of each day
    rows = list(csv.DictReader(io.StringIO(b"".join(csv_of(numbers_of(document))).decode())))
    assert sum(row["section"] == "forecast_half_hours" for row in rows) == len(halves.numbers)
    assert half_hours_of(document) == document.model_copy(update={"sections": (halves,)})
    assert half_hours_of(sample_report()) is None


OCTOBER = Span(start=datetime(2026, 10, 1, tzinfo=ZONE), end=datetime(2026, 11, 1, tzinfo=ZONE))


def test_who_asks_too_early_or_while_all_is_shut_is_told_why_there_is_none() -> None:
    (section,) = _ahead("2026-11", now=datetime(2026, 11, 2, tzinfo=UTC)).sections
    assert section.note == "There is no forecast: it reaches 56 days beyond the last that is known."
    assert following(Period.parse("2026-11-20", ZONE), lambda _: False) is None
    closed = no_forecast("forecast-all-shut", Language.ENGLISH, days="14").sections[0]
    assert closed.note == "There is no forecast: nothing is open in the next 14 days."


def test_the_week_has_its_forecast_the_day_and_month_where_it_is_wanted_or_sent() -> None:
    def order(report: str, scope: str = "centre", **more: object) -> Order:
        return Order.model_validate({"report": report, "scope": scope} | more)

    assert [order(name).forecasts() for name in ("day", "week", "month", "hour")] == [False, True, False, False]
    assert [order(name).to_mail().forecasts() for name in ("day", "week", "month", "hour")] == [True, True, True, False]
    assert order("day", forecast=True).forecasts()
    assert not order("week", forecast=False).to_mail().forecasts()
    assert not order("day", keys=("handle_time",), forecast=True).forecasts()
    assert not order("day", "agent:1001").to_mail().forecasts()
    for refused in (order("hour", forecast=True), order("day", "agent:1001", forecast=True)):
        with pytest.raises(OrderError, match="has none; expected one of day, week, month, of the centre or a queue"):
            refused.forecasts()


def test_a_mail_has_the_days_in_itself_and_the_half_hours_as_a_file() -> None:
    document = report(_ahead("2026-10", now=datetime(2026, 11, 2, tzinfo=UTC)))
    files = [("month.html", "text/html; charset=utf-8", b"<p>"), ("forecast-month.csv", "text/csv", b"a,b")]
    mail = message_of(document, "anna@example.org", "reports@example.org", files, "x", datetime.now(UTC))
    text = mail.get_body(("plain",))
    assert text is not None
    assert "11-17" in text.get_content()
    assert [one.get_filename() for one in mail.iter_attachments()] == ["month.html", "forecast-month.csv"]


def test_the_target_is_that_of_the_files_unless_another_is_given() -> None:
    centre = load_centre(HOUSE / "dialplans")
    queue = centre.queues["sales"]
    usual = target_of(ForecastOrder(scope="queue:sales"), centre)
    assert (usual.share, usual.within_s) == (0.8, queue.service_level_s)
    given = target_of(ForecastOrder(scope="queue:sales", share=90, within_s=10, shrinkage=30), centre)
    assert (given.share, given.within_s, given.shrinkage) == (0.9, 10, 0.3)


def test_a_past_holiday_is_left_out_and_a_weekday_that_is_always_shut_is_not() -> None:
    weekly = parse_hours({"mon-fri": "08:00-18:00"}, ZONE)
    holiday = date(2026, 10, 1)
    calendar = Calendar(weekly, (Holiday(Dates((2026, 10, 1), (2026, 10, 1)), "National Day"),))
    history = History(date(2026, 9, 1), ((0.0,) * 48,) * 60)
    assert shut_days(history, ZONE, calendar.is_open) == {holiday}


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"scope": "agent:1001"}, "calls of one agent are not forecast"),
        ({"period": "2026-11-23T10"}, "expected days, a week or a month"),
        ({"period": "2026-Q4"}, "expected 31 at most"),
    ],
)
def test_an_order_that_does_not_fit_says_what_was_expected(order: dict[str, str], said: str) -> None:
    given = ForecastOrder.model_validate(order)
    with pytest.raises(ForecastOrderError, match=said):
        given.whose(), given.days(datetime(2026, 11, 22, tzinfo=UTC), ZONE)
    assert Scope.parse("queue:sales") == ForecastOrder(scope="queue:sales").whose()
