"""How many calls a second are carried, recorded, before service fails: ours beside app_queue, on the same Asterisk.

Callers come evenly for 10 s, with sound on both sides; agents enough answer at once, talk for 4 s and hang up. A rate
is failed when more than 1 % of the callers are not served within 2 s (beside the talk), or SIP had to be said again
for more than 1 % of them. Rates rise until both sides have failed, by turns; then each side's own limit is closed in
on. While app_queue is measured nobody is signed in to us, and the daemon and its recorder go on beside it.
"""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from tests.integration.centre_fixture import RunningCentre
from tests.load.bench import options, run, write
from tests.load.centre import MANNED_APP_QUEUE_NUMBER, OURS, asterisk_version, bench_centre, silence
from tests.load.cpu import child, used_s
from tests.load.traffic import Outcome, Traffic

AGENTS = 360
TALK_MS = 4000
WAIT_MS = 2000
CALLERS_S = 10
FIRST_PER_S, LAST_PER_S = 24.0 / AGENTS, 1000 / (TALK_MS + WAIT_MS)
"""For each agent: where the search begins, and where no rate can be carried."""

RISE = 1.25
CLOSER = 3
"""Halvings of the gap between the last good and the first failed rate: it is an eighth of RISE then, 3 %."""

BAD_SHARE = 0.01
BOUND_S = 480
WANTED_RATIO = 0.95


@dataclass(frozen=True)
class Step:
    """One rate on one side. CPU is in milliseconds a call, by process."""

    per_s: float
    carried: bool
    outcome: Outcome
    cpu_ms: dict[str, float]


class Search:
    """One side's limit, closed in on from both ends."""

    def __init__(self, measure: Callable[[float], Awaitable[Step]], agents: int) -> None:
        self.steps: list[Step] = []
        self._agents = agents
        self._measure = measure
        self._closer = CLOSER

    @property
    def carried_per_s(self) -> float:
        """The highest rate carried below the lowest that failed."""
        failed = self._failed_per_s
        return max((step.per_s for step in self.steps if step.carried and step.per_s < failed), default=0.0)

    @property
    def next_per_s(self) -> float | None:
        """What to measure next; None when the limit is known."""
        if not self.steps:
            return FIRST_PER_S * self._agents
        if self._failed_per_s == float("inf"):
            rate = self.carried_per_s * RISE
            return rate if rate <= LAST_PER_S * self._agents else None
        return (self.carried_per_s + self._failed_per_s) / 2 if self._closer else None

    @property
    def _failed_per_s(self) -> float:
        return min((step.per_s for step in self.steps if not step.carried), default=float("inf"))

    async def go_on(self) -> None:
        """Measure one rate more, if there is one to measure."""
        if (rate := self.next_per_s) is not None:
            self._closer -= self._failed_per_s != float("inf")
            self.steps.append(await self._measure(rate))


class Sides:
    """Both sides on one centre."""

    def __init__(self, centre: RunningCentre, traffic: Traffic, callers_s: int) -> None:
        self._centre = centre
        self._callers_s = callers_s
        self._traffic = traffic
        recorder = child(centre.daemon, "cc-recorder")
        self._pids = {"daemon": centre.daemon, "recorder": recorder, "asterisk": centre.asterisk}

    async def ours(self, per_s: float) -> Step:
        """All agents are signed in to us while it is measured."""
        agents = [account.agent for account in self._centre.credentials.agents]
        await asyncio.gather(*(OURS.join(self._centre, agent) for agent in agents))
        step = await self._step("ours", OURS.dialled, per_s)
        await asyncio.gather(*(OURS.leave(self._centre, agent) for agent in agents))
        return step

    async def app_queue(self, per_s: float) -> Step:
        """They are members of its queue all the time."""
        return await self._step("app_queue", MANNED_APP_QUEUE_NUMBER, per_s)

    async def _step(self, name: str, dialled: str, per_s: float) -> Step:
        before = used_s(self._pids)
        outcome = await self._traffic.callers(dialled, per_s=per_s, calls=round(per_s * self._callers_s))
        used = {process: seconds - before[process] for process, seconds in used_s(self._pids).items()}
        cpu_ms = {process: round(1000 * seconds / outcome.calls, 1) for process, seconds in used.items()}
        late = sum(ms > TALK_MS + WAIT_MS for ms in outcome.served_ms)
        bad = max(outcome.failed + late, outcome.retransmissions)
        step = Step(round(per_s, 1), bad <= BAD_SHARE * outcome.calls, outcome, cpu_ms)
        print(
            f"{name:<10}{step.per_s:>6.1f} calls/s: {'carried' if step.carried else 'failed ':<8} of {outcome.calls} "
            f"calls {outcome.failed} failed, {late} late, {outcome.retransmissions} said again; CPU ms a call {cpu_ms}",
            flush=True,
        )
        await self._clear()
        return step

    async def _clear(self) -> None:
        """No channel is left, and all calls are written down: nobody pays for the other side."""
        await silence(self._centre)
        while any(self._centre.settings.recordings_folder.glob("*.raw")):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        for day in self._centre.settings.recordings_folder.glob("[0-9]*"):
            shutil.rmtree(day)


def report(search: Search) -> dict[str, Any]:
    """A side's figures: its limit, and every step with the raw times."""
    return {"carried_per_s": search.carried_per_s, "steps": [asdict(step) for step in search.steps]}


async def main() -> None:
    """Both sides by turns, then the table and the file."""
    given = options(__doc__, agents=AGENTS, seconds=BOUND_S, callers_s=CALLERS_S)
    async with bench_centre(given.agents, channels=2 * given.agents + 100) as centre:
        version = await asterisk_version(centre)
        traffic = Traffic(centre, centre.settings.state / "sipp", talk_ms=TALK_MS, patience_ms=TALK_MS + 2 * WAIT_MS)
        async with traffic.phones():
            sides = Sides(centre, traffic, given.callers_s)
            searches = {
                "app_queue": Search(sides.app_queue, given.agents),
                "ours": Search(sides.ours, given.agents),
            }
            begun_s = time.monotonic()
            while any(search.next_per_s for search in searches.values()) and time.monotonic() - begun_s < given.seconds:
                for search in searches.values():
                    await search.go_on()
    ours, theirs = searches["ours"], searches["app_queue"]
    conditions = {
        "agents": given.agents, "talk_ms": TALK_MS, "callers_for_s": given.callers_s, "recording": True,
        "sound": "both ways",
        "failed_when": f"more than {BAD_SHARE:.0%} of the calls not served within {WAIT_MS} ms, or with SIP said again",
        "app_queue": "retry=0, autofill=yes, ringinuse=no, strategy=rrmemory",
    }  # fmt: skip
    path = write(
        "sustained", report(ours), report(theirs), asterisk=version, conditions=conditions, wanted=WANTED_RATIO
    )
    ratio = ours.carried_per_s / theirs.carried_per_s if theirs.carried_per_s else float("nan")
    print(
        f"recorded calls a second: ours {ours.carried_per_s}, app_queue {theirs.carried_per_s}, ratio {ratio:.2f} "
        f"(wanted {WANTED_RATIO} or more)"
    )
    print(path)


if __name__ == "__main__":
    run(main())
