"""Who was in which team when: a team's figures are those of the agents who were in it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.figures.period import Period
from recording.models import AgentTeam, Base
from recording.moment import remembered


class Members:
    """Who was in a team when."""

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

    def partly(self, table: type[Base], period: Period) -> ColumnElement[bool]:
        """The rows of half hours that began while their agent was in the team."""
        begin, end = period.since, period.until
        half_hour, agent = table.__table__.c.half_hour, table.__table__.c.agent
        throughout: list[str] = []
        partly: list[ColumnElement[bool]] = []
        for number, stays in self.stays.items():
            for since, until in stays:
                if since <= begin and (until is None or until >= end):
                    throughout.append(number)
                else:
                    ends = [half_hour < until] if until else []
                    partly.append(and_(agent == number, half_hour >= since, *ends))
        return or_(agent.in_(sorted(throughout)) if throughout else false(), *partly)

    def throughout(self, period: Period) -> list[str] | None:
        """Who was in it all the period, in order; None where somebody came or left meanwhile."""
        begin, end = period.since, period.until
        found: list[str] = []
        for agent, stays in self.stays.items():
            for since, until in stays:
                if since <= begin and (until is None or until >= end):
                    found.append(agent)
                elif since < end and (until is None or until > begin):
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


async def members_of(connection: AsyncConnection, team: str) -> Members:
    """Who was in this team when."""
    his = select(AgentTeam.agent).where(AgentTeam.team == team)
    table = AgentTeam.__table__
    return Members(await connection.execute(select(table).where(table.c.agent.in_(his))), team)
