"""Periods of figures: their names, their lengths where clocks change, and how they are cut."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.figures.period import Period, PeriodError, Unit, floor, midnight

pytestmark = pytest.mark.unit

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
ZONES = [BERLIN, SHANGHAI, *map(ZoneInfo, ("America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"))]
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
WHOLE = [unit for unit in Unit if unit is not Unit.RANGE]


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("2026-11-22T10:30", "2026-11-22 10:30", "2026-11-22 11:00"),
        ("2026-11-22T10", "2026-11-22 10:00", "2026-11-22 11:00"),
        ("2026-11-22", "2026-11-22 00:00", "2026-11-23 00:00"),
        ("2026-W47", "2026-11-16 00:00", "2026-11-23 00:00"),
        ("2026-W01", "2025-12-29 00:00", "2026-01-05 00:00"),
        ("2026-12", "2026-12-01 00:00", "2027-01-01 00:00"),
        ("2026-Q4", "2026-10-01 00:00", "2027-01-01 00:00"),
        ("2026-11-01..2026-11-03", "2026-11-01 00:00", "2026-11-04 00:00"),
        ("2026-11-22T18:00..2026-11-23T09:00", "2026-11-22 18:00", "2026-11-23 09:00"),
    ],
)
def test_a_period_has_a_name(name: str, start: str, end: str) -> None:
    period = Period.parse(name, SHANGHAI)
    assert (f"{period.start:%Y-%m-%d %H:%M}", f"{period.end:%Y-%m-%d %H:%M}") == (start, end)
    assert Period.parse(period.name, SHANGHAI) == period


@pytest.mark.parametrize("name", ["", "2026", "2026-13", "2026-W60", "2026-11-22T10:15", "2026-11-22..2026-11-20", "x"])
def test_what_is_no_period_is_refused_with_what_was_expected(name: str) -> None:
    with pytest.raises(PeriodError, match="expected"):
        Period.parse(name, SHANGHAI)


@pytest.mark.parametrize(("day", "half_hours"), [("2026-03-29", 46), ("2026-10-25", 50), ("2026-10-26", 48)])
def test_a_day_when_clocks_change_has_more_or_fewer_half_hours(day: str, half_hours: int) -> None:
    period = Period.parse(day, BERLIN)
    pieces = list(period.split(Unit.HALF_HOUR))
    assert len(pieces) == half_hours
    assert period.length_ms == half_hours * 1_800_000


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    hours = [one.start for one in Period.parse("2026-10-25", BERLIN).split(Unit.HOUR)]
    assert [f"{at:%H%z}" for at in hours[1:4]] == ["01+0200", "02+0200", "02+0100"]


def test_a_range_is_widened_to_whole_half_hours() -> None:
    start, end = (datetime(2026, 11, 22, 10, minute, tzinfo=SHANGHAI) for minute in (10, 31))
    period = Period.between(start, end, SHANGHAI)
    assert (period.start.minute, period.end.hour, period.end.minute) == (0, 11, 0)


def test_the_week_before_begins_at_midnight_though_clocks_changed() -> None:
    week = Period.parse("2026-W44", BERLIN)  # clocks went back on the Sunday before it
    assert week.before() == week.shifted(days=-7) == Period.parse("2026-W43", BERLIN)
    assert week.before().length_ms - week.length_ms == 3_600_000


@pytest.mark.parametrize("zone", ZONES, ids=str)
@given(moment=MOMENTS)
def test_every_moment_is_in_one_period_of_each_unit(zone: ZoneInfo, moment: datetime) -> None:
    for unit in WHOLE:
        period = Period.at(unit, moment, zone)
        assert period.start <= moment < period.end
        assert Period.at(unit, period.start, zone) == period
        for step in {Unit.DAY: [Unit.HALF_HOUR], Unit.WEEK: [Unit.DAY]}.get(unit, []):
            pieces = list(period.split(step))
            assert pieces[0].start == period.start
            assert pieces[-1].end == period.end
            assert all(one.end.timestamp() == after.start.timestamp() for one, after in pairwise(pieces))
            assert all(floor(one.start, zone) == one.start for one in pieces)


@pytest.mark.parametrize("zone", ZONES, ids=str)
@given(day=st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_days_follow_each_other(zone: ZoneInfo, day: date) -> None:
    here = Period.day(day, zone)
    assert here.end == midnight(day + timedelta(days=1), zone)
    assert here.before() == Period.day(day - timedelta(days=1), zone)
