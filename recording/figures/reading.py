"""Reads the stored half-hour sums of a scope: as one sum of a period, one for each step of it, or one for each queue or
agent. It decides nothing about figures.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select, union, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from acd.states import AgentState
from recording.figures.counts import AGENTS, AGENTS_ANSWERED, CALLS, Times, names_of
from recording.figures.day_sums import DAYS_OF, zone_of_days
from recording.figures.period import HALF_HOUR_S, Period, Unit, midnight
from recording.figures.scope import Scope, ScopeKind
from recording.figures.states import Change, of_states, stretches
from recording.models import (
    AgentHalfHour,
    AgentLastState,
    AgentStateHalfHour,
    AgentTeam,
    Base,
    CentreHalfHour,
    QueueHalfHour,
)
from recording.moment import remembered

STATE = "state_"
TIME_NAMES = names_of(Times)
_TABLES: Mapping[ScopeKind, type[Base]] = {
    ScopeKind.CENTRE: CentreHalfHour,
    ScopeKind.QUEUE: QueueHalfHour,
    ScopeKind.TEAM: AgentHalfHour,
    ScopeKind.AGENT: AgentHalfHour,
}
_TOGETHER = 50
"""Of so many pieces of a period agents are counted at once."""
Row = dict[str, int]
"""Sums by their names; those of the log of states with `state_` before."""


class Members:
    """Who was in a team when: conditions on the tables of agents."""

    def __init__(self, rows: Iterable[Any], team: str) -> None:
        self.stays: dict[str, list[tuple[datetime, datetime | None]]] = {}
        by_agent: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
        for row in rows:
            by_agent[row.agent].append((row.since, row.team))
        for agent, moves in by_agent.items():
            moves.sort()
            ends = [since for since, _ in moves[1:]]
            for at, ((since, name), end) in enumerate(zip(moves, [*ends, None], strict=True)):
                if name == team:  # of the time before he was known, what is known first holds
                    begin = datetime(1970, 1, 1, tzinfo=UTC) if at == 0 else since
                    self.stays.setdefault(agent, []).append((begin, end))

    def condition(self, table: type[Base], period: Period) -> ColumnElement[bool]:
        """The rows of half hours that began while their agent was in the team; where nobody came or left in the period,
        those of days too."""
        if (agents := self.throughout(period)) is not None:
            return table.__table__.c.agent.in_(agents)
        half_hour, agent = table.__table__.c.half_hour, table.__table__.c.agent
        throughout: list[str] = []
        partly: list[ColumnElement[bool]] = []
        for number, stays in self.stays.items():
            for since, until in stays:
                if since <= period.since and (until is None or until >= period.until):
                    throughout.append(number)
                else:
                    ends = [half_hour < until] if until else []
                    partly.append(and_(agent == number, half_hour >= since, *ends))
        return or_(agent.in_(sorted(throughout)) if throughout else false(), *partly)

    def throughout(self, period: Period) -> list[str] | None:
        """Who was in it all the period, in order; None where somebody came or left meanwhile."""
        found: list[str] = []
        for agent, stays in self.stays.items():
            for since, until in stays:
                if since <= period.since and (until is None or until >= period.until):
                    found.append(agent)
                elif since < period.until and (until is None or until > period.since):
                    return None
        return sorted(found)

    def had(self, agent: str, moment: datetime) -> bool:
        """Whether he was in it then."""
        return any(since <= moment and (until is None or moment < until) for since, until in self.stays.get(agent, ()))


@remembered
async def memberships(connection: AsyncConnection) -> dict[str, Members]:
    """Of every team that there ever was, who was in it when; in order of their names."""
    table = AgentTeam.__table__
    his: dict[str, list[Any]] = defaultdict(list)
    teams: dict[str, set[str]] = defaultdict(set)
    for row in await connection.execute(select(table)):
        his[row.agent].append(row)
        if row.team:
            teams[row.team].add(row.agent)
    return {team: Members((row for agent in teams[team] for row in his[agent]), team) for team in sorted(teams)}


class Reading:
    """The sums in one connection, as of `now`."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._zone: str | None = None

    async def total(self, scope: Scope, period: Period, names: Collection[str]) -> Row:
        """The sums of the whole period."""
        return (await self.steps(scope, period, names, [period]))[0]

    async def steps(self, scope: Scope, period: Period, names: Collection[str], pieces: Sequence[Period]) -> list[Row]:
        """The sums of each of the pieces, which follow each other and make up the period."""
        starts = [piece.since for piece in pieces]
        rows: list[Row] = [{} for _ in pieces]
        alone = len(pieces) == 1
        members = await self.members(scope.name) if scope.kind is ScopeKind.TEAM else None
        in_days = _stays_all_the_time(members, period) and all(map(_begins_a_day, pieces[1:]))
        for table, columns in _columns(scope, names):
            for source in await self._sources(table, period, in_days=in_days):
                where = [*source.within, *_of_scope(source.table, scope, members, period)]
                query = _summing(source.table, columns, by=() if alone else (source.time,)).where(*where)
                found: dict[int, list[Sequence[Any]]] = defaultdict(list)
                for sums in await self._connection.execute(query):
                    number = 0 if alone else bisect_right(starts, source.begun(sums[-1])) - 1
                    found[number].append(sums)
                for number, some in found.items():
                    row = rows[number]
                    for name, numbers in zip(columns, zip(*some, strict=True), strict=False):
                        row[name] = row.get(name, 0) + int(sum(filter(None, numbers)))
            for row in rows:
                for name in columns:
                    row.setdefault(name, 0)
        if any(name.startswith(STATE) for name in names):
            for agent, half_hour, times in await self._going_on(period):
                if _is_of(scope, members, agent, half_hour):
                    row = rows[bisect_right(starts, half_hour) - 1]
                    for name in TIME_NAMES:
                        row[STATE + name] = row.get(STATE + name, 0) + getattr(times, name)
        return rows

    async def half_hours(self, scope: Scope, period: Period, name: str) -> dict[datetime, int]:
        """One sum of calls in each half hour (its beginning, UTC) that has any."""
        table = _TABLES[scope.kind]
        members = await self.members(scope.name) if scope.kind is ScopeKind.TEAM else None
        where = [*_within(table, period), *_of_scope(table, scope, members, period)]
        rows = await self._connection.execute(_summing(table, {name: name}, by=("half_hour",)).where(*where))
        return {half_hour: int(total) for total, half_hour in rows if total}

    async def each(self, kind: ScopeKind, period: Period, names: Collection[str]) -> dict[str, Row]:
        """The sums of every queue or agent that has any, by name."""
        rows = await self._each(kind, period, names)
        return {name: row for name, row in rows.items() if any(row[one] for one in row if one != AGENTS)}

    async def each_agent_and_team(
        self, period: Period, names: Collection[str]
    ) -> tuple[dict[str, Row], dict[str, Row]]:
        """The sums of every agent and of every team that has any, by name, read together; with how many agents were
        signed in, where `names` are over times. Only a team that somebody came into or left is read by itself."""
        rows = await self._each(ScopeKind.AGENT, period, names)
        teams: dict[str, Row] = {}
        for team, members in (await memberships(self._connection)).items():
            agents = members.throughout(period)
            if agents is None:
                scope = Scope(ScopeKind.TEAM, team)
                row = await self.total(scope, period, names)
                if any(name.startswith(STATE) for name in names):
                    (row[AGENTS],) = await self.agents(scope, [period])
            else:
                row = {}
                for agent in agents:
                    for name, number in rows.get(agent, {}).items():
                        row[name] = row.get(name, 0) + number
            if any(row[one] for one in row if one != AGENTS):
                teams[team] = row
        return {name: row for name, row in rows.items() if any(row[one] for one in row if one != AGENTS)}, teams

    async def _each(self, kind: ScopeKind, period: Period, names: Collection[str]) -> dict[str, Row]:
        """The sums of every queue or agent of which any row is kept, in order of their names; of an agent, AGENTS is 1
        where he was signed in, where `names` are over times."""
        rows: dict[str, Row] = defaultdict(dict)
        reads = _columns(Scope(kind, "*"), names)
        for table, columns in reads:
            for source in await self._sources(table, period):
                own = source.table.__table__.c
                key = own["queue" if kind is ScopeKind.QUEUE else "agent"]
                query = select(key, *(_sum(source.table, name) for name in columns.values())).where(*source.within)
                # by an expression: for the bare column SQLite goes by the index of agents, and looks each row up
                for his, *sums in await self._connection.execute(query.group_by(key.concat(""), key)):
                    row = rows[his]
                    for name, number in zip(columns, sums, strict=True):
                        row[name] = row.get(name, 0) + int(number or 0)
                    if table is AgentStateHalfHour:
                        row[AGENTS] = 1
        if any(name.startswith(STATE) for name in names):
            for agent, _, times in await self._going_on(period):
                row = rows[agent]
                row[AGENTS] = 1
                for name in TIME_NAMES:
                    row[STATE + name] = row.get(STATE + name, 0) + getattr(times, name)
        told = [name for _, columns in reads for name in columns]
        for row in rows.values():
            for name in told:
                row.setdefault(name, 0)
        return {name: rows[name] for name in sorted(rows)}

    async def agents(self, scope: Scope, pieces: Sequence[Period]) -> list[int]:
        """How many agents of the scope were signed in at any time of each of the pieces, which follow each other."""
        starts = [piece.since for piece in pieces]
        whole = Period(pieces[0].start, pieces[-1].end)
        members = await self.members(scope.name) if scope.kind is ScopeKind.TEAM else None
        going_on: dict[int, set[str]] = defaultdict(set)
        for agent, half_hour, _ in await self._going_on(whole):
            if _is_of(scope, members, agent, half_hour):
                going_on[bisect_right(starts, half_hour) - 1].add(agent)
        table = AgentStateHalfHour.__table__.c
        his = _of_scope(AgentStateHalfHour, scope, members, whole)
        counts = [0] * len(pieces)
        in_days = _stays_all_the_time(members, whole)
        (first, *others) = await self._sources(AgentStateHalfHour, whole, in_days=in_days)
        half_hours = all(piece.length_ms <= HALF_HOUR_S * 1000 for piece in pieces)
        days = first.time == "day" and not others and all(piece.unit is Unit.DAY for piece in pieces)
        if half_hours or days:  # no agent has two rows in one of them
            source = first if days else _half_hours(AgentStateHalfHour, whole)
            time, of = source.table.__table__.c[source.time], _of_scope(source.table, scope, members, whole)
            query = select(time, func.count()).where(*source.within, *of).group_by(time)
            for begun, number in await self._connection.execute(query):
                counts[bisect_right(starts, source.begun(begun)) - 1] = number
        else:
            sources = [await self._sources(AgentStateHalfHour, piece, in_days=in_days) for piece in pieces]
            for at in range(0, len(pieces), _TOGETHER):
                each = []
                for number, some in enumerate(sources[at : at + _TOGETHER], at):
                    there = [
                        select(one.table.__table__.c.agent).where(
                            *one.within, *_of_scope(one.table, scope, members, whole)
                        )
                        for one in some
                    ]
                    who = there[0].distinct() if len(there) == 1 else union(*there)
                    each.append(select(literal(number), func.count()).select_from(who.subquery()))
                for number, count in await self._connection.execute(union_all(*each)):
                    counts[number] = count
        for number, agents in going_on.items():  # pieces that have not ended, as a rule
            query = select(table.agent).distinct().where(table.agent.in_(sorted(agents)), *his)
            kept = await self._connection.scalars(query.where(*_within(AgentStateHalfHour, pieces[number])))
            counts[number] += len(agents - set(kept))
        return counts

    async def signed_in(self, scope: Scope, period: Period) -> set[str]:
        """Who they are."""
        members = await self.members(scope.name) if scope.kind is ScopeKind.TEAM else None
        table = AgentStateHalfHour
        query = select(table.agent).distinct().where(*_within(table, period))
        query = query.where(*_of_scope(table, scope, members, period))
        found = set(await self._connection.scalars(query))
        for agent, half_hour, _ in await self._going_on(period):
            if _is_of(scope, members, agent, half_hour):
                found.add(agent)
        return found

    async def members(self, team: str) -> Members:
        """Who was in a team when."""
        his = select(AgentTeam.agent).where(AgentTeam.team == team)
        table = AgentTeam.__table__
        return Members(await self._connection.execute(select(table).where(table.c.agent.in_(his))), team)

    async def _sources(self, table: type[Base], period: Period, *, in_days: bool = True) -> list["_Source"]:
        """Where the sums of `table` in a period stand: its whole days added up, where they are and `in_days` says so,
        and what is around them in half hours."""
        days = period.whole_days()
        if not in_days or days is None or table not in DAYS_OF or not await self._has_days_of(period.zone):
            return [_half_hours(table, period)]
        first, after = days
        begin, end = midnight(first, period.zone), midnight(after, period.zone)
        day = DAYS_OF[table].__table__.c.day
        found = [_Source(DAYS_OF[table], "day", [day >= first, day < after], period.zone)]
        if period.start.timestamp() < begin.timestamp():
            found.append(_half_hours(table, Period(period.start, begin)))
        if end.timestamp() < period.end.timestamp():
            found.append(_half_hours(table, Period(end, period.end)))
        return found

    async def _has_days_of(self, zone: ZoneInfo) -> bool:
        if self._zone is None:
            self._zone = await zone_of_days(self._connection)
        return self._zone == zone.key

    async def _going_on(self, period: Period) -> list[tuple[str, datetime, Times]]:
        """The times of the states that have not ended yet: agent, half hour, times."""
        until = min(self._now, period.until)
        found: list[tuple[str, datetime, Times]] = []
        for agent, at, state in await _last_states(self._connection):
            since = max(at, period.since)
            if since >= until:
                continue
            lasting = stretches([Change(since, state)], until)
            found += ((agent, half_hour, times) for half_hour, times in of_states(lasting, period.zone).items())
        return found


