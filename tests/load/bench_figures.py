"""How long reports of key figures take over a year of calls: 20 queues, 200 agents, working days of twelve hours.

    python -m tests.load.bench_figures sqlite:////tmp/figures.sqlite 500000
    python -m tests.load.bench_figures postgresql://test@127.0.0.1:5433/bench 5000000

The data base must be empty; it is filled by its own SQL, the half-hour sums from the calls by GROUP BY. A call's
document is empty: reports do not read it. There is no other side.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.figures.counts import CALLS
from recording.figures.period import Period, Unit
from recording.figures.rules import Rules
from recording.figures.scope import CENTRE, Scope, ScopeKind
from recording.figures.service import Figures
from recording.store import Store
from tests.load.bench import write

BEGIN = round(datetime(2025, 11, 1, tzinfo=UTC).timestamp())
QUEUES, AGENTS, DAYS = 20, 200, 365
ZONE = ZoneInfo("Asia/Shanghai")
RUNS = 7
NUMBERS: Mapping[str, str] = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {calls}) SELECT {what} FROM n",
    "postgresql": "SELECT {what} FROM generate_series(1, {calls}) AS n(i)",
}
INSTANTS: Mapping[str, str] = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', {}, 'unixepoch')",
    "postgresql": "to_timestamp({})",
}


def _of(dialect: str, seconds: str) -> str:
    return INSTANTS[dialect].format(seconds)


def _mixed(number: str, prime: int, most: int) -> str:
    """An even spread over 0 to `most` - 1, the same in every run."""
    return f"((CAST({number} AS BIGINT) * {prime}) % 1000003 * {most} / 1000003)"


async def fill(store: Store, calls: int, *, sums_only: bool) -> None:
    """A year of calls, their sums, and the times of the agents."""
    dialect = store.engine.dialect.name
    async with store.transaction() as connection:
        await _calls(connection, dialect, calls, sums_only=sums_only)
        for table, keys, columns in (
            ("centre_half_hour", "", ""),
            ("queue_half_hour", ", queue", ", 'q' || queue"),
            ("agent_half_hour", ", agent, queue", ", CAST(1000 + agent AS TEXT), 'q' || queue"),
        ):
            half_hour = _of(dialect, "t / 1800 * 1800")
            sums = ", ".join(f"sum({_SUMS.get(name, '0')})" for name in CALLS)
            where = "WHERE became = 1" if "agent" in table else ""
            await connection.execute(
                text(
                    f"INSERT INTO {table} (half_hour{keys}, {', '.join(CALLS)}) SELECT {half_hour}{columns}, {sums} "
                    f"FROM bench_call {where} GROUP BY t / 1800{keys}"
                )
            )
        await connection.execute(text(_states(dialect)))
    async with store.transaction() as connection:
        await connection.execute(text("ANALYZE"))


_SUMS = {
    "received": "1",
    "offered": "1",
    "answered": "became",
    "abandoned": "1 - became",
    "short_abandoned": "CASE WHEN became = 0 AND wait_ms <= 20000 THEN 1 ELSE 0 END",
    "answered_in_time": "CASE WHEN became = 1 AND wait_ms <= 20000 THEN 1 ELSE 0 END",
    "waited": "CASE WHEN wait_ms > 8000 THEN 1 ELSE 0 END",
    "waited_to_end": "CASE WHEN wait_ms > 8000 THEN 1 ELSE 0 END",
    "waited_ms": "CASE WHEN wait_ms > 8000 THEN wait_ms ELSE 0 END",
    "answer_wait_ms": "became * wait_ms",
    "line_answered": "1",
    "ring_ms": "3000",
    "talk_ms": "became * talk_ms",
    "hold_ms": "became * 20000",
    "held": "became",
    "wrap_up_ms": "became * 45000",
}


async def _calls(connection: AsyncConnection, dialect: str, calls: int, *, sums_only: bool) -> None:
    """Of each what is needed to add it up, then the table of calls itself."""
    seconds = f"{BEGIN} + (i % {DAYS}) * 86400 + {_mixed('i', 7919, 21600)} + {_mixed('i', 104729, 21600)}"
    what = (
        f"i, {seconds} AS t, {_mixed('i', 15485863, QUEUES)} AS queue, {_mixed('i', 32452843, AGENTS)} AS agent, "
        f"CASE WHEN {_mixed('i', 49979687, 100)} < 94 THEN 1 ELSE 0 END AS became, "
        f"{_mixed('i', 67867967, 40000)} AS wait_ms, 120000 + {_mixed('i', 86028121, 300000)} AS talk_ms"
    )
    numbers = NUMBERS[dialect].format(what=what, calls=calls)
    await connection.execute(text(f"CREATE TEMPORARY TABLE bench_call AS {numbers}"))
    if sums_only:
        return
    at = _of(dialect, "t")
    number = "lower(hex(i))" if dialect == "sqlite" else "to_hex(i)"
    ended = _of(dialect, "t + (wait_ms + talk_ms) / 1000")
    await connection.execute(
        text(
            "INSERT INTO call (id, linkedid, direction, caller, dialled, queue, agent, outcome, ended_by, started_at, "
            "answered_at, connected_at, ended_at, wait_ms, talk_ms, hold_ms, wrap_up_ms, reconstructed, document) "
            f"SELECT {number}, 'node1-' || i, 'inbound', '1' || (i % 900000), '4000', 'q' || queue, "
            "CASE WHEN became = 1 THEN CAST(1000 + agent AS TEXT) END, "
            f"CASE WHEN became = 1 THEN 'answered' ELSE 'abandoned' END, 'caller', {at}, {at}, "
            f"CASE WHEN became = 1 THEN {at} END, {ended}, wait_ms, became * talk_ms, 0, 45000 * became, "
            f"{'0' if dialect == 'sqlite' else 'false'}, '{{}}' FROM bench_call"
        )
    )


def _states(dialect: str) -> str:
    """Every agent works 16 half hours a day, five days a week."""
    what = (
        f"{_of(dialect, f'{BEGIN} + ((i - 1) / {16 * AGENTS}) * 86400 + ((i - 1) / {AGENTS} % 16) * 1800 + 14400')}, "
        f"CAST(1000 + (i - 1) % {AGENTS} AS TEXT), 500000, 60000, 40000, 900000, 60000, 240000"
    )
    columns = "half_hour, agent, ready_ms, not_ready_ms, ringing_ms, talking_ms, holding_ms, wrap_up_ms"
    return f"INSERT INTO agent_state_half_hour ({columns}) " + NUMBERS[dialect].format(
        what=what, calls=16 * AGENTS * DAYS
    )


async def timed(run: Callable[[], Awaitable[object]]) -> dict[str, float]:
    """Milliseconds of `RUNS` runs after one to warm up."""
    await run()
    took: list[float] = []
    for _ in range(RUNS):
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
