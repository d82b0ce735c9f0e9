"""Figures 1 and 15: what agents' logs of states say, held against their shifts. Of each agent the log of the period is
read, so that breaks and shifts that end within a half hour are exact; one agent after another, so that no long report
keeps the loop from anything else.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from recording.figures.period import Period
from recording.figures.reading import Members
from recording.figures.scope import Scope, ScopeKind
from recording.inputs.attendance import Stay, adherence, attendance, signed_in, stays
from recording.inputs.schedules import Schedules
from recording.inputs.spans import Span, meet
from recording.models import AgentStateEntry, AgentTeam
from recording.state_entries import StateEntry, in_order
from recording.store import Store

_NAMES = frozenset({"adherent_ms", "scheduled_ms", "attended", "scheduled"})


class Shifts:
    """The schedules of this store. Of a team are counted who was in it when the period began, or came into it later."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def sums(self, scope: Scope, period: Period, names: Collection[str], now: datetime) -> Mapping[str, Decimal]:
        """Of the time before `now`. A shift belongs to the period in which it begins."""
        until = min(now, period.until)
        if not _NAMES & set(names) or scope.kind is ScopeKind.QUEUE or until <= period.since:
            return {}
        schedules = Schedules(self._store, period.zone)
        agents = await self._agents(schedules, scope)
        first, last = period.start.date(), (period.end - timedelta(microseconds=1)).date()
        plan = await schedules.plan(agents, first, last)
        adherent_ms = scheduled_ms = at_all = 0
        came: set[str] = set()
        expected: set[str] = set()
        for agent in agents:
            shifts = [shift for shift in plan.shifts(agent, first, last) if period.since <= shift.span.start < until]
            working = plan.working(agent, period.since, until)
            if not shifts and not working:
                continue
            end = min(now, max([until, *(shift.span.end for shift in shifts)]))
            done = await self._stays(agent, period.since, end)
            own = adherence(meet(working, [Span(period.since, until)]), done)
            adherent_ms += own.adhered_ms
            scheduled_ms += own.scheduled_ms
            at_all += own.scheduled_ms > 0
            one_came, one_expected = attendance(shifts, {agent: signed_in(done)})
            came |= one_came
            expected |= one_expected
        numbers = {
            "adherent_ms": adherent_ms, "scheduled_ms": scheduled_ms, "attended": len(came),
            "scheduled": len(expected), "scheduled_agents": max(at_all, len(expected)),
        }  # fmt: skip
        return {name: Decimal(number) for name, number in numbers.items()}

    async def _agents(self, schedules: Schedules, scope: Scope) -> list[str]:
        if scope.kind is ScopeKind.AGENT:
            return [scope.name]
        assigned = {one.agent for one in await schedules.assignments(None)}
        if scope.kind is ScopeKind.TEAM:
            table = AgentTeam.__table__
            async with self._store.engine.connect() as connection:
                his = select(AgentTeam.agent).where(AgentTeam.team == scope.name)
                rows = await connection.execute(select(table).where(table.c.agent.in_(his)))
                assigned &= set(Members(rows, scope.name).stays)
        return sorted(assigned)

    async def _stays(self, agent: str, start: datetime, end: datetime) -> list[Stay]:
        table = AgentStateEntry.__table__
        columns = [table.c[name] for name in StateEntry.model_fields]
        his = select(*columns).where(table.c.agent == agent)
        before = his.where(table.c.at < start).order_by(table.c.at.desc()).limit(1)
        within = his.where(table.c.at >= start, table.c.at < end).order_by(table.c.at)
        async with self._store.engine.connect() as connection:
            found = [*(await connection.execute(before)).mappings(), *(await connection.execute(within)).mappings()]
        return list(stays(in_order([StateEntry(**row) for row in found]), start, end))
