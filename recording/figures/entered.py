"""Figure 23: who left in a period, and who there was (recording.inputs). Of one that goes on, its days until now."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from recording.figures.period import Period
from recording.figures.scope import Scope, ScopeKind
from recording.inputs.staff import Staff
from recording.inputs.staffing import YEAR_DAYS
from recording.store import Store

PRECISE = 10**8
"""Sums that are no whole numbers are told to eight places."""


class Turnover:
    """Figure 23: the staff of this store, by whole days."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def sums(self, scope: Scope, period: Period, names: Collection[str], now: datetime) -> Mapping[str, Decimal]:
        """Who left, as many as it would be in a year, and the mean of full-time people, both of the days until now."""
        if "left_per_year" not in names or scope.kind not in (ScopeKind.CENTRE, ScopeKind.TEAM):
            return {}
        if (days := days_of(period, now)) is None:
            return {}
        changes = await Staff(self._store).staff_changes(*days, scope.name or None)
        if not changes.mean_full_time:
            return {}
        return {
            "left_per_year": exact(Fraction(len(changes.left) * YEAR_DAYS, changes.days)),
            "mean_agents": exact(changes.mean_full_time),
        }

    async def each(
        self, scopes: Collection[Scope], period: Period, names: Collection[str], now: datetime
    ) -> Mapping[Scope, Mapping[str, Decimal]]:
        """Those of several, one after another: no agent has any of his own."""
        if "left_per_year" not in names:
            return {}
        return {scope: await self.sums(scope, period, names, now) for scope in scopes}


def days_of(period: Period, now: datetime) -> tuple[date, date] | None:
    """The first and the last of its days until now; None where it has not begun."""
    last = min((period.end - timedelta(microseconds=1)).date(), now.astimezone(period.zone).date())
    first = period.start.date()
    return None if last < first else (first, last)


def exact(number: Fraction) -> Decimal:
    """To as many places as it is told to."""
    return Decimal(round(number * PRECISE)) / PRECISE
