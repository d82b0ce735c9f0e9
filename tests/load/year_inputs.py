"""What people enter beside a year of whole calls (tests.load.whole_calls), and what is worked out of it: schedules of
all agents with absences, costs of the centre and of each queue, staff, teams, outcome codes with which calls were
closed, evaluations, scores of elsewhere, days of agents.
"""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.figures.day_keeping import keep_days
from recording.figures.rule_book import keep_rules
from recording.figures.rules import Rules
from recording.figures.states import WORK
from recording.inputs.cost_shares import Cost
from recording.inputs.costs import Costs
from recording.inputs.schedules import Schedules
from recording.inputs.scores import Score, Scores
from recording.inputs.shifts import Assignment, Break, ExceptionKind, Pattern, PatternShift, ShiftException
from recording.inputs.staff import Staff
from recording.inputs.staffing import StaffEntry, StaffEvent
from recording.models import AgentTeam, EvaluationEntry, OutcomeCode
from recording.store import Store
from tests.load.whole_calls import AGENTS, QUEUES

FIRST, MONTHS, TEAMS = date(2025, 11, 1), 12, 10
EVALUATIONS = 12_000
"""Five of each agent and month."""
_SPACE = "x" * 2_000
"""An evaluation has its notes and marks."""


async def fill_inputs(store: Store, zone: ZoneInfo, now: datetime, *, sums_only: bool = False) -> None:
    """Everything; the data base has the calls and none of these yet. `sums_only`: it has their sums alone, so that
    evaluations are of half hours of agents, and nothing says with which code a call was closed; reports read neither.
    """
    async with store.transaction() as connection:
        await keep_rules(connection, Rules(zone=zone), datetime(2025, 10, 1, tzinfo=UTC))
        slots = ", ".join(f"{name} = 300000" for name in WORK)  # they are at work all the time: there is no log to ask
        await connection.exec_driver_sql(f"UPDATE agent_state_half_hour SET {slots}")
        await _evaluations(connection, _OF_SUMS if sums_only else _OF_CALLS)
        if not sums_only:
            await _closings(connection)
    agents, dice = [str(1000 + number) for number in range(AGENTS)], random.Random(11)
    await _schedules(store, zone, agents, dice)
    months = [_month(number) for number in range(MONTHS)]
    whose = ["centre", *(f"queue:q{number}" for number in range(QUEUES))]
    costs = [
        Cost(what=what, scope=scope, first=first, last=last, amount=Decimal(dice.randint(1, 900)), currency="CNY")
        for first, last in months
        for scope in whose
        for what in ("salaries", "lines")
    ]
    await Costs(store, zone).save(costs)
    begins = [datetime.combine(first, datetime.min.time(), zone) for first, _ in months]
    scores = [
        Score(agent=agent, at=begin + timedelta(hours=dice.randint(0, 600)), score=Decimal(dice.randint(40, 100)))
        for begin in begins
        for agent in agents
    ]
    await Scores(store, zone).save(scores)
    print(f"{await keep_days(store, now, rest_s=0)} days of agents worked out", flush=True)
    async with store.transaction() as connection:
        await connection.exec_driver_sql("ANALYZE")


async def _schedules(store: Store, zone: ZoneInfo, agents: list[str], dice: random.Random) -> None:
    schedules = Schedules(store, zone)
    patterns = [_pattern("whole", 12 * 60), _pattern("odd", 12 * 60 + 7)]
    teams = [
        {"agent": one, "since": datetime(2025, 10, 1, tzinfo=UTC), "team": f"t{int(one) % TEAMS}"} for one in agents
    ]
    async with store.transaction() as connection:
        await connection.execute(insert(AgentTeam), teams)
    await Staff(store).save(
        [
            *(StaffEntry(agent=one["agent"], day=FIRST, event=StaffEvent.JOINED, team=one["team"]) for one in teams),
            *(
                StaffEntry(agent=one, day=FIRST + timedelta(days=dice.randint(30, 360)), event=StaffEvent.LEFT)
                for one in agents[::9]
            ),
        ]
    )
    await schedules.save_patterns(patterns)
    await schedules.assign(Assignment(agent=one, since=FIRST, pattern=patterns[int(one) % 2].name) for one in agents)
    kinds = ExceptionKind.LEAVE, ExceptionKind.SICK
    away = [(agent, FIRST + timedelta(days=day)) for agent in agents for day in dice.sample(range(365), 20)]
    await schedules.except_days(ShiftException(agent=agent, day=day, kind=dice.choice(kinds)) for agent, day in away)


def _pattern(name: str, start: int) -> Pattern:
    breaks = tuple(Break(start=start + at, end=start + at + long) for at, long in ((75, 15), (180, 31)))
    days = (PatternShift(day=day, start=start, end=start + 470, breaks=breaks) for day in range(1, 8))
    return Pattern(name=name, shifts=tuple(days))


def _month(number: int) -> tuple[date, date]:
    first, after = (date(2025 + (10 + at) // 12, (10 + at) % 12 + 1, 1) for at in (number, number + 1))
    return first, after - timedelta(days=1)


_OF_CALLS = "SELECT id, agent, queue, started_at, ended_at, talk_ms FROM call WHERE agent IS NOT NULL ORDER BY id"
_OF_SUMS = (
    "SELECT CAST(row_number() OVER (ORDER BY agent, half_hour, queue) AS TEXT) AS id, agent, queue, half_hour AS "
    "started_at, half_hour AS ended_at, talk_ms FROM agent_half_hour ORDER BY talk_ms % 1009, id"
)
"""What evaluations are drawn from: the names of calls are spread by chance, and so is their talk."""


async def _evaluations(connection: AsyncConnection, drawn_from: str) -> None:
    """Drawn by chance, all released; the scores from 40 to 100, few below 50."""
    json_ = "::json" if connection.dialect.name == "postgresql" else ""
    no, yes = ("false", "true") if connection.dialect.name == "postgresql" else ("0", "1")
    score = "4000 + (talk_ms % 61) * 100"
    await connection.exec_driver_sql(
        "INSERT INTO evaluation (id, call, purpose, slot, agent, queue, team, call_at, talk_ms, rule, draw, sheet, "
        "sheet_digest, phase, revision, reviewer, score_hundredths, passed, fatal, drawn_at, scored_at, released_at, "
        f"document) SELECT id, id, 'review', '', agent, coalesce(queue, ''), '', started_at, talk_ms, 'random', '', "
        f"'calls', '', 'released', 4, 'Reviewer', {score}, {yes}, {no}, ended_at, ended_at, ended_at, "
        f'\'{{"notes": "{_SPACE}"}}\'{json_} FROM ({drawn_from} LIMIT {EVALUATIONS}) AS drawn'
    )
    assert await connection.scalar(select(func.count()).select_from(EvaluationEntry)), "calls are there to be drawn"


async def _closings(connection: AsyncConnection) -> None:
    """Two calls of five are closed by one of two codes."""
    codes: list[dict[str, Any]] = [
        {"code": code, "titles": {"en": code}, "resolved": code == "done", "queues": [], "keys": "", "active": True}
        for code in ("done", "again")
    ]
    await connection.execute(insert(OutcomeCode), codes)
    settled = "talk_ms % 3 > 0"
    await connection.exec_driver_sql(
        "INSERT INTO call_closing (call, number, at, by, agent, code, resolved, note, matter) SELECT id, 1, ended_at, "
        f"'phone', agent, CASE WHEN {settled} THEN 'done' ELSE 'again' END, {settled}, '', '' FROM call "
        "WHERE agent IS NOT NULL AND id < '66'"
    )
