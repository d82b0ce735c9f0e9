"""Works out days of agents when they are over (models.AgentDay): what was due, what was done. Whoever changes what a
day was made of takes it out (recording.agent_days), and it is worked out anew at the next look. Until then reports tell
it from the half hours: more slowly, and never wrong.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from structlog import get_logger

from recording.agent_days import take_turn
from recording.conflicts import upserting
from recording.database import is_away
from recording.figures.doing import KEPT, Done
from recording.figures.duty import due_of
from recording.figures.period import Period
from recording.figures.rule_book import rules_in_force
from recording.figures.shifts import work_out
from recording.inputs.plan import ONE_DAY
from recording.inputs.schedules import Schedules
from recording.models import AgentDay, AgentStateHalfHour, ShiftAssignment
from recording.store import Store

log = get_logger()

EVERY_S = 60.0
REST_S = 0.2
"""Between two transactions: whoever writes down what happens now comes first."""
AGENTS_AT_ONCE = 100
"""Of one transaction: the recorder waits no longer than for its own."""

_DAY = AgentDay.__table__.c


class DayKeeping:
    """`await run()` for ever."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def run(self) -> None:
        """Looks again and again; not while the data base is away."""
        while True:
            try:
                kept = await keep_days(self._store, datetime.now(UTC))
            except Exception as error:
                if not is_away(error):
                    raise
            else:
                if kept:
                    log.info("days-of-agents-worked-out", days=kept)
            await asyncio.sleep(EVERY_S)


async def keep_days(store: Store, now: datetime, rest_s: float = REST_S) -> int:
    """Works out all days before `now` that are not, the newest first; how many there were, a day of an agent each.

    Raises SQLAlchemy's errors while the data base is away.
    """
    kept = 0
    for day in await _lacking(store, now):
        kept += await _keep_day(store, day, now, rest_s)
    return kept


async def _lacking(store: Store, now: datetime) -> Sequence[date]:
    """The days since there are times of agents that are over, and not worked out of everybody who has ever had a
    pattern."""
    assigned = select(ShiftAssignment.agent).distinct()
    async with store.engine.connect() as connection:
        zone = (await rules_in_force(connection)).zone
        first = await connection.scalar(select(func.min(AgentStateHalfHour.half_hour)))
        agents = await connection.scalar(select(func.count()).select_from(assigned.subquery()))
        query = select(_DAY.day, func.count()).where(_DAY.zone == zone.key, _DAY.agent.in_(assigned))
        known: dict[date, int] = {row.day: row[1] for row in await connection.execute(query.group_by(_DAY.day))}
    if first is None or not agents:
        return []
    begin, today = first.astimezone(zone).date(), now.astimezone(zone).date()
    every = (today - number * ONE_DAY for number in range(1, (today - begin).days + 1))
    return [day for day in every if known.get(day, 0) < agents]


async def _keep_day(store: Store, day: date, now: datetime, rest_s: float) -> int:
    """What of this day can be told for good: of who works through the night, when he has gone."""
    async with store.engine.connect() as connection:
        zone = (await rules_in_force(connection)).zone
    schedules, stretch = Schedules(store, zone), Period.day(day, zone)
    known = select(_DAY.agent).where(_DAY.day == day, _DAY.zone == zone.key)
    kept, last = 0, ""
    while True:
        async with store.transaction() as connection:
            await take_turn(connection)
            lacking = select(ShiftAssignment.agent).distinct().where(ShiftAssignment.agent.not_in(known))
            query = lacking.where(ShiftAssignment.agent > last).order_by(ShiftAssignment.agent).limit(AGENTS_AT_ONCE)
            agents = list(await connection.scalars(query))
            if not agents:
                return kept
            plan = await schedules.plan(agents, day, day)
            due = await due_of(plan, agents, stretch, datetime.max.replace(tzinfo=UTC))
            over = {agent: due[agent].until if agent in due else stretch.until for agent in agents}
            ripe = [agent for agent in agents if over[agent] <= now]
            done = await work_out(connection, plan, ripe, stretch, now)
            rows = [
                {"day": day, "agent": agent, "zone": zone.key, "until": over[agent]}
                | {name: getattr(done.get(agent, Done()), name) for name in KEPT}
                for agent in ripe
            ]
            if rows:
                statement = upserting(AgentDay, "day agent", tuple(rows[0]), connection.dialect.name)
                await connection.execute(statement, rows)
        kept, last = kept + len(rows), agents[-1]
        await asyncio.sleep(rest_s)
