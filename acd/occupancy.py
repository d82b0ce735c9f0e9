"""How busy an agent was of late, as one number that stays true while he is idle.

Time spent ringing, talking, holding and in wrap-up is weighted by exp(−age/WINDOW_MS), as in an exponentially weighted
moving average. All idle agents' weights fade at the same rate, so their order never changes while they wait: kept as a
logarithm on a fixed time base, the number of an idle agent does not move at all.
"""

from math import exp, expm1, inf, log, log1p

WINDOW_MS = 1_800_000
"""After half an hour, busy time counts for 1/e of what it did."""

NEVER_BUSY = -inf


def after_busy(load: float, since_ms: int, until_ms: int) -> float:
    """The load of an agent who has just been busy from `since_ms` to `until_ms`.

    Adds ln of the integral of exp(t/WINDOW_MS) over that time to what was there.
    """
    if until_ms <= since_ms:
        return load
    span = (until_ms - since_ms) / WINDOW_MS
    added = until_ms / WINDOW_MS + log(-expm1(-span))
    high, low = max(load, added), min(load, added)
    return high + log1p(exp(low - high))


def busy_ms(load: float, now_ms: int) -> float:
    """The weighted busy time behind that load, seen from now: 0 to WINDOW_MS."""
    return WINDOW_MS * exp(load - now_ms / WINDOW_MS) if load > NEVER_BUSY else 0.0
