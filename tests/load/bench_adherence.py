"""How long adherence and attendance of a centre take over a month: 300 agents in three patterns with short breaks, some
on leave, with four changes of state a call all day long.

    python -m tests.load.bench_adherence sqlite:////tmp/adherence.sqlite

The data base must be empty. The other side is what was done before the time at work was kept by five minutes: the log
of states itself, which is still read where nothing was kept.
"""

import asyncio
import random
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, update

from acd.states import AgentState
from recording.figures.counts import Times, names_of
from recording.figures.period import Period
from recording.figures.scope import CENTRE
from recording.figures.shifts import Shifts
from recording.figures.states import WORK, Change, at_work, of_states, stretches
from recording.inputs.schedules import Schedules
from recording.inputs.shifts import Assignment, Break, ExceptionKind, Pattern, PatternShift, ShiftException
from recording.models import AgentLastState, AgentStateEntry, AgentStateHalfHour
from recording.store import Store
from tests.load.bench import write
from tests.load.bench_figures import timed

ZONE = ZoneInfo("Asia/Shanghai")
AGENTS, BY_LOG = 300, 30
MONTH, DAYS, SHIFT_MINUTES = date(2026, 5, 1), 31, 540
STARTS = (480, 540, 720)
NAMES = {"adherent_ms", "attended"}
ROUND = (AgentState.RINGING, AgentState.TALKING, AgentState.WRAP_UP, AgentState.READY)


def _pattern(start: int) -> Pattern:
    breaks = tuple(
        Break(start=start + at, end=start + at + long, paid=long < 60) for at, long in ((75, 15), (180, 60), (405, 15))
    )
    days = (PatternShift(day=day, start=start, end=start + SHIFT_MINUTES, breaks=breaks) for day in range(1, 7))
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


async def fill(store: Store) -> int:
    """Schedules, log of states and sums; how many entries the log has."""
    schedules, dice = Schedules(store, ZONE), random.Random(7)
    patterns = [_pattern(start) for start in STARTS]
    agents = [str(1000 + number) for number in range(AGENTS)]
    await schedules.save_patterns(patterns)
    named = (Assignment(agent=one, since=date(2026, 4, 1), pattern=patterns[int(one) % 3].name) for one in agents)
    await schedules.assign(named)
    await schedules.except_days(
        ShiftException(agent=one, day=MONTH + timedelta(days=dice.randrange(DAYS)), kind=ExceptionKind.LEAVE)
        for one in agents[::4]
    )
    entries = 0
    for at, start in enumerate(STARTS):
        same = [one for one in agents if int(one) % 3 == at]
        changes = _month(start, dice)
        lasting = stretches(changes)
        work = at_work(lasting, ZONE)
        sums = [
            {"half_hour": half_hour}
            | {name: getattr(times, name) for name in names_of(Times)}
            | dict(zip(WORK, work.get(half_hour, [0] * len(WORK)), strict=True))
            for half_hour, times in of_states(lasting, ZONE).items()
        ]
        entries += len(changes) * len(same)
        for agent in same:
            await _lived(store, agent, changes, sums)
    return entries


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


async def main(database: str) -> None:
    """Fills, measures, prints, writes var/bench/adherence-<data base>.json."""
    store = Store(database)
    await store.migrate()
    entries = await fill(store)
    month, day = Period.parse("2026-05", ZONE), Period.parse("2026-05-14", ZONE)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    ours = {
        name: await timed(partial(Shifts(store).sums, CENTRE, period, NAMES, now))
        for name, period in (("month", month), ("day", day))
    }
    told = await Shifts(store).sums(CENTRE, month, NAMES, now)
    async with store.transaction() as connection:
        forgotten = update(AgentStateHalfHour).where(AgentStateHalfHour.agent < str(1000 + BY_LOG))
        await connection.execute(forgotten.values(dict.fromkeys(WORK)))
    theirs = {f"month, {BY_LOG} of the agents by their log": await timed(
        lambda: Shifts(store).sums(CENTRE, month, NAMES, now), runs=1
    )}  # fmt: skip
    assert told == await Shifts(store).sums(CENTRE, month, NAMES, now), "both ways tell the same"
    dialect = store.engine.dialect.name
    await store.close()
    for name, one in (ours | theirs).items():
        print(f"{name:40} median {one['median_ms']:8} ms, most {one['most_ms']:8} ms")
    conditions = {"database": dialect, "agents": AGENTS, "entries_of_the_log": entries}
    print(write(f"adherence-{dialect}", ours, theirs, conditions=conditions))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
