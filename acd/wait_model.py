"""How long the caller at a place in a queue still waits, as a distribution; and how such predictions have come true.

Formula: the caller at place n is served at the n-th departure ahead of and including him. While calls wait, agents come
free at a rate r, and each of the callers ahead gives up at a rate d; so he waits the sum of n exponential times of the
rates r, r + d, …, r + (n - 1)·d: mean and variance are the sums of 1/rate and of 1/rate² (Ward Whitt, "Predicting
queueing delays", Management Science 45(6), 1999, the Markovian estimator with abandonment). Its distribution is taken
as the gamma of that mean and variance, by Wilson and Hilferty's cube root ("The distribution of chi-square", PNAS 17,
1931), here good to 2 % even for n = 1.

Service is not exponential in truth, agents serve several queues and some callers go ahead. So predictions are
recalibrated by their own history: each past wait gives the score z at which its prediction held it, standard normal if
predictions were right; what is promised for a probability p is read off at the p-quantile of those scores instead of
the normal one (the probability integral transform: A. P. Dawid, JRSS A 147, 1984; recalibration: Kuleshov, Fenner,
Ermon, ICML 2018). A caller who gave up would have waited longer than he did: the quantile is that of Kaplan and Meier
(JASA 53, 1958), in which such a score counts as "more than".
"""

from collections import deque
from dataclasses import dataclass
from math import log1p, sqrt
from statistics import NormalDist

MEMORY = 200
"""How many past waits a queue's predictions are judged and corrected by."""

_PRIOR = 20
"""So many scores of a right prediction stand in the memory at first, and are forgotten first."""

_SUMMED = 32
"""So many terms are summed one by one; beyond, Euler and Maclaurin's formula is exact to the millisecond."""


@dataclass(frozen=True, slots=True)
class WaitModel:
    """A time by its mean (ms) and its shape (mean² over variance, 1 for an exponential one)."""

    mean_ms: float
    shape: float

    def quantile_ms(self, z: float) -> float:
        """The time that belongs to a score."""
        ninth = 1 / (9 * self.shape)
        return self.mean_ms * max(0.0, 1 - ninth + z * sqrt(ninth)) ** 3

    def score(self, wait_ms: float) -> float:
        """The inverse: where in the distribution a wait lies, as a standard normal score."""
        ninth = 1 / (9 * self.shape)
        return float(((wait_ms / self.mean_ms) ** (1 / 3) - 1 + ninth) / sqrt(ninth))


def wait_at(place: int, served_per_ms: float, given_up_per_ms: float, *, known_by: float) -> WaitModel:
    """The wait at that place (1 is next), with agents coming free and each caller giving up at these rates.

    The former was measured by so many events, so its own relative variance is 1 over that. Takes as long for any place.
    """
    direct = min(place, _SUMMED)
    rates = [served_per_ms + ahead * given_up_per_ms for ahead in range(direct)]
    mean, variance = sum(1 / rate for rate in rates), sum(1 / rate**2 for rate in rates)
    if place > direct:
        first, last = served_per_ms + direct * given_up_per_ms, served_per_ms + (place - 1) * given_up_per_ms
        mean += _tail(first, last, place - direct, given_up_per_ms, power=1)
        variance += _tail(first, last, place - direct, given_up_per_ms, power=2)
    return WaitModel(mean, 1 / (variance / mean**2 + 1 / known_by))


def _tail(first: float, last: float, terms: int, step: float, *, power: int) -> float:
    """The sum of 1/rate**power over so many rates, evenly spaced from the first to the last."""
    spread = (terms - 1) * step
    if spread < first * 1e-9:
        return terms / first**power
    area = log1p(spread / first) / step if power == 1 else spread / (first * last) / step
    ends = (first**-power + last**-power) / 2
    return area + ends + power * step * (first ** -(power + 1) - last ** -(power + 1)) / 12


class Calibration:
    """The scores of the last `MEMORY` waits, and what they say of the next."""

    def __init__(self) -> None:
        normal = NormalDist()
        right = (normal.inv_cdf((place + 0.5) / _PRIOR) for place in range(_PRIOR))
        self._scores: deque[tuple[float, bool]] = deque(((score, True) for score in right), maxlen=MEMORY)
        self._curve: list[tuple[float, float]] = []

    def add(self, score: float, *, served: bool) -> None:
        """A wait has ended at this score; not `served`: it would have gone on."""
        self._scores.append((score, served))
        self._curve = []

    def score(self, probability: float) -> float:
        """The score that a wait stays below with this probability, going by the past; the highest known where so many
        gave up that it cannot be told."""
        if not self._curve:
            self._curve = self._survival()
        return next((score for score, surviving in self._curve if surviving <= 1 - probability), self._curve[-1][0])

    def _survival(self) -> list[tuple[float, float]]:
        curve: list[tuple[float, float]] = []
        surviving, at_risk = 1.0, len(self._scores)
        for score, served in sorted(self._scores):
            if served:
                surviving *= 1 - 1 / at_risk
            curve.append((score, surviving))
            at_risk -= 1
        return curve
