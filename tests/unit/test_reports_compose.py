"""Reports composed from figures made by hand."""

import asyncio
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from recording.figures.catalogue import BESIDE, CATALOGUE, EVERY, FIGURES
from recording.figures.period import PeriodError
from recording.figures.scope import ScopeError, ScopeKind
from recording.reports.compose import compose
from recording.reports.document import Language, Layout, ReportDocument, Section
from recording.reports.material import read_material
from recording.reports.named import REPORTS
from recording.reports.order import Order, OrderError
from recording.reports.rendering.text import text_of
from recording.reports.words import ENGLISH, MANDARIN, say
from tests.sample_figures import AS_OF, NAMES, SampleFigures

pytestmark = pytest.mark.unit

ZONE = ZoneInfo("Asia/Shanghai")


def made(report: str, scope: str = "centre", at: str = "", *keys: str, **more: str) -> ReportDocument:
    order = Order(report=report, scope=scope, at=at, keys=keys, **more)
    period = order.period(AS_OF, ZONE)
    read = read_material(SampleFigures(), order.definition(), order.whose(), period, order.figures())
    return compose(asyncio.run(read), NAMES, order.language, ZONE.key)


def section(document: ReportDocument, key: str) -> Section:
    return next(one for one in document.sections if one.key == key)


def test_the_day_of_the_centre_has_every_figure_and_every_section() -> None:
    report = made("day", at="2026-11-20")
    assert [one.key for one in report.sections] == [
        *("figures", "received", "blocked", "service_level", "calls", "service_level_lines", "waiting", "shares"),
        *("beside", "queues", "teams", "agents"),
    ]
    keys = {number.key for number in section(report, "figures").numbers}
    assert set(FIGURES) <= keys
    assert not keys & set(BESIDE)
    assert set(BESIDE) <= {number.key for number in section(report, "beside").numbers}
    assert {"transfer.blind", "transfer.announced", "hold_time.per_held_call"} <= keys
    assert report.catalogue == CATALOGUE
    assert [one.formula for one in report.formulas] == [figure.formula_id for figure in EVERY.values()]
    assert {number.formula for one in report.sections for number in one.numbers} == {
        one.formula for one in report.formulas
    }


def test_money_is_told_in_the_currency_in_which_costs_are_entered() -> None:
    titles = {one.title for part in made("week", at="2026-W47").sections for one in part.numbers if one.unit == "money"}
    assert titles == {"Cost per call (CNY)"}


def test_a_day_is_compared_with_the_same_weekday_half_hour_by_half_hour() -> None:
    report = made("day", at="2026-11-20")
    assert report.compared is not None
    assert report.span.start - report.compared.start == report.compared.end - report.compared.start + 6 * (
        report.compared.end - report.compared.start
    )
    calls = section(report, "calls")
    assert calls.layout is Layout.LINES
    received = [number for number in calls.numbers if number.key == "received"]
    assert len(received) == 48
    assert all(number.change == 0 for number in received)  # these figures go by hour and weekday


def test_a_month_is_compared_with_the_month_before_and_its_days_with_the_week_before() -> None:
    report = made("month", at="2026-10")
    assert report.compared is not None
    assert f"{report.compared.start:%Y-%m-%d}..{report.compared.end:%Y-%m-%d}" == "2026-09-01..2026-10-01"
    days = [number for number in section(report, "calls").numbers if number.key == "received"]
    assert len(days) == 31
    assert all(number.change == 0 for number in days)


def test_received_is_split_with_shares_and_service_level_comes_in_all_variants() -> None:
    report = made("day", at="2026-11-20")
    whole, *parts = section(report, "received").numbers
    assert whole.share == 100
    assert [part.key for part in parts] == [f"received.{name}" for name in FIGURES["received"].parts]
    assert all(part.share == 100 * (part.value or 0) / (whole.value or 1) for part in parts)
    variants = section(report, "service_level").numbers
    assert [one.key for one in variants] == [f"service_level.{name}" for name in FIGURES["service_level"].variants]


def test_every_number_names_the_query_of_its_calls() -> None:
    for number in section(made("day", "queue:sales", "2026-11-20"), "figures").numbers:
        assert number.calls is not None
        assert number.calls["scope"] == "queue:sales"


