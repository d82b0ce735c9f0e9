"""What independent replications say of a figure: its mean, and how far from it the truth may be.

Each replication is a day of its own with random numbers of its own: their figures are independent, and the interval of
Student (1908, "The probable error of a mean") holds: mean ± t·s/√n, t the quantile for n-1 degrees of freedom.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import exp, lgamma, log, log1p, sqrt
from statistics import fmean, stdev


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over `count` replications; the truth is within `half_width` of it with the confidence asked for.

    `mean` None: no replication had data. `half_width` None: fewer than two had.
    """

    mean: float | None
    half_width: float | None
    count: int

    def holds(self, value: float) -> bool:
        """Whether that value is within the interval."""
        return self.mean is not None and self.half_width is not None and abs(value - self.mean) <= self.half_width


def interval(values: Iterable[float | None], confidence: float = 0.95) -> Interval:
    """The interval from one value of each replication; those without data are left out. 0 < confidence < 1."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence {confidence!r}; expected a share between 0 and 1")
    there = [value for value in values if value is not None]
    if len(there) < 2:
        return Interval(there[0] if there else None, None, len(there))
    half_width = student_t(confidence, len(there) - 1) * stdev(there) / sqrt(len(there))
    return Interval(fmean(there), half_width, len(there))


@cache
def student_t(confidence: float, freedom: int) -> float:
    """The t for which a value of Student's distribution is within ±t with that probability; `freedom` 1 or more.

    P(|T| <= t) = 1 - I(freedom/(freedom + t²); freedom/2, 1/2), I the regularised incomplete beta function; solved by
    halving.
    """

    def outside(t: float) -> float:
        return _incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5)

    low, high = 0.0, 1.0
    while outside(high) > 1 - confidence:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if outside(middle) > 1 - confidence else (low, middle)
    return (low + high) / 2


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """I(x; a, b) for 0 < x <= 1, by the continued fraction of DLMF 8.17.22, evaluated as Lentz (1976) does."""
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):  # there the fraction of the other side converges faster (DLMF 8.17.4)
        return 1 - _incomplete_beta(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    value, numerator, denominator = 1.0, 1.0, 0.0
    for step in range(200):
        m, odd = divmod(step, 2)
        if step == 0:
            term = 1.0
        elif odd:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        denominator = 1 / (1 + term * denominator)
        numerator = 1 + term / numerator
        value *= numerator * denominator
        if step and abs(1 - numerator * denominator) < 1e-15:
            break
    return front * (value - 1)
