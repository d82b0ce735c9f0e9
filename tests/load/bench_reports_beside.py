"""Whether reports delay routing: the idle gap of agents while callers wait, and the time from a caller's answer to the
INVITE at an agent, with month reports asked for without a pause and without any, by turns on the same centre.

    python -m tests.load.bench_reports_beside
    python -m tests.load.bench_reports_beside --minutes 10 --classes nice_10 batch_19 idle

The figures of a month are asked for, and at the same time a whole month's report, each of a process of its own. The
data base (SQLite) has a year of whole calls. 20 agents, 60 callers waiting, calls of 2.5 s, all recorded.

Every other round goes backwards. There are two rounds, and more while there is time for another; what is measured is
written after each. `--classes` lets the processes of reports run in other classes of the scheduler than their own.
"""

import argparse
import asyncio
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from pathlib import Path

from aiohttp import ClientResponseError

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


WITHOUT, AS_SHIPPED = "without", "with"
CLASSES = {
    "nice_10": (10, os.SCHED_OTHER), "batch_19": (19, os.SCHED_BATCH), "idle": (19, os.SCHED_IDLE),
}  # fmt: skip
"""Niceness, of the session too, and policy."""

NAMES = ("idle_gap", "answer_to_invite")
ROUNDS_AT_LEAST = 2


@asynccontextmanager
async def asking(
    centre: RunningCentre, side: str, took_ms: Mapping[str, list[float]], refused: dict[str, int]
) -> AsyncIterator[None]:
    """Both kinds asked for again as soon as they are answered, by processes of this class."""

    async def again_and_again(name: str) -> None:
        while True:
            began = time.perf_counter()
            try:
                await centre.get(ASKED[name])
            except ClientResponseError as error:
                if error.status != HTTPStatus.SERVICE_UNAVAILABLE:
                    raise
                refused[name] += 1  # not made in time, on a machine that has none left
                await asyncio.sleep(1)
                continue
            took_ms[name].append((time.perf_counter() - began) * 1000)

    async def classify() -> None:
        while True:
            for pid in _reporting(centre) if side in CLASSES else ():
                _put(pid, *CLASSES[side])
            await asyncio.sleep(0.5)

    if side == WITHOUT:
        yield
        return
    tasks = [asyncio.create_task(again_and_again(name)) for name in ASKED]
    tasks.append(asyncio.create_task(classify()))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if not isinstance(ended, asyncio.CancelledError):
                raise AssertionError("reports were no longer asked for") from ended


def _reporting(centre: RunningCentre) -> list[int]:
    """The processes that this centre's daemon has reports made by."""
    state = f"CALLCENTER_STATE={centre.settings.state}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            ours = state in (folder / "environ").read_bytes().split(b"\0")
            if ours and b"cti.reporting_main" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


def _put(pid: int, niceness: int, policy: int) -> None:
    """All its threads; the niceness of its session, too, where the kernel shares the cores between sessions first."""
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setscheduler(int(thread.name), policy, os.sched_param(0))
            os.setpriority(os.PRIO_PROCESS, int(thread.name), niceness)
        Path(f"/proc/{pid}/autogroup").write_text(f"{niceness}\n")


async def main() -> None:
    """By turns, then the table and the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000, help="how many there are in the data base before")
    parser.add_argument("--minutes", type=float, default=6.0, help="so long at most, the filling included")
    parser.add_argument("--seconds", type=int, default=25, help="so long each side's calls are looked at in a round")
    parser.add_argument("--singles", type=int, default=25, help="callers one at a time, of each side in a round")
    parser.add_argument("--classes", nargs="*", choices=sorted(CLASSES), default=[], help="besides the shipped one")
    given = parser.parse_args()
    sides = [WITHOUT, AS_SHIPPED, *given.classes]
    raw: dict[str, dict[str, list[float]]] = {side: {name: [] for name in NAMES} for side in sides}
    took_ms: dict[str, dict[str, list[float]]] = {side: {name: [] for name in ASKED} for side in sides}
    refused: dict[str, dict[str, int]] = {side: dict.fromkeys(ASKED, 0) for side in sides}
    async with bench_centre(AGENTS, channels=2 * AGENTS + WAITING) as centre:
        conditions: dict[str, object] = {
            "agents": AGENTS, "waiting": WAITING, "recording": True, "calls_in_the_data_base": given.calls,
            "asked": ASKED, "asterisk": await asterisk_version(centre),
        }  # fmt: skip
        began, rounds, longest = time.monotonic(), 0, 0.0
        with suppress(TimeoutError):
            async with asyncio.timeout(given.minutes * 60):
                store = Store(centre.settings.database_url)
                await fill(store, given.calls)
                await store.close()
                while rounds < ROUNDS_AT_LEAST or time.monotonic() - began + 1.2 * longest < given.minutes * 60:
                    begun = time.monotonic()
                    for side in sides if rounds % 2 == 0 else reversed(sides):
                        async with asking(centre, side, took_ms[side], refused[side]):
                            raw[side]["idle_gap"] += await idle_gaps_ms(centre, OURS, WAITING, given.seconds)
                            raw[side]["answer_to_invite"] += await answer_to_invite_ms(centre, OURS, given.singles)
                    rounds, longest = rounds + 1, max(longest, time.monotonic() - begun)
                    conditions |= {"whole_rounds": rounds, "seconds_of_a_round": round(longest), "refused": refused}
                    _tell(raw, took_ms, conditions)
    print(f"{time.monotonic() - began:.0f} s in all, {rounds} whole rounds")
    if rounds:
        _tell(raw, took_ms, conditions)


def _tell(
    raw: Mapping[str, Mapping[str, list[float]]],
    took_ms: Mapping[str, Mapping[str, list[float]]],
    conditions: Mapping[str, object],
) -> None:
    told = {side: {name: figures(values) for name, values in each.items()} for side, each in raw.items()}
    without = told.pop(WITHOUT)
    ratios = {
        side: {
            name: {of: round(each[name][of] / without[name][of], 2) for of in ("median_ms", "p99_ms")} for name in NAMES
        }
        for side, each in told.items()
    }
    answered = {
        side: {
            name: {"n": len(values), "mean_ms": round(sum(values) / max(1, len(values)))}
            for name, values in each.items()
        }
        for side, each in took_ms.items()
        if side != WITHOUT
    }
    path = write(
        "reports_beside",
        told,
        without,
        asterisk=str(conditions["asterisk"]),
        conditions={**conditions, "answered": answered},
        ratios=ratios,
    )
    print(f"after round {conditions['whole_rounds']}:")
    for name in NAMES:
        for side, each in {WITHOUT: without, **told}.items():
            one = each[name]
            ratio = f", ratios {ratios[side][name]}" if side in ratios else ""
            print(
                f"{name:<18}{side:<10}median {one['median_ms']:>8} ms, 99th {one['p99_ms']:>8} ms (n {one['n']}){ratio}"
            )
    for side, each in answered.items():
        print(f"{side:<10}{each}, refused: {conditions['refused']}")
    print(path, flush=True)


if __name__ == "__main__":
    run(main())
