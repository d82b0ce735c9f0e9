"""What a soak does to a centre while calls are under way: something of it is killed, or its data base taken away for a
while, at random moments. How long the service was away is noted each time.
"""

import asyncio
import os
import signal
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

import aiohttp

from tests.integration.centre_fixture import RunningCentre
from tests.load.away import Database
from tests.load.cpu import child

AWAY_S = (2.0, 20.0)
"""For how long a data base is taken away."""

ANSWER_S = 10.0

BACK_S = 90.0
"""A service that is not back after so long has failed."""

HANGING = "hanging daemon"

PARTS = {"daemon": 4, "recorder": 3, "keeping": 1, "nursery": 1, "asterisk": 2, HANGING: 1}
"""What is killed with -9, or made to hang, and how often in relation to each other; the data base is as the daemon."""


@dataclass
class Fault:
    """What was done, from when to when (seconds since the epoch: a data base is away for a while), and how long after
    that all was well again."""

    what: str
    at_s: float
    over_s: float = 0.0
    back_s: float = 0.0


class Faults:
    """`await run(…)` until cancelled."""

    def __init__(self, centre: RunningCentre, database: Database, dice: Random) -> None:
        self.done: list[Fault] = []
        self._centre = centre
        self._database = database
        self._dice = dice

    async def run(self, every_s: float) -> None:
        """One after the other, about so far apart. Raises TimeoutError if the service does not come back."""
        while True:
            await asyncio.sleep(every_s * self._dice.uniform(0.5, 1.5))
            await self.one(self._chosen())

    async def one(self, what: str) -> None:
        """Does it, gives back what it took, and waits until calls can be taken again."""
        fault = Fault(what, time.time())
        self.done.append(fault)
        print(f"{time.strftime('%H:%M:%S')} {what}", flush=True)
        way, _, part = what.rpartition(" and ") if what not in self._database.ways else (what, "", "")
        if way:
            await self._database.take(way)
        try:
            if part:
                with suppress(ProcessLookupError, LookupError, FileNotFoundError):  # it is just being born
                    os.kill(self._pid(part), signal.SIGSTOP if part == HANGING else signal.SIGKILL)
            if way:
                await asyncio.sleep(self._dice.uniform(*AWAY_S))
        finally:
            await self._database.give_back()
        fault.over_s = time.time()
        await self._back()
        fault.back_s = round(time.time() - fault.over_s, 2)

    def told(self) -> list[dict[str, Any]]:
        """For the file."""
        return [asdict(one) for one in self.done]

    def without_asterisk(self) -> list[tuple[float, float]]:
        """From when to when there was none, or none that took calls."""
        return [(one.at_s, one.over_s + one.back_s) for one in self.done if "asterisk" in one.what]

    def _chosen(self) -> str:
        [part] = self._dice.choices([*PARTS, "database"], [*PARTS.values(), PARTS["daemon"]])
        way = self._dice.choice(self._database.ways)
        if part == "database":
            return way
        return f"{way} and {part}" if part != "asterisk" and self._dice.random() < 0.2 else part

    def _pid(self, part: str) -> int:
        match part:
            case "asterisk":
                return self._centre.asterisk
            case "recorder" | "keeping":
                return child(self._centre.daemon, f"cc-{part}")
            case "nursery":
                return _parent(self._centre.daemon)
            case _:
                return self._centre.daemon

    async def _back(self) -> None:
        """All parts are well again. The first look may still meet the service as it was before the blow."""
        await asyncio.sleep(0.5)
        said = "nothing"
        try:
            async with asyncio.timeout(BACK_S):
                while True:
                    try:
                        async with asyncio.timeout(ANSWER_S):
                            status, health = await self._centre.ask("GET", "/api/health")
                        said = f"{status}: {health}"
                        if status == 200 and health["parts"]["database"]["ok"]:
                            return
                    except (aiohttp.ClientError, TimeoutError) as error:
                        said = repr(error)
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"not back: {self.done[-1]}; it said {said}\n{self._evidence()}") from None

    def _evidence(self) -> str:
        """What the daemon does, as far as the kernel knows, and the end of the log."""
        daemon = Path(f"/proc/{self._centre.daemon}")
        seen = ""
        with suppress(OSError):
            seen = f"daemon {(daemon / 'stat').read_text('utf-8')}, waits in {(daemon / 'wchan').read_text('utf-8')}"
        return f"{seen}\n{self._centre.log.read_text('utf-8')[-4000:]}"


def _parent(pid: int) -> int:
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        return int(stat.read().rpartition(")")[2].split()[1])