@remembered
async def _last_states(connection: AsyncConnection) -> list[tuple[str, datetime, AgentState]]:
    """Who is signed in: agent, since when he is in which state."""
    table = AgentLastState.__table__
    query = select(table).where(table.c.state != AgentState.SIGNED_OUT.value)
    return [(row.agent, row.at, AgentState(row.state)) for row in await connection.execute(query)]


def _columns(scope: Scope, names: Collection[str]) -> list[tuple[type[Base], dict[str, str]]]:
    """The tables to read, and of each the sums with the columns they are of."""
    ready = (*CALLS, AGENTS_ANSWERED) if scope.kind is ScopeKind.CENTRE else CALLS
    calls = {name: name for name in ready if name in names}
    if AGENTS_ANSWERED in names and scope.kind in (ScopeKind.TEAM, ScopeKind.AGENT):
        calls[AGENTS_ANSWERED] = "answered"
    found: list[tuple[type[Base], dict[str, str]]] = []
    if calls:
        found.append((_TABLES[scope.kind], calls))
    if scope.kind is not ScopeKind.QUEUE:
        times = {STATE + name: name for name in TIME_NAMES if STATE + name in names}
        if times:
            found.append((AgentStateHalfHour, times))
    return found


def _summing(table: type[Base], columns: Mapping[str, str], by: Sequence[str]) -> Select[Any]:
    """Each sum, then what it is of."""
    keys = [table.__table__.c[name] for name in by]
    sums: list[ColumnElement[Any]] = [_sum(table, column) for column in columns.values()]
    return select(*sums, *keys).group_by(*keys)


