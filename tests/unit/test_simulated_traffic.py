"""Made-up traffic: calls come as often as they should, durations are spread as they should be, and each kind of draw
has random numbers of its own.
"""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from random import Random
from statistics import fmean, pvariance, stdev

import pytest

from acd.simulation.day import Choice, Day, Wish
from acd.simulation.traffic import HOUR_MS, Demand, Duration, Kind, Rate, Shape, Shift, Traffic

pytestmark = pytest.mark.unit

DEMAND = Demand(
    queue="sales",
    rates=(Rate(9 * HOUR_MS, 60), Rate(10 * HOUR_MS, 0), Rate(10 * HOUR_MS + HOUR_MS // 2, 240)),
    handling=Duration(mean_ms=240_000, shape=Shape.LOG_NORMAL, variation=1.2),
    patience=Duration(mean_ms=120_000),
    answer=Duration(mean_ms=4_000, shape=Shape.CONSTANT),
    kinds=(Kind(share=0.25, priority=3, skills={"english": 2}),),
)
TRAFFIC = Traffic(from_ms=9 * HOUR_MS, until_ms=11 * HOUR_MS, demands=(DEMAND,), shifts=())


def half_hours(day: Day) -> Counter[int]:
    return Counter(arrival.at_ms // (HOUR_MS // 2) for arrival in day.arrivals)


def test_calls_are_a_poisson_process_of_the_rate_of_the_hour() -> None:
    days = [half_hours(TRAFFIC.draw(1, one)) for one in range(200)]
    for half_hour, expected in ((18, 30), (19, 30), (20, 0), (21, 120)):
        counts = [day[half_hour] for day in days]
        # Mean and variance of a Poisson number are the same; four standard errors of each are allowed.
        assert fmean(counts) == pytest.approx(expected, abs=4 * (expected / 200) ** 0.5)
        assert pvariance(counts) == pytest.approx(expected, abs=4 * expected * (2 / 200) ** 0.5)
    assert all(set(day) <= {18, 19, 20, 21} for day in days)


def test_the_gaps_between_calls_are_exponential() -> None:
    gaps = []
    for one in range(100):
        times = [arrival.at_ms for arrival in TRAFFIC.draw(2, one).arrivals if arrival.at_ms < 10 * HOUR_MS]
        gaps += [after - before for before, after in pairwise(times)]
    assert fmean(gaps) == pytest.approx(60_000, rel=0.1)
    assert sum(gap > 60_000 for gap in gaps) / len(gaps) == pytest.approx(0.368, abs=0.04)


@pytest.mark.parametrize(
    ("shape", "variation"), [(Shape.CONSTANT, 0.0), (Shape.EXPONENTIAL, 1.0), (Shape.LOG_NORMAL, 0.6)]
)
def test_durations_have_the_mean_and_spread_of_their_shape(shape: Shape, variation: float) -> None:
    random = Random(3)
    drawn = [Duration(mean_ms=90_000, shape=shape, variation=variation).draw(random) for _ in range(20_000)]
    assert fmean(drawn) == pytest.approx(90_000, rel=0.03)
    assert stdev(drawn) / fmean(drawn) == pytest.approx(variation, abs=0.03)


@pytest.mark.parametrize("shape", Shape)
def test_a_duration_of_nothing_is_nothing(shape: Shape) -> None:
    assert Duration(mean_ms=0, shape=shape).draw(Random(1)) == 0


def test_the_same_seed_and_replication_make_the_same_day_and_others_do_not() -> None:
    assert TRAFFIC.draw(7, 3) == TRAFFIC.draw(7, 3)
    assert TRAFFIC.draw(7, 3) != TRAFFIC.draw(7, 4)
    assert TRAFFIC.draw(7, 3) != TRAFFIC.draw(8, 3)


def test_another_handling_time_leaves_arrivals_and_patience_as_they_were() -> None:
    slower = replace(TRAFFIC, demands=(replace(DEMAND, handling=Duration(mean_ms=400_000)),))
    before, after = TRAFFIC.draw(7, 1).arrivals, slower.draw(7, 1).arrivals
    assert [arrival.at_ms for arrival in before] == [arrival.at_ms for arrival in after]
    assert [one.visit.patience_ms for one in before] == [one.visit.patience_ms for one in after]
    assert [one.visit.handling_ms for one in before] != [one.visit.handling_ms for one in after]


def test_a_share_of_the_calls_is_of_another_kind() -> None:
    visits = [arrival.visit for one in range(20) for arrival in TRAFFIC.draw(5, one).arrivals]
    urgent = [visit for visit in visits if visit.priority == 3]
    assert len(urgent) / len(visits) == pytest.approx(0.25, abs=0.03)
    assert all(visit.skills == {"english": 2} for visit in urgent)


def test_patience_may_be_endless_and_each_agent_rung_takes_his_time() -> None:
    patient = replace(TRAFFIC, demands=(replace(DEMAND, patience=None),))
    visits = [arrival.visit for arrival in patient.draw(1, 1).arrivals]
    assert {visit.patience_ms for visit in visits} == {None}
    assert {visit.answers_ms for visit in visits} == {(4_000, 4_000, 4_000, 4_000)}


def test_agents_keep_their_shift_and_their_breaks() -> None:
    shift = Shift(
        group="early",
        count=2,
        skills={"sales": 5},
        attributes={"team": "north"},
        from_ms=8 * HOUR_MS,
        until_ms=16 * HOUR_MS,
        breaks=((12 * HOUR_MS, 13 * HOUR_MS),),
    )
    day = replace(TRAFFIC, shifts=(shift,)).draw(1, 1)
    assert (day.from_ms, day.until_ms) == (8 * HOUR_MS, 11 * HOUR_MS)
    assert [(seat.number, seat.group, seat.skills, seat.attributes) for seat in day.seats] == [
        ("early-1", "early", {"sales": 5}, {"team": "north"}),
        ("early-2", "early", {"sales": 5}, {"team": "north"}),
    ]
    assert [choice for choice in day.choices if choice.agent == "early-2"] == [
        Choice(at_ms=8 * HOUR_MS, agent="early-2", wish=Wish.SIGN_IN),
        Choice(at_ms=12 * HOUR_MS, agent="early-2", wish=Wish.NOT_READY, reason="break"),
        Choice(at_ms=13 * HOUR_MS, agent="early-2", wish=Wish.READY),
        Choice(at_ms=16 * HOUR_MS, agent="early-2", wish=Wish.SIGN_OUT),
    ]


def test_a_day_may_lie_anywhere_in_time() -> None:
    shift = Shift(group="early", count=1, skills={}, from_ms=9 * HOUR_MS, until_ms=16 * HOUR_MS)
    here = replace(TRAFFIC, shifts=(shift,)).draw(1, 1)
    there = replace(TRAFFIC, shifts=(shift,), midnight_ms=10**12).draw(1, 1)
    assert there.from_ms == here.from_ms + 10**12
    assert [one.at_ms - 10**12 for one in there.arrivals] == [one.at_ms for one in here.arrivals]
    assert [one.at_ms - 10**12 for one in there.choices] == [one.at_ms for one in here.choices]
