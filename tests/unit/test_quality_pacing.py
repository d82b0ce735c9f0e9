"""How a month's quota is spread: never more than it, all of it in time, and not on one day."""

from collections.abc import Collection
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.quality.pacing import FULL, Month, place_in_month, wanted

pytestmark = pytest.mark.unit


def month(day: int, days: int = 30, ready_days: int = 5) -> Month:
    return Month(name="2026-11", day=day, days=days, ready_days=ready_days)


def drawn_by_day(
    quota: int, planned: Collection[int] = (), place: int = 0, there: Collection[int] = range(32), days: int = 30
) -> list[int]:
    """How many are drawn on each day of a month of somebody whose calls can be drawn on some of its days."""
    found = list[int]()
    for day in range(1, days + 1):
        found.append(wanted(quota, sum(found), month(day, days), planned, place) if day in there else 0)
    return found


days_of_month = st.sets(st.integers(1, 30))


@given(st.integers(1, 40), days_of_month, st.integers(0, FULL - 1), days_of_month, st.integers(28, 30))
def test_the_quota_is_reached_whenever_he_is_there_and_never_exceeded(
    quota: int, planned: set[int], place: int, there: set[int], days: int
) -> None:
    counts = drawn_by_day(quota, planned, place, {*there, days}, days)
    assert sum(counts) == quota, "who can be drawn on the last day has all of it"


@given(st.integers(1, 40), st.integers(0, FULL - 1), st.integers(28, 31))
def test_it_is_ready_some_days_before_the_month_ends_and_spread_evenly(quota: int, place: int, days: int) -> None:
    counts = drawn_by_day(quota, place=place, days=days)
    assert sum(counts[: days - 5]) == quota
    assert max(counts) <= -(-quota // (days - 5))


@given(st.integers(1, 10), st.integers(0, FULL - 1), st.sets(st.integers(1, 25), min_size=1))
def test_it_follows_the_days_that_are_planned(quota: int, place: int, planned: set[int]) -> None:
    counts = drawn_by_day(quota, planned, place)
    assert sum(counts[: max(planned)]) == quota
    assert max(counts) <= -(-quota // len(planned))


def test_five_in_a_month_are_five_days_apart_and_begin_elsewhere_for_everybody() -> None:
    for place in (0, FULL // 2, FULL - 1):
        counts = drawn_by_day(5, place=place)
        days = [day for day, count in enumerate(counts, 1) if count]
        assert [later - earlier for earlier, later in pairwise(days)] == [5, 5, 5, 5]
    begins = {drawn_by_day(5, place=place_in_month(month(1), "everybody", f"10{n:02}")).index(1) for n in range(48)}
    assert begins == {0, 1, 2, 3, 4}


def test_who_comes_back_late_is_made_up_for_evenly() -> None:
    counts = drawn_by_day(5, there=range(18, 31))
    assert (sum(counts), max(counts)) == (5, 1)
    late = drawn_by_day(5, there=range(28, 31))
    assert late[27:] == [2, 2, 1], "after the day by which all should be drawn, over what is left"


def test_who_is_away_from_a_planned_day_on_has_his_quota_before() -> None:
    counts = drawn_by_day(5, planned=range(2, 11))
    assert sum(counts[:10]) == 5
