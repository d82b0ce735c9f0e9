"""Who belongs to the centre over time, and its turnover: by hand, and against a plain count day by day."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.inputs.staffing import StaffEntry, StaffEvent, Staffing, yearly_turnover

pytestmark = pytest.mark.unit

FIRST = date(2026, 11, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


def entry(agent: str, on: int, event: str, share: int = 100, team: str = "north") -> StaffEntry:
    return StaffEntry(agent=agent, day=day(on), event=StaffEvent(event), share=share, team=team)


MONTH = Staffing(
    [
        entry("1", -400, "joined"),
        entry("2", -400, "joined"),
        entry("2", 16, "changed", 50, "south"),
        entry("3", -400, "joined"),
        entry("3", 15, "left"),
        entry("4", 21, "joined", 60, "south"),
    ]
)


def test_a_month_by_hand() -> None:
    changes = MONTH.changes(day(1), day(30))
    assert [one.agent for one in changes.joined] == ["4"]
    assert [one.agent for one in changes.left] == ["3"]
    # 30 days of one, 15 full and 15 half of another, 15 of who left, 10 at 60 % of who came: 30 + 22.5 + 15 + 6
    assert changes.mean_full_time == Fraction("73.5") / 30
    # 1 of 2.45 in 30 days: 1 / 2.45 * 365 / 30
    assert changes.turnover == Decimal("496.60")
    north, south = (MONTH.changes(day(1), day(30), team) for team in ("north", "south"))
    assert (len(north.left), len(south.left)) == (1, 0)
    assert north.mean_full_time + south.mean_full_time == changes.mean_full_time


def test_his_last_day_is_his_and_the_next_is_not() -> None:
    assert MONTH.employed("3", day(15))
    assert not MONTH.employed("3", day(16))
    assert MONTH.employed("unknown", day(16))
    assert (MONTH.gone(day(15)), MONTH.gone(day(16))) == (frozenset(), frozenset({"3"}))
    stint = MONTH.at("2", day(16))
    assert stint is not None
    assert (stint.share, stint.team) == (50, "south")


def test_who_comes_back_is_gone_no_more() -> None:
    back = Staffing([entry("3", 1, "joined"), entry("3", 5, "left"), entry("3", 9, "joined")])
    assert back.gone(day(7)) == frozenset()
    assert [back.employed("3", day(number)) for number in (5, 6, 8, 9)] == [True, False, False, True]


def test_a_joining_in_the_future_keeps_nobody_out_of_the_count_of_who_is_gone() -> None:
    assert Staffing([entry("3", 1, "joined"), entry("3", 1, "left")]).gone(day(2)) == {"3"}


@pytest.mark.parametrize(
    ("left", "mean", "days", "rate"),
    [(25, 100, 365, "25.00"), (1, 48, 30, "25.35"), (0, 10, 30, "0.00"), (1, 0, 30, None), (1, 5, 0, None)],
)
def test_turnover_is_a_yearly_rate(left: int, mean: int, days: int, rate: str | None) -> None:
    assert yearly_turnover(left, Fraction(mean), days) == (None if rate is None else Decimal(rate))


ENTRIES = st.lists(
    st.builds(
        entry,
        st.sampled_from(["1", "2"]),
        st.integers(-5, 25),
        st.sampled_from(["joined", "changed", "left"]),
        st.sampled_from([20, 50, 100]),
        st.sampled_from(["north", "south"]),
    ),
    max_size=8,
    unique_by=lambda one: (one.agent, one.day, one.event),
)


@given(ENTRIES, st.integers(1, 20), st.integers(0, 10), st.sampled_from([None, "north"]))
def test_the_mean_is_that_of_a_plain_count_day_by_day(
    entries: list[StaffEntry], first: int, length: int, team: str | None
) -> None:
    rank = {"joined": 0, "changed": 1, "left": 2}
    worked = 0
    for number in range(first, first + length + 1):
        for agent in ("1", "2"):
            mine = sorted((one for one in entries if one.agent == agent), key=lambda one: (one.day, rank[one.event]))
            state = mine[0] if mine and mine[0].event is StaffEvent.LEFT else None  # he was there before
            for one in mine:
                if one.day > day(number):
                    break
                gone = one.event is StaffEvent.LEFT and one.day < day(number)
                state = None if gone else state if one.event is StaffEvent.LEFT else one
            if state is not None and team in (None, state.team):
                worked += state.share
    changes = Staffing(entries).changes(day(first), day(first + length), team)
    assert changes.mean_full_time == Fraction(worked, 100 * (length + 1))
