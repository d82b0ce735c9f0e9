"""How long adherence and attendance of a centre take over a month: 300 agents in three patterns with short breaks, one
by odd minutes, one through the night; some on leave, every tenth never there, the others with four changes of state a
call all day long.

    python -m tests.load.bench_adherence sqlite:////tmp/adherence.sqlite

The data base must be empty, or one that this has filled (`--filled`). The other side is the same of days that were not
worked out, as just after a pattern was changed: told from the half hours, and of odd minutes from the log of states.
"""

import asyncio
import random
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select

from acd.states import AgentState
from recording.figures.counts import Times, names_of
from recording.figures.day_keeping import keep_days
from recording.figures.period import Period
from recording.figures.rule_book import keep_rules
from recording.figures.rules import Rules
from recording.figures.scope import CENTRE, Scope, ScopeKind
from recording.figures.shifts import Shifts
from recording.figures.states import WORK, Change, at_work, of_states, stretches
from recording.inputs.schedules import Schedules
from recording.inputs.shifts import Assignment, Break, ExceptionKind, Pattern, PatternShift, ShiftException
from recording.models import AgentDay, AgentLastState, AgentStateEntry, AgentStateHalfHour
from recording.store import Store
from tests.load.bench import write
from tests.load.bench_figures import timed

ZONE = ZoneInfo("Asia/Shanghai")
AGENTS, ABSENT = 300, 10
MONTH, DAYS, SHIFT_MINUTES = date(2026, 5, 1), 31, 540
STARTS = (480, 547, 1320)
NAMES = {"adherent_ms", "attended"}
ROUND = (AgentState.RINGING, AgentState.TALKING, AgentState.WRAP_UP, AgentState.READY)


def _pattern(start: int) -> Pattern:
    breaks = tuple(
        Break(start=(start + at) % 1440, end=(start + at + long) % 1440, paid=long < 60)
        for at, long in ((75, 15), (180, 60), (405, 15))
    )
    end = (start + SHIFT_MINUTES) % 1440
    days = (PatternShift(day=day, start=start, end=end, breaks=breaks) for day in range(1, 7))
    return Pattern(name=f"from-{start}", shifts=tuple(days))


def _month(start: int, dice: random.Random) -> list[Change]:
    changes: list[Change] = []
    for number in range(DAYS):
        midnight = datetime.combine(MONTH, datetime.min.time(), ZONE) + timedelta(days=number)
        at, end = (midnight + timedelta(minutes=minutes) for minutes in (start - 2, start + SHIFT_MINUTES))
        if midnight.isoweekday() == 7:
            continue
        changes.append(Change(at.astimezone(UTC), AgentState.READY))
        while at < end:
            for state in ROUND:
                at += timedelta(milliseconds=dice.randint(3_000, 150_000))
                changes.append(Change(at.astimezone(UTC), state))
        changes.append(Change(at.astimezone(UTC), AgentState.SIGNED_OUT))
    return changes


async def fill(store: Store) -> None:
    """Schedules, log of states and sums."""
    schedules, dice = Schedules(store, ZONE), random.Random(7)
    patterns = [_pattern(start) for start in STARTS]
    agents = [str(1000 + number) for number in range(AGENTS)]
    async with store.transaction() as connection:
        await keep_rules(connection, Rules(zone=ZONE), datetime(2026, 4, 1, tzinfo=UTC))
    await schedules.save_patterns(patterns)
    named = (Assignment(agent=one, since=date(2026, 4, 1), pattern=patterns[int(one) % 3].name) for one in agents)
    await schedules.assign(named)
    await schedules.except_days(
        ShiftException(agent=one, day=MONTH + timedelta(days=dice.randrange(DAYS)), kind=ExceptionKind.LEAVE)
        for one in agents[::4]
    )
    for at, start in enumerate(STARTS):
        same = [one for one in agents if int(one) % 3 == at and int(one) % ABSENT]
        changes = _month(start, dice)
        lasting = stretches(changes)
        work = at_work(lasting, ZONE)
        sums = [
            {"half_hour": half_hour}
            | {name: getattr(times, name) for name in names_of(Times)}
            | dict(zip(WORK, work.get(half_hour, [0] * len(WORK)), strict=True))
            for half_hour, times in of_states(lasting, ZONE).items()
        ]
        for agent in same:
            await _lived(store, agent, changes, sums)


async def _lived(store: Store, agent: str, changes: Sequence[Change], sums: Sequence[dict[str, Any]]) -> None:
    log = [
        {
            "digest": f"{int(agent):016x}{number:016x}", "at": one.at, "agent": agent, "phone": agent,
            "status": "signed_out" if one.state is AgentState.SIGNED_OUT else "ready",
            "before": before.value, "after": one.state.value, "reason": "", "cause": "call", "linkedid": "",
        }
        for number, (before, one) in enumerate(
            zip([AgentState.SIGNED_OUT, *(one.state for one in changes)], changes, strict=False)
        )
    ]  # fmt: skip
    async with store.transaction() as connection:
        await connection.execute(insert(AgentStateEntry), log)
        await connection.execute(insert(AgentStateHalfHour), [{"agent": agent, **row} for row in sums])
        last = {"agent": agent, "at": changes[-1].at, "state": changes[-1].state.value}
        await connection.execute(insert(AgentLastState), [last])


async def main(database: str, *, filled: bool) -> None:
    """Fills, measures, prints, writes var/bench/adherence-<data base>.json."""
    store = Store(database)
    await store.migrate()
    if not filled:
        await fill(store)
    month, day = Period.parse("2026-05", ZONE), Period.parse("2026-05-14", ZONE)
    now, within = datetime(2026, 6, 2, tzinfo=UTC), datetime(2026, 5, 29, 17, 20, tzinfo=ZONE)
    asked = {"month": (month, now), "day": (day, now), "month that goes on": (month, within)}
    shifts = Shifts(store)
    every = [Scope(ScopeKind.AGENT, str(1000 + number)) for number in range(AGENTS)]
    runs: dict[str, Callable[[], Awaitable[object]]] = {
        **{name: partial(shifts.sums, CENTRE, period, NAMES, at) for name, (period, at) in asked.items()},
        "month, each agent": partial(shifts.each, every, month, NAMES, now),
    }
    async with store.transaction() as connection:
        entries = await connection.scalar(select(func.count()).select_from(AgentStateEntry))
        await connection.execute(delete(AgentDay))
    began = time.perf_counter()
    days = await keep_days(store, now, rest_s=0)
    kept_s = round(time.perf_counter() - began, 1)
    ours = {name: await timed(run) for name, run in runs.items()}
    told = await shifts.each(every, month, NAMES, now)
    async with store.transaction() as connection:
        await connection.execute(delete(AgentDay))
    theirs = {name: await timed(run, runs=2) for name, run in runs.items()}
    assert told == await shifts.each(every, month, NAMES, now), "both ways tell the same"
    dialect = store.engine.dialect.name
    await store.close()
    for name, one in ours.items():
        other = theirs[name]["median_ms"]
        print(f"{name:20} median {one['median_ms']:8} ms, most {one['most_ms']:8} ms, not worked out {other:8} ms")
    conditions = {"database": dialect, "agents": AGENTS, "entries_of_the_log": entries, "days": days, "kept_s": kept_s}
    print(f"{days} days of agents worked out in {kept_s} s")
    print(write(f"adherence-{dialect}", ours, theirs, conditions=conditions))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], filled="--filled" in sys.argv))