@cache
def _sum(table: type[Base], column: str) -> ColumnElement[int]:
    """Made once: a report asks for hundreds."""
    return func.sum(table.__table__.c[column])


@dataclass(frozen=True, slots=True)
class _Source:
    """Rows of a table of sums: those `within` some time, each of a day or a half hour, which the column `time` says."""

    table: type[Base]
    time: str
    within: Sequence[ColumnElement[bool]]
    zone: ZoneInfo

    def begun(self, time: date | datetime) -> datetime:
        """When the day or half hour of a row began."""
        return time if isinstance(time, datetime) else midnight(time, self.zone).astimezone(UTC)


def _half_hours(table: type[Base], period: Period) -> _Source:
    return _Source(table, "half_hour", _within(table, period), period.zone)


def _begins_a_day(piece: Period) -> bool:
    return piece.start == midnight(piece.start.date(), piece.zone)


def _stays_all_the_time(members: Members | None, period: Period) -> bool:
    """Whether nobody came into the team or left it meanwhile: a day's sum is of one team then."""
    return members is None or members.throughout(period) is not None


def _within(table: type[Base], period: Period) -> list[ColumnElement[bool]]:
    half_hour = table.__table__.c.half_hour
    return [half_hour >= period.since, half_hour < period.until]


def _of_scope(table: type[Base], scope: Scope, members: Members | None, period: Period) -> list[ColumnElement[bool]]:
    match scope.kind:
        case ScopeKind.CENTRE:
            return []
        case ScopeKind.QUEUE:
            return [table.__table__.c.queue == scope.name]
        case ScopeKind.AGENT:
            return [table.__table__.c.agent == scope.name]
        case ScopeKind.TEAM:
            assert members is not None
            return [members.condition(table, period)]


def _is_of(scope: Scope, members: Members | None, agent: str, half_hour: datetime) -> bool:
    if scope.kind is ScopeKind.TEAM:
        return members is not None and members.had(agent, half_hour)
    return scope.kind is ScopeKind.CENTRE or (scope.kind is ScopeKind.AGENT and agent == scope.name)
