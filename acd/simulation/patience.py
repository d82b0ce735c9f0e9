"""How long callers would have waited, from a day on which most were answered before they gave up.

Who hung up has told us his patience; who was answered, or left otherwise, has told us only that it was longer than his
wait: it is censored. From both follows the curve of Kaplan and Meier (1958, "Nonparametric estimation from incomplete
observations"). Behind the day's longest wait, where that curve ends, it is carried on as an exponential one through its
last point (Brown, Hollander, Korwar 1974).
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from math import exp, log


class PatienceCurve:
    """The share of callers who are still there after a wait."""

    def __init__(self, observed: Iterable[tuple[int, bool]]) -> None:
        """`observed`: each caller's wait in milliseconds, and whether he gave up then."""
        waits, given_up = Counter[int](), Counter[int]()
        for wait_ms, gave_up in observed:
            waits[wait_ms] += 1
            given_up[wait_ms] += gave_up
        self._times_ms: list[int] = []
        self._shares: list[float] = []
        here, staying = waits.total(), 1.0
        for wait_ms in sorted(waits):
            if given_up[wait_ms]:
                staying *= 1 - given_up[wait_ms] / here
                self._times_ms.append(wait_ms)
                self._shares.append(staying)
            here -= waits[wait_ms]
        longest_ms = max(waits, default=0)
        self._rate = -log(staying) / longest_ms if longest_ms and 0 < staying < 1 else 0.0
        self._longest_ms = longest_ms

    def staying(self, wait_ms: float) -> float:
        """The share of callers whose patience is longer than this."""
        if self._rate and wait_ms > self._longest_ms:
            return exp(-self._rate * wait_ms)
        at = bisect_right(self._times_ms, wait_ms)
        return self._shares[at - 1] if at else 1.0

    def beyond(self, wait_ms: int, luck: float) -> int | None:
        """The patience of a caller who has waited `wait_ms` and was still there; 0 <= `luck` < 1, uniform.

        None: the day says nothing of anybody giving up so late.
        """
        target = (1 - luck) * self.staying(wait_ms)
        for time_ms, staying in zip(self._times_ms, self._shares, strict=True):
            if time_ms > wait_ms and staying <= target:
                return time_ms
        return max(wait_ms, round(-log(target) / self._rate)) if self._rate and target else None
