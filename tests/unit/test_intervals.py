"""Intervals of confidence: the published quantiles of Student's distribution, and what little data may say."""

from random import Random

import pytest

from acd.simulation.intervals import Interval, interval, student_t

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("confidence", "freedom", "published"),
    [
        (0.90, 1, 6.314),
        (0.95, 1, 12.706),
        (0.95, 4, 2.776),
        (0.95, 19, 2.093),
        (0.99, 2, 9.925),
        (0.99, 19, 2.861),
        (0.99, 60, 2.660),
        (0.95, 1_000, 1.962),
    ],
)
def test_student_s_quantiles_are_those_of_the_published_table(
    confidence: float, freedom: int, published: float
) -> None:
    assert student_t(confidence, freedom) == pytest.approx(published, abs=0.0006)


def test_the_interval_is_mean_and_t_times_the_standard_error() -> None:
    """For 1, 2, 3, 4, 5: mean 3, s = √2.5, t(0.95; 4) = 2.776, half width 2.776·√(2.5/5)."""
    found = interval([1, 2, 3, 4, 5])
    assert found.mean == 3
    assert found.half_width == pytest.approx(1.963, abs=0.001)
    assert found.holds(1.1)
    assert not found.holds(1.0)
    assert not found.holds(5.0)


def test_of_a_hundred_intervals_about_ninety_hold_the_truth() -> None:
    random = Random(1)
    held = sum(interval([random.gauss(7, 3) for _ in range(8)], 0.90).holds(7) for _ in range(1_000))
    assert held == pytest.approx(900, abs=30)


def test_days_without_data_are_left_out_and_one_day_has_no_interval() -> None:
    assert interval([None, 2.0, None]) == Interval(2.0, None, 1)
    assert interval([None]) == Interval(None, None, 0)
    assert not interval([2.0]).holds(2.0)
    assert interval([3, 3, None]) == Interval(3, 0, 2)


@pytest.mark.parametrize("confidence", [0, 1, 1.5, -0.2])
def test_a_confidence_that_is_no_share_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="expected a share between 0 and 1"):
        interval([1, 2], confidence)
