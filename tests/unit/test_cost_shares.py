"""Costs shared out over time: by hand, exactly, and always adding up."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from recording.inputs.clock_times import at
from recording.inputs.cost_shares import Cost, share, total

pytestmark = pytest.mark.unit

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NOVEMBER = Cost(
    what="Salaries", first=date(2026, 11, 1), last=date(2026, 11, 30), amount=Decimal("300000"), currency="CNY"
)


def day(number: int, zone: ZoneInfo = SHANGHAI) -> datetime:
    return at(date(2026, 11, 1) + timedelta(days=number - 1), 0, zone)


def test_a_month_is_shared_out_evenly_over_its_days() -> None:
    assert share(NOVEMBER, day(1), day(31), SHANGHAI) == Decimal("300000")
    assert share(NOVEMBER, day(2), day(9), SHANGHAI) == Decimal("70000")
    assert share(NOVEMBER, day(-10), day(2), SHANGHAI) == Decimal("10000")
    assert share(NOVEMBER, day(3), day(3) + timedelta(minutes=30), SHANGHAI) == Decimal("208.3333")
    assert share(NOVEMBER, day(31), day(60), SHANGHAI) == 0
    assert share(NOVEMBER, day(9), day(2), SHANGHAI) == 0


def test_a_day_on_which_the_clock_is_put_back_costs_an_hour_more() -> None:
    two_days = Cost(what="x", first=date(2026, 10, 24), last=date(2026, 10, 25), amount=Decimal(49), currency="EUR")
    sunday = at(date(2026, 10, 25), 0, BERLIN), at(date(2026, 10, 26), 0, BERLIN)
    assert share(two_days, *sunday, BERLIN) == Decimal(25)


def test_the_centres_cost_is_that_of_all_and_a_queues_is_its_own() -> None:
    line = NOVEMBER.model_copy(update={"what": "Line", "scope": "queue:sales", "amount": Decimal("30.0001")})
    euros = NOVEMBER.model_copy(update={"what": "Licence", "scope": "team:north", "currency": "EUR"})
    costs = [NOVEMBER, line, euros]
    whole = day(1), day(31)
    assert total(costs, "centre", *whole, SHANGHAI) == {"CNY": Decimal("300030.0001"), "EUR": Decimal("300000")}
    assert total(costs, "queue:sales", *whole, SHANGHAI) == {"CNY": Decimal("30.0001")}
    assert total(costs, "queue:support", *whole, SHANGHAI) == {}
    assert len({cost.id for cost in costs}) == 3


@pytest.mark.parametrize(
    "bad",
    [
        {"last": date(2026, 10, 31)},
        {"amount": Decimal("1.00001")},
        {"amount": Decimal("NaN")},
        {"currency": "cny"},
        {"scope": "queue:"},
        {"scope": "agent:1001"},
        {"what": ""},
    ],
)
def test_a_cost_that_does_not_fit_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Cost.model_validate({**NOVEMBER.model_dump(), **bad})


COSTS = st.builds(
    lambda amount, days: NOVEMBER.model_copy(
        update={"amount": Decimal(amount) / 10_000, "last": NOVEMBER.first + timedelta(days=days)}
    ),
    st.integers(-(10**9), 10**9),
    st.integers(0, 400),
)
BEGIN = datetime(2026, 10, 1, tzinfo=UTC)


@given(COSTS, st.lists(st.integers(0, 500 * 86_400), min_size=2, max_size=8), st.sampled_from([SHANGHAI, BERLIN]))
def test_shares_of_times_that_follow_each_other_add_up(cost: Cost, cuts: list[int], zone: ZoneInfo) -> None:
    moments = [BEGIN + timedelta(seconds=second) for second in sorted(cuts)]
    parts = [share(cost, start, end, zone) for start, end in pairwise(moments)]
    assert sum(parts) == share(cost, moments[0], moments[-1], zone)
    assert share(cost, BEGIN, BEGIN + timedelta(days=600), zone) == cost.amount
