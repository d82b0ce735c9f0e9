"""What costs a scope bears in a period, one addend each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from recording.figures.addends.values import Addend, Source
from recording.figures.expenses import Borne, Expenses
from recording.figures.period import Period, midnight
from recording.figures.rules import Rules
from recording.figures.scope import Scope
from recording.inputs.cost_shares import UNITS
from recording.store import Store


class _Costs:
    def __init__(self, borne: Sequence[Borne], period: Period, now: datetime) -> None:
        self._borne = borne
        self._period = period
        self._now = now

    @property
    def keys(self) -> Sequence[str]:
        """All at once: there are few."""
        return [""]

    async def of(self, key: str) -> Sequence[Addend]:
        """In order of time."""
        return [self._addend(one) for one in self._borne]

    def _addend(self, one: Borne) -> Addend:
        zone = self._period.zone
        begin, over = midnight(one.cost.first, zone), midnight(one.cost.last + timedelta(days=1), zone)
        return Addend(
            sum="cost",
            amount=Decimal(one.units) / UNITS,
            what=one.cost.what,
            start=max(begin, self._period.start),
            end=min(over, self._period.end, self._now.astimezone(zone)),
            scope=one.cost.scope,
            whole=one.cost.amount,
            currency=one.cost.currency,
        )


async def costs(store: Store, scope: Scope, period: Period, now: datetime, rules: Rules) -> Source:
    """Those that the scope bears, shared out as its figure has it."""
    bills = await Expenses(store, rules.share_costs_by).bills(scope.kind, period, now)
    return _Costs(bills.get(scope.name, ()), period, now)