@pytest.mark.parametrize("name", [name for name, one in REPORTS.items() if not one.in_words])
@pytest.mark.parametrize("scope", ["centre", "queue:sales", "team:north", "agent:1001"])
def test_every_report_can_be_made_of_everybody(name: str, scope: str) -> None:
    report = made(name, scope, "2026-11-02..2026-11-12" if name == "free" else "")
    kind = ScopeKind(scope.partition(":")[0])
    possible = {key for key, figure in FIGURES.items() if kind in figure.scopes}
    assert {number.key.partition(".")[0] for number in section(report, "figures").numbers} == possible
    assert text_of(report)


def test_the_team_has_its_own_agents_and_nobody_elses() -> None:
    agents = section(made("hour", "team:north", "2026-11-20T10"), "agents")
    assert {number.subject.name for number in agents.numbers} == {"1001", "1002"}
    assert agents.numbers[0].subject.title == "1001 李娜"


def test_only_the_figures_asked_for_are_in_it() -> None:
    report = made("free", "centre", "2026-11-01..2026-11-14", "occupancy", "handle_time")
    asked = {"occupancy", "handle_time"}
    assert {number.key for one in report.sections for number in one.numbers} == asked
    assert [one.key for one in report.sections] == ["figures", "shares", "queues", "teams", "agents"]


@pytest.mark.parametrize(
    ("at", "points"), [("2026-11-01..2026-11-02", 96), ("2026-11-01..2026-11-14", 14), ("2026-01-01..2026-06-30", 27)]
)
def test_the_steps_of_a_free_report_go_by_its_length(at: str, points: int) -> None:
    levels = section(made("free", "centre", at), "service_level_lines")
    assert len(levels.numbers) == points


def test_without_a_time_it_is_the_last_that_is_over_and_now_is_the_one_that_runs() -> None:
    local = AS_OF.astimezone(ZONE).date().isoformat()
    assert local == "2026-11-22"
    assert Order(report="day").period(AS_OF, ZONE).name == "2026-11-21"
    assert Order(report="day", at="now").period(AS_OF, ZONE).name == "2026-11-22"
    assert Order(report="month", at="2026-11-05").period(AS_OF, ZONE).name == "2026-11"
    assert Order(report="week").period(AS_OF, ZONE).name == "2026-W46"


@pytest.mark.parametrize(
    ("order", "error", "said"),
    [
        ({"report": "dya"}, OrderError, "day"),
        ({"report": "day", "at": "2026-11"}, PeriodError, "longer"),
        ({"report": "day", "at": "yesterday"}, PeriodError, "expected 2026-11-22"),
        ({"report": "free"}, OrderError, "2026-11-01..2026-11-14"),
        ({"report": "free", "at": "2020-01-01..2026-11-14"}, OrderError, "at most"),
        ({"report": "day", "scope": "queue"}, ScopeError, "expected"),
        ({"report": "day", "keys": ["occupncy"]}, OrderError, "occupancy"),
    ],
)
def test_an_order_that_does_not_fit_says_what_was_expected(
    order: dict[str, object], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        check(Order.model_validate(order))


def check(order: Order) -> None:
    order.whose()
    order.figures()
    order.period(AS_OF, ZONE)


def test_both_languages_have_all_words() -> None:
    meanings = {key for key in MANDARIN if key.startswith("meaning.")}
    assert set(ENGLISH) == set(MANDARIN) - meanings
    assert meanings == {f"meaning.{key}" for key in EVERY}
    for key, figure in EVERY.items():
        assert ENGLISH[f"figure.{key}"] == figure.title
        parts = {f"figure.{key}.{name}" for name in (*figure.parts, *figure.variants)}
        assert parts <= set(ENGLISH)
    assert all(f"report.{name}" in ENGLISH for name in REPORTS)
    pieces = {f"section.{piece.key}" for one in REPORTS.values() for of in one.pieces.values() for piece in of}
    assert pieces <= set(ENGLISH)
    assert say("figure.not_yet_translated", Language.MANDARIN) == "not yet translated"


def test_numbers_are_plain_in_json_and_come_back_from_it() -> None:
    report = made("day", at="2026-11-20")
    text = report.model_dump_json()
    assert '"value":86.0' in text or '"value":87.0' in text
    assert ReportDocument.model_validate_json(text).sections[0].numbers[0].value == Decimal(
        str(report.sections[0].numbers[0].value)
    )
