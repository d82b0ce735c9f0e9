"""Patience from a day on which most callers were answered first."""

from math import exp, log
from random import Random
from statistics import fmean

import pytest

from acd.simulation.patience import PatienceCurve

pytestmark = pytest.mark.unit

GAVE_UP, ANSWERED = True, False
DAY = [(1_000, GAVE_UP), (2_000, ANSWERED), (3_000, GAVE_UP), (3_000, ANSWERED), (5_000, ANSWERED)]
"""By hand: 4/5 stay beyond 1 s, of the three who are seen at 3 s one gives up: 4/5 · 2/3 = 8/15."""


def test_the_curve_is_the_product_of_those_who_stayed_among_those_who_were_there() -> None:
    curve = PatienceCurve(DAY)
    assert [curve.staying(ms) for ms in (0, 999, 1_000, 2_999)] == pytest.approx([1, 1, 0.8, 0.8])
    assert [curve.staying(ms) for ms in (3_000, 4_000, 5_000)] == pytest.approx([8 / 15] * 3)


def test_behind_the_longest_wait_it_goes_on_as_an_exponential_through_its_last_point() -> None:
    curve = PatienceCurve(DAY)
    assert curve.staying(10_000) == pytest.approx(exp(2 * log(8 / 15)))


def test_a_caller_who_was_answered_is_given_a_patience_beyond_his_wait() -> None:
    curve = PatienceCurve(DAY)
    assert curve.beyond(0, 0.19) == 1_000
    assert curve.beyond(0, 0.21) == 3_000
    assert curve.beyond(2_000, 0.3) == 3_000  # a third of those who waited 2 s give up at 3 s
    late = curve.beyond(2_000, 0.34)
    assert late is not None
    assert late > 5_000
    assert curve.beyond(8_000, 0.0) == 8_000


def test_where_everybody_gives_up_nobody_waits_longer_than_the_longest() -> None:
    curve = PatienceCurve([(1_000, GAVE_UP), (2_000, GAVE_UP)])
    assert curve.staying(2_000) == 0
    assert curve.beyond(0, 0.999) == 2_000
    assert curve.beyond(1_500, 0.0) == 2_000


def test_where_nobody_gives_up_patience_has_no_end() -> None:
    assert PatienceCurve([(4_000, ANSWERED)]).beyond(0, 0.99) is None
    assert PatienceCurve([]).beyond(0, 0.5) is None
    assert PatienceCurve([(0, GAVE_UP), (0, ANSWERED)]).beyond(0, 0.5) is None


def test_what_is_drawn_for_the_censored_has_the_mean_of_the_truth() -> None:
    """Patience is exponential with a mean of 60 s, but half are answered within 40 s."""
    random = Random(4)
    people = [(round(random.expovariate(1 / 60_000)), round(random.uniform(0, 80_000))) for _ in range(3_000)]
    curve = PatienceCurve((min(patience, wait), patience <= wait) for patience, wait in people)
    drawn = [patience if patience <= wait else curve.beyond(wait, random.random()) or 0 for patience, wait in people]
    assert fmean(drawn) == pytest.approx(60_000, rel=0.08)
    seen_only = [patience for patience, wait in people if patience <= wait]
    assert fmean(seen_only) < 30_000  # what one would think from those alone who gave up
