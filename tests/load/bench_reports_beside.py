"""Whether reports delay routing: the idle gap of agents while callers wait, and the time from a caller's answer to the
INVITE at an agent, with month reports asked for without a pause and without any, by turns on the same centre.

The figures of a month are asked for, and at the same time a whole month's report, each of a process of its own. The
data base (SQLite) has a year of whole calls. 20 agents, 60 callers waiting, calls of 2.5 s, all recorded.
"""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from recording.store import Store
from tests.integration.centre_fixture import RunningCentre
from tests.load.bench import figures, run, write
from tests.load.bench_idle_gap import answer_to_invite_ms, idle_gaps_ms
from tests.load.centre import OURS, asterisk_version, bench_centre
from tests.load.whole_calls import fill

AGENTS, WAITING = 20, 60
MONTH = "2026-05"
ASKED = {
    "figures": f"/api/figures?scope=centre&period={MONTH}",
    "report": f"/api/reports/month?at={MONTH}&format=json",
}


@asynccontextmanager
async def asking(centre: RunningCentre, took_ms: dict[str, list[float]]) -> AsyncIterator[None]:
    """Both kinds asked for again as soon as they are answered."""

    async def again_and_again(name: str) -> None:
        while True:
            began = time.perf_counter()
            await centre.get(ASKED[name])
            took_ms[name].append((time.perf_counter() - began) * 1000)

    tasks = [asyncio.create_task(again_and_again(name)) for name in ASKED]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if not isinstance(ended, asyncio.CancelledError):
                raise AssertionError("reports were no longer asked for") from ended


async def main() -> None:
    """By turns, then the table and the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000, help="how many there are in the data base before")
    parser.add_argument("--rounds", type=int, default=2, help="how often each of the two is measured")
    given = parser.parse_args()
    calls, rounds = given.calls, given.rounds
    names = ("idle_gap", "answer_to_invite")
    raw: dict[str, dict[str, list[float]]] = {side: {name: [] for name in names} for side in ("with", "without")}
    took_ms: dict[str, list[float]] = {name: [] for name in ASKED}
    async with bench_centre(AGENTS, channels=2 * AGENTS + WAITING) as centre:
        version = await asterisk_version(centre)
        store = Store(centre.settings.database_url)
        await fill(store, calls)
        await store.close()
        for _ in range(rounds):
            for side, each in raw.items():
                if side == "with":
                    async with asking(centre, took_ms):
                        await _measure(centre, each)
                else:
                    await _measure(centre, each)
    told = {side: {name: figures(values) for name, values in each.items()} for side, each in raw.items()}
    ratios = {
        name: {of: round(told["with"][name][of] / told["without"][name][of], 2) for of in ("median_ms", "p99_ms")}
        for name in names
    }
    conditions = {
        "agents": AGENTS, "waiting": WAITING, "rounds": rounds, "recording": True, "calls_in_the_data_base": calls,
        "asked": ASKED, "answered_ms": took_ms,
    }  # fmt: skip
    path = write(
        "reports_beside", told["with"], told["without"], asterisk=version, conditions=conditions, ratios=ratios
    )
    for name in names:
        for side in told:
            one = told[side][name]
            print(f"{name:<18}{side:<9}median {one['median_ms']:>8} ms, 99th {one['p99_ms']:>8} ms (n {one['n']})")
        print(f"{name:<18}with / without: {ratios[name]}")
    for name, values in took_ms.items():
        print(f"{name:<18}{len(values)} answered, {sum(values) / max(1, len(values)):.0f} ms each")
    print(path)


async def _measure(centre: RunningCentre, into: dict[str, list[float]]) -> None:
    into["idle_gap"] += await idle_gaps_ms(centre, OURS, WAITING)
    into["answer_to_invite"] += await answer_to_invite_ms(centre, OURS)


if __name__ == "__main__":
    run(main())
