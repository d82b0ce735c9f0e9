"""Reports as text, and the tables that all forms for people share."""

import unicodedata
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from recording.reports import showing
from recording.reports.document import Band, Language, Span, Subject, Unit
from recording.reports.rendering.page import page_of
from recording.reports.rendering.text import text_of
from tests.sample_report import DAY, START, sample_report

pytestmark = pytest.mark.unit

GOLDEN = Path(__file__).parents[1] / "fixtures" / "reports"


@pytest.mark.parametrize("language", Language)
def test_a_report_reads_as_it_always_did(language: Language) -> None:
    golden = (GOLDEN / f"day.{language}.txt").read_text("utf-8")
    assert text_of(sample_report(language)) == golden


@pytest.mark.parametrize(
    ("kind", "english", "mandarin"),
    [
        ("queue", "Queue t3", "队列 t3"),
        ("team", "Team t3", "班组 t3"),
        ("agent", "Agent t3", "座席 t3"),
        ("centre", "t3", "t3"),
    ],
)
def test_a_heading_says_whose_report_it_is(kind: str, english: str, mandarin: str) -> None:
    subject = Subject(kind=kind, name="t3", title="t3")
    for language, whose in ((Language.ENGLISH, english), (Language.MANDARIN, mandarin)):
        report = sample_report(language).model_copy(update={"subject": subject})
        assert f" · {report.title} · {whose} · " in text_of(report).splitlines()[0]
        assert f"<h1>{report.title}: {whose}</h1>" in page_of(report)


@pytest.mark.parametrize("language", Language)
def test_columns_of_numbers_end_in_one_column_of_the_terminal_whatever_the_names(language: Language) -> None:
    lines = text_of(sample_report(language)).splitlines()
    agents = lines.index("By agent" if language is Language.ENGLISH else "按座席")
    ends = {_columns(line[: line.rindex(".") + 2]) for line in lines[agents + 2 : agents + 5] if not line.endswith("–")}
    assert len(ends) == 1


def test_where_it_is_asked_for_each_number_names_the_command_that_lists_its_calls() -> None:
    assert "callcenter" not in text_of(sample_report())
    (line,) = (line for line in text_of(sample_report(), calls=True).splitlines() if "callcenter" in line)
    assert line == "  Service level: callcenter report calls --since 2026-11-20T00:00:00+08:00 --queue sales"


def test_characters_that_would_move_the_cursor_are_shown_as_question_marks() -> None:
    assert "\x07" not in text_of(sample_report())
    assert "'Co'?" in text_of(sample_report())


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("92.35", Unit.PERCENT, "92.4 %"),
        ("0.05", Unit.PERCENT, "0.1 %"),
        ("12345.6", Unit.CALLS, "12,346"),
        ("4", Unit.MONEY, "4.00"),
        ("-3.25", Unit.SECONDS, "−3.3 s"),
        (None, Unit.CALLS, "no data"),
    ],
)
def test_a_value_is_rounded_as_people_do(value: str | None, unit: Unit, shown: str) -> None:
    assert showing.with_unit(None if value is None else Decimal(value), unit, Language.ENGLISH) == shown


@pytest.mark.parametrize(
    ("limits", "shown"),
    [
        (Band(low=Decimal(20), high=Decimal("60.5")), "20–60.5"),
        (Band(low=Decimal(92)), "≥ 92"),
        (Band(high=Decimal(1)), "≤ 1"),
        (Band(norm=Decimal(98)), "norm 98"),
        (Band(), ""),
        (None, ""),
    ],
)
def test_a_target_is_as_open_as_it_is(limits: Band | None, shown: str) -> None:
    assert showing.band(limits, Language.ENGLISH) == shown


@pytest.mark.parametrize(
    ("hours", "shown"),
    [
        ((0, 24), "2026-11-20"),
        ((0, 48), "2026-11-20 to 2026-11-21"),
        ((8, 9), "2026-11-20 08:00 to 09:00"),
        ((23, 24), "2026-11-20 23:00 to 00:00"),
        ((8, 33), "2026-11-20 08:00 to 2026-11-21 09:00"),
    ],
)
def test_a_time_is_as_short_as_it_can_be(hours: tuple[int, int], shown: str) -> None:
    first, last = (START + timedelta(hours=hour) for hour in hours)
    assert showing.span(Span(start=first, end=last), Language.ENGLISH) == shown


def test_the_times_of_lines_are_as_short_as_the_whole_allows() -> None:
    half = Span(start=START, end=START + timedelta(minutes=30))
    week = Span(start=START, end=START + timedelta(days=7))
    assert showing.time_of(half, DAY) == "00:00"
    assert showing.time_of(DAY, week) == "11-20"
    assert showing.time_of(half, week) == "11-20 00:00"


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
