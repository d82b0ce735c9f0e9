"""Schedules in the data base: patterns, assignments, exceptions, and the plan that follows from them.

Methods raise SQLAlchemy's errors while the data base is away.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.agent_days import forget_agents, forget_exceptions, take_turn
from recording.inputs.plan import ONE_DAY, Plan
from recording.inputs.shifts import Assignment, ExceptionKind, Pattern, ShiftException
from recording.inputs.spans import Span
from recording.inputs.staff import Staff
from recording.models import ShiftAssignment, ShiftExceptionEntry, ShiftPattern
from recording.moment import remembered
from recording.store import Store
from recording.transactions import upsert


class PatternUsed(Exception):
    """A pattern that somebody works by cannot be removed."""

    id = "pattern-used"

    def __init__(self, name: str, agents: Iterable[str]) -> None:
        super().__init__(f"pattern {name} is that of {', '.join(agents)}; expected one that nobody was ever given")


class UnknownPattern(Exception):
    """There is no such pattern."""

    id = "unknown-pattern"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"there is no pattern {name!r}; expected one of: {', '.join(known) or '(none)'}")


class WeekBeyond(Exception):
    """The pattern has not so many weeks."""

    id = "pattern-week-beyond"

    def __init__(self, week: int, name: str, weeks: int) -> None:
        super().__init__(f"week {week}: expected at most {weeks}, as many as the pattern {name!r} has")


class Schedules:
    """The schedules in this store, by the clock of the centre's zone."""

    def __init__(self, store: Store, zone: tzinfo) -> None:
        self._store = store
        self._zone = zone

    async def scheduled(
        self, agents: Collection[str], start: datetime, end: datetime
    ) -> Mapping[str, tuple[Span, ...]]:
        """When each of these agents should work between these instants, breaks and leave left out, exact, in UTC."""
        plan = await self.plan(agents, start.astimezone(self._zone).date(), end.astimezone(self._zone).date())
        return {agent: plan.working(agent, start, end) for agent in agents}

    async def plan(self, agents: Collection[str] | None, first: date, last: date) -> Plan:
        """The plan of these agents, None for all, for shifts that touch these days. Who has left has none."""
        patterns = await self.patterns()
        exceptions = await self.exceptions(agents, first - 3 * ONE_DAY, last + 2 * ONE_DAY)
        others = {one.other for one in exceptions if one.kind is ExceptionKind.SWAP}
        wanted = None if agents is None else {*agents, *others}
        staffing = await Staff(self._store).staffing()
        return Plan(self._zone, patterns, await self.assignments(wanted), exceptions, staffing.employed)

    async def patterns(self) -> list[Pattern]:
        """All patterns, by name."""
        table = ShiftPattern.__table__
        async with self._store.reading() as connection:
            rows = (await connection.execute(select(table).order_by(table.c.name))).mappings()
            return [Pattern.model_validate(dict(row)) for row in rows]

    async def save_patterns(self, patterns: Iterable[Pattern]) -> None:
        """Add patterns, or change those that are known, for all who have them, also for days that are over."""
        rows = [one.model_dump(mode="json") for one in patterns]
        users = (
            select(ShiftAssignment.agent).where(ShiftAssignment.pattern.in_([row["name"] for row in rows])).distinct()
        )
        async with self._store.transaction() as connection:
            await take_turn(connection)
            await forget_agents(connection, set(await connection.scalars(users)))
            await upsert(connection, ShiftPattern, "name", rows)

    async def remove_pattern(self, name: str) -> bool:
        """Take a pattern out; False where there is none. Raises PatternUsed."""
        users = select(ShiftAssignment.agent).where(ShiftAssignment.pattern == name).distinct()
        async with self._store.transaction() as connection:
            if agents := sorted(await connection.scalars(users)):
                raise PatternUsed(name, agents)
            done = await connection.execute(delete(ShiftPattern).where(ShiftPattern.name == name))
            return bool(done.rowcount)

    async def assigned(self) -> frozenset[str]:
        """Whoever was ever given a pattern."""
        async with self._store.reading() as connection:
            return await _assigned(connection)

    async def assignments(self, agents: Collection[str] | None = None) -> list[Assignment]:
        """Who works by which pattern from when on, in order; of these agents, None for all."""
        table = ShiftAssignment.__table__
        query = select(table).order_by(table.c.agent, table.c.since)
        if agents is not None:
            query = query.where(table.c.agent.in_(sorted(agents)))
        async with self._store.reading() as connection:
            return [Assignment(**row) for row in (await connection.execute(query)).mappings()]

    async def assign(self, assignments: Iterable[Assignment]) -> None:
        """Give agents patterns, from a day on each. Raises UnknownPattern, WeekBeyond."""
        given = list(assignments)
        weeks = {one.name: one.weeks for one in await self.patterns()}
        for one in given:
            if one.pattern and one.pattern not in weeks:
                raise UnknownPattern(one.pattern, sorted(weeks))
            if one.pattern and one.week > weeks[one.pattern]:
                raise WeekBeyond(one.week, one.pattern, weeks[one.pattern])
        async with self._store.transaction() as connection:
            await take_turn(connection)
            await forget_agents(connection, {one.agent for one in given})
            await upsert(connection, ShiftAssignment, "agent since", [one.model_dump() for one in given])

    async def remove_assignment(self, agent: str, since: date) -> bool:
        """Take an assignment back: the one before it goes on. False where there is none."""
        mine = (ShiftAssignment.agent == agent) & (ShiftAssignment.since == since)
        async with self._store.transaction() as connection:
            await take_turn(connection)
            await forget_agents(connection, {agent})
            return bool((await connection.execute(delete(ShiftAssignment).where(mine))).rowcount)

    async def exceptions(self, agents: Collection[str] | None, first: date, last: date) -> list[ShiftException]:
        """The days between these, both included, that differ; of these agents, None for all."""
        table = ShiftExceptionEntry.__table__
        query = select(table).where(table.c.day >= first, table.c.day <= last)
        if agents is not None:
            query = query.where(table.c.agent.in_(sorted(agents)))
        query = query.order_by(table.c.day, table.c.agent, table.c.kind, table.c.start)
        async with self._store.reading() as connection:
            rows = (await connection.execute(query)).mappings()
            return [
                ShiftException.model_validate({**row, "start": row["start"] or None, "end": row["end"] or None})
                for row in rows
            ]

    async def except_days(self, exceptions: Iterable[ShiftException]) -> None:
        """Let days differ; one of the same agent, day, kind and start is replaced. All or none."""
        rows = []
        for one in exceptions:
            row = one.model_dump(mode="json")
            rows.append({**row, "day": one.day, "start": row["start"] or "", "end": row["end"] or ""})
        async with self._store.transaction() as connection:
            await take_turn(connection)
            await forget_exceptions(connection, ((row["agent"], row["day"]) for row in rows))
            await upsert(connection, ShiftExceptionEntry, "agent day kind start", rows)

    async def remove_exceptions(self, agent: str, day: date, kind: ExceptionKind | None = None) -> int:
        """Let a day be as his pattern says again, or but for one kind; how many exceptions there were."""
        table = ShiftExceptionEntry
        mine = (table.agent == agent) & (table.day == day)
        if kind is not None:
            mine &= table.kind == kind.value
        async with self._store.transaction() as connection:
            await take_turn(connection)
            await forget_exceptions(connection, [(agent, day)])
            return (await connection.execute(delete(table).where(mine))).rowcount


@remembered
async def _assigned(connection: AsyncConnection) -> frozenset[str]:
    return frozenset(await connection.scalars(select(ShiftAssignment.agent).distinct()))


def swapped(first: str, second: str, day: date, note: str = "") -> tuple[ShiftException, ShiftException]:
    """Two agents take each other's shifts of a day."""
    one, other = (
        ShiftException(agent=agent, day=day, kind=ExceptionKind.SWAP, other=with_whom, note=note)
        for agent, with_whom in ((first, second), (second, first))
    )
    return one, other


def week_of(day: date) -> tuple[date, date]:
    """The Monday and the Sunday of the week of this day."""
    monday = day - (day.isoweekday() - 1) * ONE_DAY
    return monday, monday + timedelta(days=6)
