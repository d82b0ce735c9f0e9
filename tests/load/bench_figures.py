"""How long key figures and whole reports take over a year of calls: 20 queues, 200 agents, working days of twelve
hours, with all that people enter beside the calls (tests.load.year_inputs).

    python -m tests.load.bench_figures sqlite:////tmp/figures.sqlite 500000
    python -m tests.load.bench_figures postgresql://test@127.0.0.1:5433/bench 5000000

The data base must be empty; it is filled by its own SQL with whole calls (tests.load.whole_calls), the half-hour sums
from the calls by GROUP BY. `--filled` takes one that was filled so, `--inputs` fills its inputs alone, once.
Reports are made as for who asks for them, as JSON and as the HTML page. There is no other side.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from cti.centre import Centre, load_centre
from cti.memory import settle_down
from cti.reporting_work import Work
from cti.settings import HOME, load_settings
from recording.figures.inputs import all_inputs
from recording.figures.period import Period, Unit
from recording.figures.rules import Rules
from recording.figures.scope import CENTRE, Scope, ScopeKind
from recording.figures.service import Figures
from recording.reports.material import Names
from recording.reports.order import Form, Order
from recording.store import Store
from tests.load.bench import write
from tests.load.whole_calls import AGENTS, QUEUES, fill
from tests.load.year_inputs import TEAMS, fill_inputs

ZONE = ZoneInfo("Asia/Shanghai")
RUNS = 7
NOW = datetime(2026, 11, 22, tzinfo=UTC)


ORDERS: Mapping[str, Mapping[str, str]] = {
    "day, whole report": {"report": "day", "at": "2026-05-14"},
    "week with forecast, whole report": {"report": "week", "at": "2026-W20"},
    "month, whole report": {"report": "month", "at": "2026-05"},
    "month of a queue, whole report": {"report": "month", "at": "2026-05", "scope": "queue:q3"},
    "month of a team, whole report": {"report": "month", "at": "2026-05", "scope": "team:t3"},
    "month of an agent, whole report": {"report": "month", "at": "2026-05", "scope": "agent:1003"},
}
FORMS = Form.JSON, Form.HTML


class BenchWork(Work):
    """Makes reports of the shipped centre with the queues of the benchmark."""

    def __init__(self, store: Store) -> None:
        super().__init__(load_settings(), store, now=lambda: NOW)
        centre = load_centre(HOME / "dialplans")
        queue = next(iter(centre.queues.values()))
        self._shown = replace(centre, queues={f"q{number}": queue for number in range(QUEUES)}, time_zone=ZONE)

    def centre(self) -> Centre:
        """It never changes."""
        return self._shown

    async def made(self, order: Mapping[str, str], form: Form) -> int:
        """The report in its form; how many bytes it has."""
        made = await self.report(Order.model_validate({**order, "form": form}))
        return sum(map(len, made.pieces))

    async def _names(self, centre: Centre) -> Names:
        agents = [str(1000 + number) for number in range(AGENTS)]
        return Names(
            centre=centre.name,
            queues={name: name for name in centre.queues},
            agents={agent: agent for agent in agents},
            teams={agent: f"t{int(agent) % TEAMS}" for agent in agents},
        )


async def timed(run: Callable[[], Awaitable[object]], runs: int = RUNS) -> dict[str, float]:
    """Milliseconds of so many runs after one to warm up."""
    await run()
    took: list[float] = []
    for _ in range(runs):
        began = time.perf_counter()
        await run()
        took.append((time.perf_counter() - began) * 1000)
    found = {"least_ms": min(took), "median_ms": statistics.median(took), "most_ms": max(took)}
    return {name: round(ms, 1) for name, ms in found.items()}


async def main() -> None:
    """Fills, measures, prints, writes var/bench/figures-<data base>.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("calls", type=int)
    parser.add_argument("--runs", type=int, default=RUNS, help="how often each is asked for")
    parser.add_argument("--filled", action="store_true", help="the data base is filled already")
    parser.add_argument("--inputs", action="store_true", help="it is, but what people enter beside is not")
    parser.add_argument("--sums-only", action="store_true", help="leave the table of calls empty: no report reads it")
    given = parser.parse_args()
    store = Store(given.database)
    await store.migrate()
    began = time.perf_counter()
    if not given.filled and not given.inputs:
        await fill(store, given.calls, sums_only=given.sums_only)
    if not given.filled:
        await fill_inputs(store, ZONE, NOW, sums_only=given.sums_only)
    filled_s = round(time.perf_counter() - began)
    rules = Rules(zone=ZONE)
    figures = Figures(store, rules, all_inputs(store, rules.share_costs_by), clock=lambda: NOW)
    work = BenchWork(store)
    settle_down()  # as the process does that makes reports
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
        **{f"{name} as {form}": partial(work.made, order, form) for name, order in ORDERS.items() for form in FORMS},
    }
    told: dict[str, dict[str, float]] = {}
    for name, run in runs.items():
        told[name] = await timed(run, given.runs)
        print(f"{name:40} {', '.join(f'{one} {ms:8}' for one, ms in told[name].items())}", flush=True)
    report = await figures.report(CENTRE, month)
    dialect = store.engine.dialect.name
    print(f"month: {report['received'].value} calls received; filled in {filled_s} s")
    conditions = {"database": dialect, "calls": given.calls, "queues": QUEUES, "agents": AGENTS, "runs": given.runs}
    conditions["calls_in_the_table"] = not given.sums_only
    print(write(f"figures-{dialect}", told, None, conditions=conditions))
    await store.close()


if __name__ == "__main__":
    asyncio.run(main())
