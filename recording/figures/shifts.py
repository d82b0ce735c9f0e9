"""Figures 1 and 15: what agents did, held against their shifts. Read are the half-hour sums, which tell the time at
work of each five minutes: a month of hundreds of agents has millions of entries in the log of states. The log is read
of those alone whose sums cannot tell: a shift or break that begins within five minutes, and time from before these were
kept. No long report keeps the loop from anything else.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from acd.states import AgentState
from recording.figures.duty import Due, duties, stays_of
from recording.figures.period import Period
from recording.figures.scope import Scope, ScopeKind
from recording.figures.slots import Slots, Worked, worked
from recording.inputs.attendance import AT_WORK, adherence, attendance, signed_in
from recording.inputs.plan import PlannedShift
from recording.inputs.spans import Span, meet, total_ms
from recording.models import AgentLastState
from recording.store import Store

_NAMES = frozenset({"adherent_ms", "scheduled_ms", "attended", "scheduled"})


@dataclass(frozen=True, slots=True)
class _Lasting:
    """The state in which an agent is: his sums do not have it before it ends."""

    state: AgentState
    since: datetime

    @property
    def signed_in(self) -> bool:
        return self.state is not AgentState.SIGNED_OUT


@dataclass(slots=True)
class _Done:
    """What came of it, by agent."""

    adhered_ms: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    came: set[str] = field(default_factory=set)


class Shifts:
    """The schedules of this store. Of a team are counted who was in it when the period began, or came into it later."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def sums(self, scope: Scope, period: Period, names: Collection[str], now: datetime) -> Mapping[str, Decimal]:
        """Of the time before `now`. A shift belongs to the period in which it begins."""
        return (await self.each([scope], period, names, now)).get(scope, {})

    async def each(
        self, scopes: Collection[Scope], period: Period, names: Collection[str], now: datetime
    ) -> Mapping[Scope, Mapping[str, Decimal]]:
        """Of several scopes; what they have in common is read once."""
        until = min(now, period.until)
        whose = [scope for scope in scopes if scope.kind is not ScopeKind.QUEUE]
        if not whose or not _NAMES & set(names) or until <= period.since:
            return {}
        agents, due = await duties(self._store, whose, period, now)
        done = await self._done(due, period)
        return {
            scope: _sums({agent: due[agent] for agent in some if agent in due}, done) for scope, some in agents.items()
        }

    async def _done(self, due: Mapping[str, Due], period: Period) -> _Done:
        """By the sums where they tell it, and by the log where they do not."""
        slots = Slots(period.zone)
        told = {agent: one for agent, one in due.items() if all(map(slots.fits, one.working))}
        table = AgentLastState.__table__
        async with self._store.engine.connect() as connection:
            rows = await connection.execute(select(table))
            lasting = {row.agent: _Lasting(AgentState(row.state), row.at) for row in rows}
            own = await worked(connection, {agent: one.own for agent, one in told.items()}, slots)
            before = await worked(connection, {agent: one.before for agent, one in told.items()}, slots)
        done = _Done()
        for agent, one in due.items():
            his, earlier, last = own.get(agent, Worked()), before.get(agent, Worked()), lasting.get(agent)
            now_on = [Span(last.since, one.until)] if last and last.since < one.until else []
            known = agent in told and his.known and earlier.known
            came = his.came or (bool(last and last.signed_in) and _meets(one.shifts, now_on))
            if not known or (one.shifts and not came):  # he may have come in a break alone, or later than the period
                log = await stays_of(self._store, agent, period.since, one.until)
                done.adhered_ms[agent] += adherence(one.working, log).adhered_ms
                done.came |= attendance(one.shifts, {agent: signed_in(log)})[0]
                continue
            done.adhered_ms[agent] += his.work_ms + earlier.work_ms
            if last and last.state in AT_WORK:
                done.adhered_ms[agent] += total_ms(meet(one.working, now_on))
            if came:
                done.came.add(agent)
        return done


def _sums(due: Mapping[str, Due], done: _Done) -> Mapping[str, Decimal]:
    scheduled_ms = {agent: total_ms(one.working) for agent, one in due.items()}
    expected = {agent for agent, one in due.items() if one.shifts}
    at_all = sum(length_ms > 0 for length_ms in scheduled_ms.values())
    numbers = {
        "adherent_ms": sum(done.adhered_ms[agent] for agent in due), "scheduled_ms": sum(scheduled_ms.values()),
        "attended": len(done.came & expected), "scheduled": len(expected),
        "scheduled_agents": max(at_all, len(expected)),
    }  # fmt: skip
    return {name: Decimal(number) for name, number in numbers.items()}


def _meets(shifts: Iterable[PlannedShift], spans: Sequence[Span]) -> bool:
    return bool(spans and meet((shift.span for shift in shifts), spans))
