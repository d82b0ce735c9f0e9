"""Counts again what was recorded: calls from before there were sums, or by thresholds that hold now, or in another time
zone; and writes the segments of calls from before these had a table. It may run beside the recorder, be stopped at any
time and begun again: each step is a transaction of its own that leaves sums and records equal.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select

from acd.states import AgentState
from recording.agent_days import forget_log
from recording.conflicts import upserting
from recording.figures.counting import count_calls
from recording.figures.counts import Times, names_of
from recording.figures.day_sums import add_to_days
from recording.figures.rule_book import rules_in_force
from recording.figures.states import WORK, Change, at_work, of_states, stretches
from recording.models import AgentLastState, AgentStateDaySums, AgentStateEntry, AgentStateHalfHour, Call
from recording.record import CallRecord
from recording.segment_rows import write_segments
from recording.state_entries import StateEntry, in_order
from recording.store import Store

TOGETHER = 100
"""Calls of one transaction: the recorder waits no longer than for its own."""


async def recount_calls(
    store: Store, since: datetime | None = None, told: Callable[[int], None] = lambda calls: None
) -> int:
    """Counts all calls that began at `since` or later, and writes their segments; how many. `told` hears how many it is
    up to now.

    Raises SQLAlchemy's errors while the data base is away.
    """
    last, calls = "", 0
    while True:
        query = select(Call.id, Call.document).where(Call.id > last).order_by(Call.id).limit(TOGETHER)
        query = query if since is None else query.where(Call.started_at >= since)
        async with store.transaction() as connection:
            rows = (await connection.execute(query.with_for_update())).all()
            records = [CallRecord.model_validate(row.document) for row in rows]
            await count_calls(connection, records)
            await write_segments(connection, records, [record.id for record in records])
        if not rows:
            return calls
        last, calls = rows[-1].id, calls + len(rows)
        told(calls)


async def recount_times(store: Store) -> int:
    """Adds up the times of all agents anew from their log of states; how many agents."""
    async with store.engine.connect() as connection:
        agents = sorted(await connection.scalars(select(AgentStateEntry.agent).distinct()))
    for agent in agents:
        await _recount_agent(store, agent)
    return len(agents)


async def _recount_agent(store: Store, agent: str) -> None:
    table = AgentStateEntry.__table__
    columns = [table.c[name] for name in StateEntry.model_fields]
    async with store.transaction() as connection:
        zone = (await rules_in_force(connection)).zone
        await connection.execute(select(AgentLastState.at).where(AgentLastState.agent == agent).with_for_update())
        await forget_log(connection, {agent: datetime(1970, 1, 1, tzinfo=UTC)})
        query = select(*columns).where(table.c.agent == agent).order_by(table.c.at)
        entries = [StateEntry(**row) for row in (await connection.execute(query)).mappings()]
        changes = [Change(one.at, one.after) for one in in_order(entries)]
        for sums in (AgentStateHalfHour, AgentStateDaySums):
            await connection.execute(delete(sums).where(sums.agent == agent))
        lasting = stretches(changes)
        work = at_work(lasting, zone)
        times = {
            half_hour: {name: getattr(one, name) for name in names_of(Times)}
            for half_hour, one in of_states(lasting, zone).items()
        }
        rows = [
            {"half_hour": half_hour, "agent": agent}
            | one
            | dict(zip(WORK, work.get(half_hour, [0] * len(WORK)), strict=True))
            for half_hour, one in times.items()
        ]
        if rows:
            await connection.execute(insert(AgentStateHalfHour), rows)
            days = ((half_hour, agent, one) for half_hour, one in times.items())
            await add_to_days(connection, AgentStateHalfHour, days)
        now = {"agent": agent, "at": changes[-1].at, "state": AgentState(changes[-1].state).value}
        await connection.execute(upserting(AgentLastState, "agent", tuple(now), connection.dialect.name), [now])
