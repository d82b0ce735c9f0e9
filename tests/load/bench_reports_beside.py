"""Whether reports delay routing: the idle gap of agents while callers wait, and the time from a caller's answer to the
INVITE at an agent, with month reports asked for without a pause and without any, by turns on the same centre; and both
once more where Asterisk and the daemon are scheduled as everything else is (docs/decisions/0035).

    python -m tests.load.bench_reports_beside
    python -m tests.load.bench_reports_beside --minutes 10

The figures of a month are asked for, and at the same time a whole month's report, each of a process of its own. The
data base (SQLite) has a year of whole calls. 20 agents, 60 callers waiting, calls of 2.5 s, all recorded. The phones
(SIPp) come first on every side, for elsewhere they have machines of their own.

Every other round goes backwards. There are two rounds, and more while there is time for another; what is measured is
written after each.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from pathlib import Path

from cti.precedence import ROUTING, VOICES, voices_first
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


WITHOUT, WITH, PLAIN_WITHOUT, PLAIN_WITH = SIDES = "without", "with", "plain, without", "plain, with"
NAMES = ("idle_gap", "answer_to_invite")
ROUNDS_AT_LEAST = 2


@asynccontextmanager
async def asking(
    centre: RunningCentre, side: str, took_ms: Mapping[str, list[float]], refused: dict[str, int]
) -> AsyncIterator[None]:
    """Both kinds asked for again as soon as they are answered, where the side has reports. Who asks is a process of its
    own (tests.load.asker): what he does with two megabytes is not what a report costs."""

    async def again_and_again(name: str) -> None:
        asker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.load.asker", f"http://{local}:{port}{ASKED[name]}"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert asker.stdin is not None
        assert asker.stdout is not None
        try:
            asker.stdin.write(centre.credentials.token.encode() + b"\n")
            while answered := await asker.stdout.readline():
                status, answer_ms = answered.split()
                match HTTPStatus(int(status)):
                    case HTTPStatus.OK:
                        took_ms[name].append(float(answer_ms))
                    case HTTPStatus.SERVICE_UNAVAILABLE:  # not made in time, on a machine that has none left
                        refused[name] += 1
                    case other:
                        raise AssertionError(f"{name}: {other}")
        finally:
            if asker.returncode is None:
                asker.kill()
            await asker.wait()

    if side not in (WITH, PLAIN_WITH):
        yield
        return
    local, port = centre.settings.local, centre.settings.http_port
    tasks = [asyncio.create_task(again_and_again(name)) for name in ASKED]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if not isinstance(ended, asyncio.CancelledError):
                raise AssertionError("reports were no longer asked for") from ended


@asynccontextmanager
async def scheduled(centre: RunningCentre, side: str) -> AsyncIterator[None]:
    """Asterisk and the daemon's loop as shipped, or on a plain side as everything else; phones always first. Raises
    PermissionError where nobody may come first."""

    async def phones_first() -> None:
        while True:
            for pid in _phones(centre):
                voices_first(pid)
            await asyncio.sleep(0.5)

    _schedule(centre, first=side in (WITHOUT, WITH))
    favouring = asyncio.create_task(phones_first())
    try:
        yield
    finally:
        favouring.cancel()


def _schedule(centre: RunningCentre, *, first: bool) -> None:
    policy, usual = os.SCHED_RR if first else os.SCHED_OTHER, os.sched_param(0)
    for thread in Path(f"/proc/{centre.asterisk}/task").iterdir():
        with suppress(ProcessLookupError):
            os.sched_setscheduler(int(thread.name), policy, os.sched_param(VOICES) if first else usual)
    routing = os.sched_param(ROUTING) if first else usual
    os.sched_setscheduler(centre.daemon, policy | (os.SCHED_RESET_ON_FORK if first else 0), routing)


def _phones(centre: RunningCentre) -> list[int]:
    """The processes of this centre's phones and lines."""
    state, found = str(centre.settings.state).encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (folder / "comm").read_text() == "sipp\n" and state in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


async def main() -> None:
    """By turns, then the table and the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000, help="how many there are in the data base before")
    parser.add_argument("--minutes", type=float, default=6.0, help="so long at most, the filling included")
    parser.add_argument("--seconds", type=int, default=25, help="so long each side's calls are looked at in a round")
    parser.add_argument("--singles", type=int, default=25, help="callers one at a time, of each side in a round")
    given = parser.parse_args()
    raw: dict[str, dict[str, list[float]]] = {side: {name: [] for name in NAMES} for side in SIDES}
    took_ms: dict[str, dict[str, list[float]]] = {side: {name: [] for name in ASKED} for side in SIDES}
    refused: dict[str, dict[str, int]] = {side: dict.fromkeys(ASKED, 0) for side in SIDES}
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
                    for side in SIDES if rounds % 2 == 0 else reversed(SIDES):
                        asked = asking(centre, side, took_ms[side], refused[side])
                        async with scheduled(centre, side), asked:
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
        if side in (WITH, PLAIN_WITH)
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
                f"{name:<18}{side:<16}median {one['median_ms']:>8} ms, 99th {one['p99_ms']:>8} ms (n {one['n']}){ratio}"
            )
    for side, each in answered.items():
        print(f"{side:<16}{each}, refused: {conditions['refused']}")
    print(path, flush=True)


if __name__ == "__main__":
    run(main())
