"""How a month's quota of an agent is spread over its days, pure.

The quota is laid evenly over the days on which work of his can be drawn, each agent's from a place of its own, so that
neither one agent's evaluations nor the whole floor's come on the same days. What he was not there for is made up for
evenly over the days that are left, not on the first of them. All of it is to be drawn some days before the month ends,
so that it can be judged and released within it; what is not by then comes until the last day.
"""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

FULL = 1 << 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """`day` of `days` in a month, whose quotas are to be drawn `ready_days` before its end."""

    name: str
    day: int
    days: int
    ready_days: int

    @property
    def last(self) -> int:
        """The day by which quotas are to be drawn."""
        return max(1, self.days - self.ready_days)


def place_in_month(month: Month, rule: str, agent: str) -> int:
    """Where an agent's days begin, 0 to 2^64 - 1: the same in every draw of the month."""
    return int.from_bytes(sha256("\0".join((month.name, rule, agent)).encode()).digest()[:8])


def wanted(quota: int, drawn: int, month: Month, planned: Collection[int], place: int) -> int:
    """How many are to be drawn today of an agent of whom `drawn` were in this month. `planned` are the days of the
    month on which work of his can be drawn; where there are none that count, all days do."""
    rest = quota - drawn
    if rest <= 0:
        return 0
    if month.day > month.last:
        return _share(rest, month.days - month.day + 1)
    days = sorted(day for day in set(planned) if day <= month.last) or range(1, month.last + 1)
    passed = sum(day <= month.day for day in days)
    due = sum(1 + ((n * FULL + place) * len(days)) // (quota * FULL) <= passed for n in range(quota))
    left = sum(day >= month.day for day in days)
    return max(0, min(due - drawn, _share(rest, max(left, 1))))


def _share(rest: int, days: int) -> int:
    return -(-rest // days)
