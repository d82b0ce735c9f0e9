"""The log of an agent's states over HTTP: every change of one day, with who or what caused it."""

from datetime import date, datetime, time, timedelta

from pydantic import Field

from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import reaching_records
from cti.http.views import View
from recording.agent_log import StateEntry, read_agent_log

MOST = 5_000
"""Changes of one agent in a day, at most: 300 calls make 1,500."""


class DayQuery(Given):
    """Which day, in the centre's time zone."""

    day: date | None = Field(None, description="Such as 2026-11-22; today where none is given.")


class AgentLog(View):
    """An agent's day: his changes of state in order. `since` and `until` are the day's ends."""

    agent: str
    since: datetime
    until: datetime
    entries: list[StateEntry]


async def show_log(asked: Asked[DayQuery, Nothing]) -> AgentLog:
    """An agent's changes of state on one day, with their causes. The newest may take a second to appear."""
    number, zone = asked.path["number"], asked.floor.centre.time_zone
    asked.floor.distributor.router.roster.agent(number)  # raises UnknownAgent
    now = datetime.fromtimestamp(asked.floor.distributor.clock.now_ms() / 1000, zone)
    since = datetime.combine(asked.query.day or now.date(), time.min, zone)
    until = datetime.combine(since.date() + timedelta(days=1), time.min, zone)
    with reaching_records():
        entries = await read_agent_log(asked.floor.store, number, since, until, MOST)
    return AgentLog(agent=number, since=since, until=until, entries=entries)


ENDPOINTS = (Endpoint("GET", "/api/agents/{number}/log", show_log, DayQuery, Nothing, AgentLog, errors=(404,)),)
