"""Reads the stored half-hour sums of a scope: as one sum of a period, one for each step of it, or one for each queue or
agent. Who asks for sums of the log of states may ask for AGENTS, too: how many were signed in. It decides nothing about
figures.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, literal, select, union, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from acd.states import AgentState
from recording.figures.counts import AGENTS, Times
from recording.figures.day_sums import DAYS_OF, zone_of_days
from recording.figures.members import members_of, memberships
from recording.figures.period import HALF_HOUR_S, Period, Unit, midnight
from recording.figures.scope import Scope, ScopeKind
from recording.figures.sources import CALLS_OF, ROWS, STATE, TIME_NAMES, Source, Whose, columns_of, rows_of, summing
from recording.figures.states import Change, of_states, stretches
from recording.models import AgentLastState, AgentStateHalfHour, Base
from recording.moment import remembered

_TOGETHER = 50
"""Of so many pieces of a period agents are counted at once."""
Row = dict[str, int]
"""Sums by their names; those of the log of states with `state_` before."""


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
        rows: list[Row] = [{} for _ in pieces]
        starts = [piece.since for piece in pieces]
        whose = await self._whose(scope, period)
        in_days = whose.in_days and all(map(_begins_a_day, pieces[1:]))
        for table, columns in columns_of(scope.kind, names):
            sources = await self._sources(table, period, in_days=in_days)
            if table is AgentStateHalfHour and AGENTS in names and _has_a_row_for_each_agent(sources, pieces):
                columns[AGENTS] = ROWS
            for row in rows:
                row.update(dict.fromkeys(columns, 0))
            for source in sources:
                await self._add_up(rows, starts, whose, source, columns)
        if AGENTS in names and AGENTS not in rows[0]:
            for row, number in zip(rows, await self._agents(whose, pieces), strict=True):
                row[AGENTS] = number
        if any(name.startswith(STATE) for name in names):
            await self._add_going_on(rows, starts, whose, pieces if AGENTS in names else ())
        return rows

    async def _add_up(
        self, rows: Sequence[Row], starts: Sequence[datetime], whose: Whose, source: Source, columns: Mapping[str, str]
    ) -> None:
        """Adds the sums of these columns to the row of the piece that they fall into; `starts` say when each begins."""
        if len(rows) == 1:
            (total,) = await self._connection.execute(*whose.sums(source, columns.values()))
            _add(rows[0], zip(columns, total, strict=True))
        else:
            for *sums, time in await self._connection.execute(*whose.sums(source, columns.values(), by=source.time)):
                _add(rows[bisect_right(starts, source.begun(time)) - 1], zip(columns, sums, strict=True))

    async def _add_going_on(
        self, rows: Sequence[Row], starts: Sequence[datetime], whose: Whose, counted: Sequence[Period]
    ) -> None:
        """Adds the times of the states that have not ended yet, and in the pieces that are `counted` the agents of
        whom nothing else is kept."""
        agents: dict[int, set[str]] = defaultdict(set)
        for agent, half_hour, times in await self._going_on(whose.period):
            if whose.has(agent, half_hour):
                number = bisect_right(starts, half_hour) - 1
                _add_times(rows[number], times)
                agents[number].add(agent)
        for number, some in agents.items() if counted else ():  # pieces that have not ended, as a rule
            rows[number][AGENTS] += len(some - await self._kept(some, whose, counted[number]))

    async def half_hours(self, scope: Scope, period: Period, name: str) -> dict[datetime, int]:
        """One sum of calls in each half hour (its beginning, UTC) that has any."""
        whose, source = await self._whose(scope, period), Source.half_hours(CALLS_OF[scope.kind], period)
        rows = await self._connection.execute(*whose.sums(source, [name], by=source.time))
        return {half_hour: int(total) for total, half_hour in rows if total}

    async def each(self, kind: ScopeKind, period: Period, names: Collection[str]) -> dict[str, Row]:
        """The sums of every queue or agent that has any, by name."""
        rows = await self._each(kind, period, names)
        return {name: row for name, row in rows.items() if _any(row)}

    async def each_agent_and_team(
        self, period: Period, names: Collection[str]
    ) -> tuple[dict[str, Row], dict[str, Row]]:
        """The sums of every agent and of every team that has any, by name, read together. Only a team that somebody
        came into or left is read by itself."""
        rows = await self._each(ScopeKind.AGENT, period, names)
        teams: dict[str, Row] = {}
        for team, members in (await memberships(self._connection)).items():
            agents = members.throughout(period)
            if agents is None:
                row = await self.total(Scope(ScopeKind.TEAM, team), period, names)
            else:
                row = _together([rows[agent] for agent in agents if agent in rows])
            if _any(row):
                teams[team] = row
        return {name: row for name, row in rows.items() if _any(row)}, teams

    async def _each(self, kind: ScopeKind, period: Period, names: Collection[str]) -> dict[str, Row]:
        """The sums of every queue or agent of which any row is kept, in order of their names, all with the same names
        in the same order; AGENTS is 1 of an agent who was signed in."""
        reads = columns_of(kind, names)
        nothing = dict.fromkeys((name for _, columns in reads for name in columns), 0)
        counted = {AGENTS: 1} if AGENTS in names else {}
        nothing |= dict.fromkeys(counted, 0)
        rows: dict[str, Row] = {}
        for table, columns in reads:
            for number, source in enumerate(await self._sources(table, period)):
                made = rows_of if source.has_one_row_of_each else summing
                query = made(source.table, source.time, tuple(columns.values()), by=kind.value)
                for *sums, name in await self._connection.execute(query, source.bounds):
                    row = rows.get(name) or rows.setdefault(name, nothing.copy())
                    if number == 0:
                        row.update(zip(columns, map(int, sums), strict=True))
                    else:
                        _add(row, zip(columns, sums, strict=True))
                    if table is AgentStateHalfHour:
                        row |= counted
        if any(table is AgentStateHalfHour for table, _ in reads):
            for agent, _, times in await self._going_on(period):
                row = rows.get(agent) or rows.setdefault(agent, nothing.copy())
                row |= counted
                _add_times(row, times)
        return {name: rows[name] for name in sorted(rows)}

    async def _agents(self, whose: Whose, pieces: Sequence[Period]) -> list[int]:
        """How many agents have a row of times in each of the pieces."""
        sources = [await self._sources(AgentStateHalfHour, piece, in_days=whose.in_days) for piece in pieces]
        counts = [0] * len(pieces)
        for at in range(0, len(pieces), _TOGETHER):
            each = []
            for number, some in enumerate(sources[at : at + _TOGETHER], at):
                there = [_agents_in(one, whose) for one in some]
                who = there[0].distinct() if len(there) == 1 else union(*there)
                each.append(select(literal(number), func.count()).select_from(who.subquery()))
            for number, count in await self._connection.execute(union_all(*each)):
                counts[number] = count
        return counts

    async def _kept(self, agents: Collection[str], whose: Whose, piece: Period) -> set[str]:
        """Who of them has a row of times in it."""
        query = _agents_in(Source.half_hours(AgentStateHalfHour, piece), whose).distinct()
        return set(await self._connection.scalars(query.where(AgentStateHalfHour.agent.in_(sorted(agents)))))

    async def signed_in(self, scope: Scope, period: Period) -> set[str]:
        """Who they are."""
        whose = await self._whose(scope, period)
        query = _agents_in(Source.half_hours(AgentStateHalfHour, period), whose).distinct()
        found = set(await self._connection.scalars(query))
        for agent, half_hour, _ in await self._going_on(period):
            if whose.has(agent, half_hour):
                found.add(agent)
        return found

    async def _whose(self, scope: Scope, period: Period) -> Whose:
        team = scope.kind is ScopeKind.TEAM
        return Whose(scope, period, await members_of(self._connection, scope.name) if team else None)

    async def _sources(self, table: type[Base], period: Period, *, in_days: bool = True) -> list[Source]:
        """Where the sums of `table` in a period stand: its whole days added up, where they are and `in_days` says so,
        and what is around them in half hours."""
        days = period.whole_days()
        if not in_days or days is None or table not in DAYS_OF or not await self._has_days_of(period.zone):
            return [Source.half_hours(table, period)]
        first, after = days
        begin, end = midnight(first, period.zone), midnight(after, period.zone)
        found = [Source.days(table, first, after, period.zone)]
        if period.start.timestamp() < begin.timestamp():
            found.append(Source.half_hours(table, Period(period.start, begin)))
        if end.timestamp() < period.end.timestamp():
            found.append(Source.half_hours(table, Period(end, period.end)))
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


def _agents_in(source: Source, whose: Whose) -> Select[str]:
    return select(source.table.__table__.c.agent).where(*source.within, *whose.among(source.table))


def _add(row: Row, sums: Iterable[tuple[str, int | None]]) -> None:
    for name, number in sums:
        row[name] = row.get(name, 0) + int(number or 0)


def _add_times(row: Row, times: Times) -> None:
    _add(row, ((STATE + name, getattr(times, name)) for name in TIME_NAMES))


def _together(rows: Sequence[Row]) -> Row:
    """The sums of rows that have the same names in the same order."""
    return dict(zip(rows[0], map(sum, zip(*(row.values() for row in rows), strict=True)), strict=True)) if rows else {}


def _any(row: Row) -> bool:
    """Whether there is anything, but that somebody was there."""
    return any(number for name, number in row.items() if name != AGENTS)


def _has_a_row_for_each_agent(sources: Sequence[Source], pieces: Sequence[Period]) -> bool:
    """Whether no agent has two rows of times in one of the pieces."""
    if len(sources) > 1:
        return False
    if sources[0].time == "day":
        return all(piece.unit is Unit.DAY for piece in pieces)
    return all(piece.length_ms <= HALF_HOUR_S * 1000 for piece in pieces)


def _begins_a_day(piece: Period) -> bool:
    return piece.start == midnight(piece.start.date(), piece.zone)
