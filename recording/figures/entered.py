"""Figures 4 and 23: what of the costs falls into a period, and who joined and left in it (recording.inputs). Of a
period that goes on, its part until now.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from recording.figures.period import Period
from recording.figures.scope import Scope, ScopeKind
from recording.inputs.costs import Costs
from recording.inputs.staff import Staff
from recording.inputs.staffing import YEAR_DAYS
from recording.store import Store

_PRECISE = 10**8
"""Sums that are no whole numbers are told to eight places."""


class _OneByOne(ABC):
    """Reads of one scope at a time."""

    @abstractmethod
    async def sums(self, scope: Scope, period: Period, names: Collection[str], now: datetime) -> Mapping[str, Decimal]:
        """Those of one."""

    async def each(
        self, scopes: Collection[Scope], period: Period, names: Collection[str], now: datetime
    ) -> Mapping[Scope, Mapping[str, Decimal]]:
        """Those of several, one after another: no agent has any of his own."""
        return {scope: await self.sums(scope, period, names, now) for scope in scopes}


class Expenses(_OneByOne):
    """Figure 4: the costs of this store. Those of several currencies are no sum, and no data."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def sums(self, scope: Scope, period: Period, names: Collection[str], now: datetime) -> Mapping[str, Decimal]:
        """The cost of the time before `now`; that of the centre is that of all."""
        until = min(now, period.until)
        if "cost" not in names or scope.kind is ScopeKind.AGENT or until <= period.since:
            return {}
        found = await Costs(self._store, period.zone).costs(period.since, until, str(scope))
        return {"cost": next(iter(found.values()))} if len(found) == 1 else {}


class Turnover(_OneByOne):
    """Figure 23: the staff of this store, by whole days."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def sums(self, scope: Scope, period: Period, names: Collection[str], now: datetime) -> Mapping[str, Decimal]:
        """Who left, as many as it would be in a year, and the mean of full-time people, both of the days until now."""
        if "left_per_year" not in names or scope.kind not in (ScopeKind.CENTRE, ScopeKind.TEAM):
            return {}
        last = min((period.end - timedelta(microseconds=1)).date(), now.astimezone(period.zone).date())
        first = period.start.date()
        if last < first:
            return {}
        changes = await Staff(self._store).staff_changes(first, last, scope.name or None)
        if not changes.mean_full_time:
            return {}
        return {
            "left_per_year": Decimal(round(len(changes.left) * YEAR_DAYS * _PRECISE / changes.days)) / _PRECISE,
            "mean_agents": Decimal(round(changes.mean_full_time * _PRECISE)) / _PRECISE,
        }
