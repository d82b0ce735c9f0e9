"""Made-up traffic as administrators write it: read into what the simulation draws, every mistake with its line."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from acd.simulation.traffic import HOUR_MS, Duration, Kind, Rate, Shape
from cti.centre import load_centre
from cti.traffic_file import clock_ms, load_traffic, span_ms
from ivr.documents import DocumentError

pytestmark = pytest.mark.unit

DIALPLANS = Path(__file__).parents[2] / "dialplans"
SHIPPED = sorted((DIALPLANS / "traffic").glob("*.yaml"))

WHOLE = """\
title: A day
day: tue
open: 09:00-12:00
queues:
  sales:
    rates: {"10:30": 90, "09:00": 30.5}
    handling: {mean_s: 240, shape: log_normal, variation: 1.1}
    patience: {mean_s: 90.5, shape: exponential}
    answer: {mean_s: 4, shape: constant}
    kinds: [{share: 0.1, priority: 2}]
  support:
    per_hour: 12
    handling: {mean_s: 300, shape: exponential}
agents:
  - {group: early, count: 3, skills: {sales: 7}, shift: 08:30-12:00, breaks: [10:00-10:15]}
back_after_missed_s: 30
"""


def problems(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "traffic.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(DocumentError) as caught:
        load_traffic(file, load_centre(DIALPLANS))
    return [str(problem).removeprefix(f"{file}:") for problem in caught.value.problems]


def test_what_is_shipped_fits_the_shipped_centre() -> None:
    assert SHIPPED
    for file in SHIPPED:
        load_traffic(file, load_centre(DIALPLANS))


def test_a_file_says_everything_that_is_drawn(tmp_path: Path) -> None:
    file = tmp_path / "traffic.yaml"
    file.write_text(WHOLE, "utf-8")
    title, traffic = load_traffic(file, load_centre(DIALPLANS))
    assert (title, traffic.from_ms, traffic.until_ms, traffic.back_after_ms) == (
        "A day",
        9 * HOUR_MS,
        12 * HOUR_MS,
        30_000,
    )
    assert datetime.fromtimestamp(traffic.midnight_ms / 1000, ZoneInfo("Asia/Shanghai")) == datetime(
        2024, 1, 2, tzinfo=ZoneInfo("Asia/Shanghai")
    )
    sales, support = traffic.demands
    assert sales.rates == [Rate(9 * HOUR_MS, 30.5), Rate(10 * HOUR_MS + HOUR_MS // 2, 90)]
    assert sales.handling == Duration(mean_ms=240_000, shape=Shape.LOG_NORMAL, variation=1.1)
    assert sales.patience == Duration(mean_ms=90_500, shape=Shape.EXPONENTIAL)
    assert sales.answer == Duration(mean_ms=4_000, shape=Shape.CONSTANT)
    assert sales.kinds == [Kind(share=0.1, priority=2)]
    assert support.rates == [Rate(0, 12)]
    assert support.patience is None
    (shift,) = traffic.shifts
    assert (shift.group, shift.count, shift.skills) == ("early", 3, {"sales": 7})
    assert (shift.from_ms, shift.until_ms) == (8 * HOUR_MS + HOUR_MS // 2, 12 * HOUR_MS)
    assert shift.breaks == [(10 * HOUR_MS, 10 * HOUR_MS + HOUR_MS // 4)]


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("  support:", "  suport:", '11:3: unknown queue "suport", did you mean "support"?'),
        ("skills: {sales: 7}", "skills: {sails: 7}", '15:39: unknown skill "sails", did you mean "sales"?'),
        ("shift: 08:30-12:00", "attributes: {mood: a}, shift: 08:30-12:00", '15:63: unknown attribute "mood"'),
        ("    per_hour: 12\n", "", "11:3: how many calls come is not said once (expected either per_hour or rates)"),
        ("09:00-12:00", "12:00-09:00", '3:7: "12:00-09:00" does not fit (expected two times of one day'),
        ('"09:00": 30.5', '"9": 30.5', '6:26: "9" does not fit (expected a time of the day such as 09:30)'),
        ("share: 0.1", "share: 1.1", "10:21: 1.1 does not fit"),
        ("[{share: 0.1, priority: 2}]", "[{share: 0.6}, {share: 0.6}]", "10:12: the shares are more than 1 together"),
        ("breaks: [10:00-10:15]", "breaks: [08:00-08:45]", "15:79: 08:00-08:45 is not within the shift"),
        ("mean_s: 240", "mean_s: -1", "7:24: -1 does not fit"),
        ("shape: constant", "shape: normal", '9:32: "normal" does not fit'),
        (
            "back_after_missed_s: 30",
            "  - {group: early, count: 1, shift: 09:00-10:00}",
            '16:13: group "early" stands here twice',
        ),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(tmp_path: Path, before: str, after: str, problem: str) -> None:
    assert before in WHOLE
    (told,) = problems(tmp_path, WHOLE.replace(before, after, 1))
    assert told.startswith(problem)


@pytest.mark.parametrize("text", ["9:00", "09:60", "24:01", "0900", "09:00 ", "٠٩:٠٠", ""])
def test_a_time_is_two_figures_each(text: str) -> None:
    with pytest.raises(ValueError, match="is no time of the day; expected"):
        clock_ms(text)


def test_midnight_is_the_end_of_the_day_and_an_empty_span_is_none() -> None:
    assert clock_ms("24:00") == 24 * HOUR_MS
    assert span_ms("00:00 - 24:00") == (0, 24 * HOUR_MS)
    with pytest.raises(ValueError, match="expected the earlier time first"):
        span_ms("09:00-09:00")
