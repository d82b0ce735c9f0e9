"""Forecasts of calls: what they say of the shipped sample history, of odd days, and of histories that are too short."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recording.forecasting.backtest import backtest
from recording.forecasting.history import SLOTS, History, half_hours, history_of
from recording.forecasting.model import (
    FURTHEST_DAYS,
    LEAST_DAYS,
    TooFarAhead,
    TooLittleHistory,
    forecast,
    naive,
)
from recording.forecasting.sample import ZONE, sample
from tests.sample_history import FILE, text

pytestmark = pytest.mark.unit

BERLIN = ZoneInfo("Europe/Berlin")


def week_after(history: History) -> list[date]:
    return [history.last + timedelta(days=number) for number in range(1, 8)]


def test_the_shipped_history_is_what_its_maker_makes() -> None:
    assert FILE.read_text("utf-8") == text()


def test_on_the_sample_history_it_beats_last_week_and_its_bounds_hold_as_often_as_they_say() -> None:
    history, special = sample()
    found = backtest(history.without(special.keys()), ZONE, weeks=6)
    assert found.half_hours == 6 * 7 * SLOTS - 7 * SLOTS  # the holidays of October are judged by nobody
    assert found.error < 0.85 * found.naive_error
    assert found.day_error < 0.9 * found.naive_day_error
    assert abs(found.covered - found.level) < 0.07
    assert abs(found.covered_days - found.level) < 0.15


def test_the_same_history_gives_the_same_forecast_and_each_day_is_the_sum_of_its_half_hours() -> None:
    history, _ = sample()
    one, other = (forecast(history, ZONE, week_after(history)) for _ in range(2))
    assert one == other
    assert len(one.half_hours) == 7 * SLOTS
    for number, day in enumerate(one.days):
        mine = one.half_hours[number * SLOTS : (number + 1) * SLOTS]
        assert mine[0].start == day.start
        assert day.calls == pytest.approx(sum(half.calls for half in mine))
        assert day.low < day.calls < day.high
        assert all(0 <= half.low <= half.high for half in mine)


def test_a_wider_level_has_wider_bounds() -> None:
    history, _ = sample()
    narrow, wide = (forecast(history, ZONE, week_after(history), level=level) for level in (0.5, 0.95))
    pairs = list(zip(narrow.half_hours, wide.half_hours, strict=True))
    assert all(outer.low <= inner.low and inner.high <= outer.high for inner, outer in pairs)
    assert sum(outer.high - outer.low for _, outer in pairs) > 2 * sum(inner.high - inner.low for inner, _ in pairs)


def test_no_calls_are_expected_while_it_is_shut_and_fewer_on_a_day_that_is_named() -> None:
    history, _ = sample()
    days = week_after(history)
    plain = forecast(history, ZONE, days)
    odd = forecast(
        history,
        ZONE,
        days,
        is_open=lambda moment: moment.astimezone(ZONE).hour >= 9,
        special={days[2]: 0.25},
    )
    assert all(one.start.astimezone(ZONE).hour >= 9 for one in odd.half_hours)
    assert len(odd.half_hours) == 7 * (SLOTS - 18)
    shut = [one.calls for one in plain.half_hours if one.start.astimezone(ZONE).hour >= 9]
    opened = [one.calls for one in odd.half_hours]
    assert opened[30:60] == pytest.approx(shut[30:60])
    assert opened[60:90] == pytest.approx([0.25 * calls for calls in shut[60:90]])


def test_special_days_do_not_count_as_weak_weekdays() -> None:
    history, special = sample()
    until = history.until(date(2026, 10, 8))  # the holidays ended yesterday
    days = [date(2026, 10, day) for day in range(8, 15)]
    known, unknown = (forecast(one, ZONE, days) for one in (until.without(special.keys()), until))
    came = [sum(value or 0 for value in history.on(day)) for day in days]
    off = [sum(abs(day.calls - calls) for day, calls in zip(one.days, came, strict=True)) for one in (known, unknown)]
    assert off[0] < off[1] / 3


def test_too_little_history_and_days_too_far_away_are_refused() -> None:
    history, _ = sample()
    short = History(history.first, history.days[: LEAST_DAYS - 1])
    with pytest.raises(TooLittleHistory, match=f"{LEAST_DAYS - 1} days of calls are known; expected {LEAST_DAYS}"):
        forecast(short, ZONE, week_after(short))
    for day in (history.last, history.last + timedelta(days=FURTHEST_DAYS + 1)):
        with pytest.raises(TooFarAhead, match=f"the history ends on {history.last}"):
            forecast(history, ZONE, [day])


@settings(max_examples=15)
@given(
    st.lists(st.lists(st.integers(0, 30), min_size=4, max_size=4), min_size=LEAST_DAYS, max_size=LEAST_DAYS + 10),
    st.integers(0, 6),
)
def test_any_history_has_a_forecast_that_makes_sense(calls: list[list[int]], unknown: int) -> None:
    days = tuple(tuple(float(value) for value in day for _ in range(SLOTS // 4)) for day in calls)
    history = History(date(2026, 1, 1), days + ((None,) * SLOTS,) * unknown)
    made = forecast(history, ZONE, week_after(history))
    most = 48 * 31 * 4
    assert all(0 <= day.low <= day.high <= most for day in made.days)
    assert all(0 <= half.calls <= most for half in made.half_hours)


def test_no_calls_at_all_are_forecast_where_there_never_were_any() -> None:
    history = History(date(2026, 1, 1), ((0.0,) * SLOTS,) * LEAST_DAYS)
    assert {half.calls for half in forecast(history, ZONE, week_after(history)).half_hours} == {0.0}


def test_days_on_which_clocks_change_have_as_many_half_hours_as_they_have() -> None:
    assert len(half_hours(BERLIN, date(2026, 3, 29), date(2026, 3, 30))) == 46
    autumn = half_hours(BERLIN, date(2026, 10, 25), date(2026, 10, 26))
    assert len(autumn) == 50
    calls = {moment: number for number, moment in enumerate(autumn)}
    history = history_of(calls, BERLIN, date(2026, 10, 25), date(2026, 10, 25))
    assert history.days[0][4:8] == ((4 + 6) / 2, (5 + 7) / 2, 8, 9)
    spring = history_of({}, BERLIN, date(2026, 3, 29), date(2026, 3, 29))
    assert spring.days[0][3:7] == (0, None, None, 0)
    longer = History(date(2026, 9, 27), ((1.0,) * SLOTS,) * LEAST_DAYS)  # ends on the eve
    made = forecast(longer, BERLIN, [date(2026, 10, 25)])
    assert len(made.half_hours) == 50
    assert made.half_hours[0].start == datetime(2026, 10, 24, 22, tzinfo=UTC)


def test_the_naive_forecast_is_the_last_such_weekday_of_which_something_is_known() -> None:
    days = tuple((float(number),) * SLOTS for number in range(21))
    history = History(date(2026, 1, 1), days)  # a Thursday
    assert naive(history, date(2026, 1, 22)) == (14.0,) * SLOTS
    without = history.without({date(2026, 1, 15)})
    assert naive(without, date(2026, 1, 22)) == (7.0,) * SLOTS
