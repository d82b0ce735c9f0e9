"""Figure 4: what a scope bears of the centre's costs in a period. What was entered for one is his alone; all the rest
is shared out among those of his kind, by the rule of the centre's files (docs/figures.md says why so). Of a period that
goes on, its part until now.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.figures.period import Period
from recording.figures.reading import Reading
from recording.figures.rules import ShareBy
from recording.figures.scope import CENTRE, Scope, ScopeKind
from recording.inputs.cost_shares import UNITS, Cost, share
from recording.inputs.costs import Costs
from recording.inputs.portions import portions
from recording.models import AgentHalfHour
from recording.store import Store

NOBODYS = ""
"""In whose name stands what is of no queue, no team, no agent: it bears its portion like any other."""

_WEIGHED: Mapping[ShareBy, tuple[str, ...]] = {
    ShareBy.HANDLE_TIME: ("talk_ms", "hold_ms", "wrap_up_ms"),
    ShareBy.CALLS: ("answered", "served_by_ivr"),
    ShareBy.NONE: (),
}
"""The sums of figure 5, and those that figure 4 divides by."""


@dataclass(frozen=True, slots=True)
class Borne:
    """What of a cost somebody bears in a period, in ten-thousandths."""

    cost: Cost
    units: int


Bills = Mapping[str, tuple[Borne, ...]]
"""By the name of who bears it. Who is not in it bears nothing that is known."""


class Expenses:
    """The costs of this store. Those of several currencies are no sum, and no data."""

    def __init__(self, store: Store, share_by: ShareBy = ShareBy.HANDLE_TIME) -> None:
        self._store = store
        self._share_by = share_by

    async def sums(self, scope: Scope, period: Period, names: Collection[str], now: datetime) -> Mapping[str, Decimal]:
        """The cost of the time before `now`; that of the centre is that of all."""
        return (await self.each([scope], period, names, now)).get(scope, {})

    async def each(
        self, scopes: Collection[Scope], period: Period, names: Collection[str], now: datetime
    ) -> Mapping[Scope, Mapping[str, Decimal]]:
        """Those of a kind are shared out at once."""
        if "cost" not in names:
            return {}
        found: dict[Scope, Mapping[str, Decimal]] = {}
        for kind in {scope.kind for scope in scopes}:
            bills = await self.bills(kind, period, now)
            for scope in scopes:
                if scope.kind is kind and (his := bills.get(scope.name)) is not None:
                    found[scope] = {"cost": Decimal(sum(one.units for one in his)) / UNITS}
        return found

    async def bills(self, kind: ScopeKind, period: Period, now: datetime) -> Bills:
        """What each of this kind bears of the time before `now`; all of them, and NOBODYS, bear what the centre costs,
        where anything is shared out at all."""
        until = min(now, period.until)
        if until <= period.since:
            return {}
        days = (moment.astimezone(period.zone).date() for moment in (period.since, until))
        costs = await Costs(self._store, period.zone).entries(*days)
        every = [Borne(one, int(share(one, period.since, until, period.zone) * UNITS)) for one in costs]
        every = [one for one in every if one.units]
        if len({one.cost.currency for one in every}) != 1:
            return {}
        if kind is ScopeKind.CENTRE:
            return {CENTRE.name: tuple(every)}
        own: dict[str, list[Borne]] = {}
        rest: list[Borne] = []
        for one in every:
            whose, _, name = one.cost.scope.partition(":")
            (own.setdefault(name, []) if whose == kind.value else rest).append(one)
        async with self._store.snapshot() as connection:
            weights = await _weights(connection, kind, period, self._share_by, now)
        names = sorted(name for name, weight in weights.items() if weight)
        falls = portions(sum(one.units for one in rest), [weights[name] for name in names])
        bills = {name: tuple(his) for name, his in own.items()}
        for name, units in zip(names, falls, strict=True):
            pieces = portions(units, [one.units for one in rest])
            bills[name] = (*bills.get(name, ()), *(Borne(one.cost, n) for one, n in zip(rest, pieces, strict=True)))
        return bills


async def _weights(
    connection: AsyncConnection, kind: ScopeKind, period: Period, share_by: ShareBy, now: datetime
) -> Mapping[str, int]:
    """By which the costs are shared out, by name. Figures 4 and 5 of the whole period are of the same sums."""
    weighed = _WEIGHED[share_by]
    if not weighed:
        return {}
    reading = Reading(connection, now)
    nobodys = 0
    if share_by is ShareBy.CALLS:
        nobodys = (await reading.total(CENTRE, period, ["served_by_ivr"]))["served_by_ivr"]
    if kind is ScopeKind.TEAM:
        agents, teams = await reading.each_agent_and_team(period, weighed)
        found = {team: sum(row.values()) for team, row in teams.items()}
        nobodys += sum(sum(row.values()) for row in agents.values()) - sum(found.values())
    else:
        found = {name: sum(row.values()) for name, row in (await reading.each(kind, period, weighed)).items()}
    if kind is ScopeKind.QUEUE:
        table = AgentHalfHour.__table__.c
        added = select(*(func.sum(table[name]) for name in weighed)).where(
            table.queue == "", table.half_hour >= period.since, table.half_hour < period.until
        )
        nobodys += sum(int(number or 0) for number in (await connection.execute(added)).one())
    return {**found, NOBODYS: nobodys}
