"""What agents should do in a period, by their schedules, and what the log of states says they did: what figures 1 and
15 are of, and what stands behind them.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from recording.figures.log_stretches import entries_of
from recording.figures.members import Members, memberships
from recording.figures.period import Period
from recording.figures.scope import Scope, ScopeKind
from recording.inputs.attendance import Stay, stays
from recording.inputs.plan import ONE_DAY, Plan, PlannedShift
from recording.inputs.schedules import Schedules
from recording.inputs.spans import Span, meet, union
from recording.store import Store

_TOGETHER = 20
"""Agents planned without letting others come first."""


@dataclass(frozen=True, slots=True)
class Due:
    """What an agent should do in a period: `shifts` begin in it, `working` is his time until `until`."""

    shifts: Sequence[PlannedShift]
    working: Sequence[Span]
    until: datetime

    def kind_at(self, moment: datetime) -> str:
        """How the shift of this moment came to be; one from before the period is a shift like any other."""
        there = (shift for shift in self.shifts if shift.span.start <= moment < shift.span.end)
        kind = next((shift.kind for shift in there), None)
        return "shift" if kind is None else kind.value


async def duties(
    store: Store, scopes: Sequence[Scope], period: Period, now: datetime
) -> tuple[dict[Scope, list[str]], dict[str, Due]]:
    """Who belongs to each scope, and of each of them who has any what he should do in the time before `now`."""
    schedules = Schedules(store, period.zone)
    agents = await agents_of(store, schedules, scopes)
    every = sorted({agent for some in agents.values() for agent in some})
    plan = await schedules.plan(every, period.start.date(), (period.end - timedelta(microseconds=1)).date())
    return agents, await due_of(plan, every, period, now)


async def due_of(plan: Plan, agents: Iterable[str], period: Period, now: datetime) -> dict[str, Due]:
    """What these agents should do in the time before `now`; nothing of those who should do nothing."""
    due: dict[str, Due] = {}
    for number, agent in enumerate(agents, 1):
        if (his := _due(plan, agent, period, now)).shifts or his.working:
            due[agent] = his
        if number % _TOGETHER == 0:
            await asyncio.sleep(0)  # whoever else lives in this loop comes first
    return due


async def stays_of(store: Store, agent: str, start: datetime, end: datetime) -> list[Stay]:
    """What he did in this time, by the log of states."""
    async with store.reading() as connection:
        return list(stays(await entries_of(connection, agent, start, end), start, end))


async def agents_of(store: Store, schedules: Schedules, scopes: Iterable[Scope]) -> dict[Scope, list[str]]:
    """Who belongs to each scope; to the centre and to teams those alone who were ever given a pattern."""
    found = {scope: [scope.name] for scope in scopes}
    if all(scope.kind is ScopeKind.AGENT for scope in found):
        return found
    assigned = await schedules.assigned()
    teams: Mapping[str, Members] = {}
    if any(scope.kind is ScopeKind.TEAM for scope in found):
        async with store.reading() as connection:
            teams = await memberships(connection)
    for scope in found:
        if scope.kind is ScopeKind.CENTRE:
            found[scope] = sorted(assigned)
        elif scope.kind is ScopeKind.TEAM:
            found[scope] = sorted(assigned & teams[scope.name].stays.keys()) if scope.name in teams else []
    return found


def _due(plan: Plan, agent: str, period: Period, now: datetime) -> Due:
    first, last = period.start.date(), (period.end - timedelta(microseconds=1)).date()
    until = min(now, period.until)
    every = plan.shifts(agent, first - 2 * ONE_DAY, last)  # a shift may have begun the day before
    shifts = [shift for shift in every if period.since <= shift.span.start < until]
    working = meet(union(span for shift in every for span in shift.working), [Span(period.since, until)])
    return Due(shifts, working, min(now, max([until, *(shift.span.end for shift in shifts)])))
