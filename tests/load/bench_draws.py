"""How long a draw takes that looks back on a month of a year of calls: 20 queues, 200 agents in four teams, three of
them on day shifts, one on nights. Each draw is made by a process of its own, as the daemon has it made; counted are its
seconds, its processor seconds and the most memory it ever had. There is no other side.

    python -m tests.load.bench_draws sqlite:////tmp/draws.sqlite 500000
    python -m tests.load.bench_draws postgresql://test@127.0.0.1:5433/bench 500000

The data base must be empty; it is filled by its own SQL with whole calls (tests.load.whole_calls).
"""

import argparse
import asyncio
import json
import resource
import statistics
import sys
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from cti.processes import NICENESS, give_way
from recording.inputs.plan import Plan
from recording.inputs.shifts import Assignment, Pattern
from recording.quality.draws import DrawFrame, Draws
from recording.quality.evaluations import Person
from recording.quality.sampling import SamplingRules
from recording.quality.sheets import ItemKind, ScoreSheet
from recording.quality.shifts import drawable_days, shifts_of
from recording.store import Agent, Store
from tests.load.bench import write
from tests.load.whole_calls import AGENTS, fill

ZONE = ZoneInfo("Asia/Shanghai")
LAST = date(2026, 5, 31)
LOOK_BACK = 31
RUNS = 3
TEAMS = ("north", "south", "east", "night")
RULES = {
    "look_back_days": LOOK_BACK,
    "reviewer_per_day": 100,
    "reviewer_open": 400,
    "own_team": False,
    "rules": [
        {"name": "bad-mark", "sheet": "s", "where": {"survey_at_most": 2}, "one_in": 1, "most_per_agent_month": 3},
        {"name": "sent-on", "sheet": "s", "where": {"transferred": True, "talk_from_s": 30}, "one_in": 50},
        {"name": "night", "sheet": "s", "where": {"teams": ["night"]}, "per_shift": 3},
        {"name": "everybody", "sheet": "s", "per_agent_month": 5},
    ],
}


def frame(day: date) -> DrawFrame:
    """By what is drawn on a day."""
    agents = [str(1000 + number) for number in range(AGENTS)]
    patterns = [
        Pattern.model_validate(
            {"name": name, "shifts": [{"day": weekday, "start": start, "end": end} for weekday in range(1, 8)]}
        )
        for name, start, end in (("day", "09:00", "18:00"), ("night", "18:00", "09:00"))
    ]
    assigned = [
        Assignment(agent=one, since=date(2025, 1, 1), pattern="night" if number % 4 == 3 else "day")
        for number, one in enumerate(agents)
    ]
    plan = Plan(ZONE, patterns, assigned, [])
    item = {"name": "hello", "title": {}, "kind": ItemKind.YES_NO, "weight": 1, "most": 1}
    sheet = {"name": "s", "title": {}, "sections": [{"name": "all", "title": {}, "items": [item]}], "fatal": []}
    return DrawFrame(
        rules=SamplingRules.model_validate(RULES),
        sheets={"s": ScoreSheet.model_validate(sheet)},
        reviewers=[Person(name=f"reviewer-{number}") for number in range(10)],
        zone=ZONE,
        shift_of=shifts_of(plan, agents, day - timedelta(days=LOOK_BACK + 2), day, ZONE),
        planned=drawable_days(plan, agents, day),
    )


async def draw(database: str, day: date) -> None:
    """One draw, in this process; says what it took."""
    store = Store(database)
    now = datetime(day.year, day.month, day.day, 5, tzinfo=ZONE).astimezone(UTC)
    began_s, began_cpu_s = time.perf_counter(), time.process_time()
    done = await Draws(store).run(frame(day), now=now, by="bench", daily=True, seed="bench")
    assert done is not None
    took = {
        "seconds": round(time.perf_counter() - began_s, 2),
        "processor_seconds": round(time.process_time() - began_cpu_s, 2),
        "most_memory_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        "candidates": done.candidates,
        "drawn": done.picked,
    }
    await store.close()
    print(json.dumps(took))


async def drawn_beside(database: str, day: date) -> dict[str, float]:
    """The same in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.load.bench_draws", database, "0", "--day", day.isoformat()),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    told: dict[str, float] = json.loads(said)
    return told


async def main() -> None:
    """Fills, measures, prints, writes var/bench/draws-<data base>.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("calls", type=int)
    parser.add_argument("--filled", action="store_true", help="the data base is filled already")
    parser.add_argument("--day", type=date.fromisoformat, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.day:
        give_way(NICENESS)
        await draw(given.database, given.day)
        return
    store = Store(given.database)
    await store.migrate()
    if not given.filled:
        await fill(store, given.calls)
    await store.save_agents(
        [
            Agent(number=str(1000 + one), name="", phone="", pin_hash="", attributes={"team": TEAMS[one % len(TEAMS)]})
            for one in range(AGENTS)
        ]
    )
    dialect = store.engine.dialect.name
    await store.close()
    rounds = [await drawn_beside(given.database, LAST - timedelta(days=RUNS - 1 - one)) for one in range(RUNS)]
    ours = {name: {"median": statistics.median(one[name] for one in rounds), "all": [one[name] for one in rounds]}
            for name in rounds[0]}  # fmt: skip
    for name, one in ours.items():
        print(f"{name:20} median {one['median']}, {one['all']}")
    conditions = {"database": dialect, "calls": given.calls, "look_back_days": LOOK_BACK, "agents": AGENTS}
    print(write(f"draws-{dialect}", ours, None, conditions=conditions, rules=RULES))


if __name__ == "__main__":
    asyncio.run(main())
