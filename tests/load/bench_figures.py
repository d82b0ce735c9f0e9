"""How long reports of key figures take over a year of calls: 20 queues, 200 agents, working days of twelve hours.

    python -m tests.load.bench_figures sqlite:////tmp/figures.sqlite 500000
    python -m tests.load.bench_figures postgresql://test@127.0.0.1:5433/bench 5000000

The data base must be empty; it is filled by its own SQL with whole calls (tests.load.whole_calls), the half-hour sums
from the calls by GROUP BY. There is no other side.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from recording.figures.period import Period, Unit
from recording.figures.rules import Rules
from recording.figures.scope import CENTRE, Scope, ScopeKind
from recording.figures.service import Figures
from recording.store import Store
from tests.load.bench import write
from tests.load.whole_calls import AGENTS, QUEUES, fill

ZONE = ZoneInfo("Asia/Shanghai")
RUNS = 7


async def timed(run: Callable[[], Awaitable[object]], runs: int = RUNS) -> dict[str, float]:
    """Milliseconds of so many runs after one to warm up."""
    await run()
    took: list[float] = []
    for _ in range(runs):
        began = time.perf_counter()
        await run()
        took.append((time.perf_counter() - began) * 1000)
    return {"median_ms": round(statistics.median(took), 1), "most_ms": round(max(took), 1)}


async def main() -> None:
    """Fills, measures, prints, writes var/bench/figures-<data base>.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("calls", type=int)
    parser.add_argument("--filled", action="store_true", help="the data base is filled already")
    parser.add_argument("--sums-only", action="store_true", help="leave the table of calls empty: no report reads it")
    given = parser.parse_args()
    store = Store(given.database)
    await store.migrate()
    began = time.perf_counter()
    if not given.filled:
        await fill(store, given.calls, sums_only=given.sums_only)
    filled_s = round(time.perf_counter() - began)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    figures = Figures(store, Rules(zone=ZONE), clock=lambda: now)
    day, month = Period.parse("2026-05-14", ZONE), Period.parse("2026-05", ZONE)
    queue, agent = Scope(ScopeKind.QUEUE, "q3"), Scope(ScopeKind.AGENT, "1003")
    runs: Mapping[str, Callable[[], Awaitable[object]]] = {
        "day report, centre": lambda: figures.report(CENTRE, day),
        "month report, centre": lambda: figures.report(CENTRE, month),
        "year report, centre": lambda: figures.report(CENTRE, Period.parse("2025-11..2026-10", ZONE)),
        "month report, queue": lambda: figures.report(queue, month),
        "month report, agent": lambda: figures.report(agent, month),
        "day reports, each queue": lambda: figures.reports(ScopeKind.QUEUE, day),
        "day reports, each agent": lambda: figures.reports(ScopeKind.AGENT, day),
        "month of half hours, calls received": lambda: figures.series("received", CENTRE, month, Unit.HALF_HOUR),
    }
    told = {name: await timed(run) for name, run in runs.items()}
    report = await figures.report(CENTRE, month)
    dialect = store.engine.dialect.name
    for name, one in told.items():
        print(f"{name:40} median {one['median_ms']:8} ms, most {one['most_ms']:8} ms")
    print(f"month: {report['received'].value} calls received; filled in {filled_s} s")
    conditions = {"database": dialect, "calls": given.calls, "queues": QUEUES, "agents": AGENTS, "runs": RUNS}
    conditions["calls_in_the_table"] = not given.sums_only
    print(write(f"figures-{dialect}", told, None, conditions=conditions))
    await store.close()


if __name__ == "__main__":
    asyncio.run(main())
