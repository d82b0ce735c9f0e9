"""The distribution of a wait, its own inverse, and its correction by how past predictions came true."""

from random import Random
from statistics import NormalDist

import pytest

from acd.wait_model import MEMORY, Calibration, WaitModel, wait_at

pytestmark = pytest.mark.unit

NORMAL = NormalDist()
EXACTLY = 1e12  # events: a pace known without doubt


@pytest.mark.parametrize(
    ("place", "served", "given_up"),
    [(1, 1e-5, 0), (32, 1e-4, 1e-6), (33, 1e-5, 1e-5), (100, 1e-5, 4e-5), (5_000, 1e-3, 2e-6), (500, 1e-4, 1e-16)],
)
def test_mean_and_variance_are_those_of_a_sum_of_exponential_times(place: int, served: float, given_up: float) -> None:
    rates = [served + ahead * given_up for ahead in range(place)]
    mean, variance = sum(1 / rate for rate in rates), sum(1 / rate**2 for rate in rates)
    model = wait_at(place, served, given_up, known_by=EXACTLY)
    assert model.mean_ms == pytest.approx(mean, rel=1e-8)
    assert model.shape == pytest.approx(mean**2 / variance, rel=1e-7)


def test_a_pace_known_by_few_events_makes_the_range_wider() -> None:
    sure, unsure = (wait_at(50, 1e-4, 0, known_by=events) for events in (EXACTLY, 10))
    assert sure.mean_ms == pytest.approx(unsure.mean_ms)
    assert sure.quantile_ms(-1) > unsure.quantile_ms(-1)
    assert sure.quantile_ms(1) < unsure.quantile_ms(1)


def test_the_next_callers_wait_is_exponential_within_two_per_cent() -> None:
    model = wait_at(1, 1e-5, 0, known_by=EXACTLY)
    assert model.quantile_ms(NORMAL.inv_cdf(0.5)) == pytest.approx(69_315, rel=0.02)
    assert model.quantile_ms(NORMAL.inv_cdf(0.8)) == pytest.approx(160_944, rel=0.02)


@pytest.mark.parametrize("score", [-1.5, 0, 0.8, 3])
def test_a_score_is_the_inverse_of_its_quantile_and_no_time_is_below_zero(score: float) -> None:
    model = WaitModel(60_000, 2.0)
    assert model.score(model.quantile_ms(score)) == pytest.approx(score)
    assert WaitModel(60_000, 0.5).quantile_ms(-9) == 0


def test_without_a_past_a_promise_is_the_models_own() -> None:
    calibration = Calibration()
    assert calibration.score(0.5) == pytest.approx(0, abs=0.1)
    assert calibration.score(0.8) == pytest.approx(NORMAL.inv_cdf(0.8), abs=0.15)


def test_scores_that_were_off_move_the_next_promise_and_those_before_them_are_forgotten() -> None:
    calibration, random = Calibration(), Random(1)
    for _ in range(MEMORY):
        calibration.add(random.gauss(1, 0.5), served=True)
    assert calibration.score(0.5) == pytest.approx(1, abs=0.1)
    assert calibration.score(0.8) == pytest.approx(1.42, abs=0.1)
    for _ in range(MEMORY):
        calibration.add(random.gauss(-1, 0.5), served=True)
    assert calibration.score(0.5) == pytest.approx(-1, abs=0.1)


def test_callers_who_gave_up_count_as_having_waited_longer() -> None:
    calibration, random = Calibration(), Random(2)
    for _ in range(MEMORY):
        wait, patience = random.gauss(0, 1), random.gauss(0.5, 1)
        calibration.add(min(wait, patience), served=wait <= patience)
    assert calibration.score(0.5) == pytest.approx(0, abs=0.2)
    assert calibration.score(0.8) == pytest.approx(NORMAL.inv_cdf(0.8), abs=0.25)


def test_where_nearly_all_give_up_the_longest_wait_seen_is_the_promise() -> None:
    calibration = Calibration()
    for score in range(MEMORY):
        calibration.add(score / MEMORY, served=False)
    assert calibration.score(0.8) == (MEMORY - 1) / MEMORY
