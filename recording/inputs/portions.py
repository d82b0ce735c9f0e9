"""Whole amounts shared out by weights, so that the portions add up to the whole, whatever is rounded. Pure."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise

Weight = int | Fraction


def portions(whole: int, weights: Sequence[Weight]) -> list[int]:
    """What of the whole falls to each, by its weight (0 and up); nothing to anybody where all weights are 0. Each is
    the difference of two rounded sums, so that it is off by 1 at most."""
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    borders = [round(whole * Fraction(reached) / total) for reached in accumulate(weights, initial=0)]
    return [after - before for before, after in pairwise(borders)]
