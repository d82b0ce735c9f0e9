"""Looks at what may be wrong: each part of the service, and the floor. At once where an agent's state changes, else
every ten seconds. What follows from what is found is decided in cti.alarms.standing.
"""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

from acd.facts import AgentStateChanged, ClosureDeclared, ClosureLifted, Fact, NotReadyExceeded
from acd.states import NotReadyReason, Status
from cti.alarms.advice import OTHER, PARTS
from cti.alarms.standing import Alarms, Place
from cti.floor import Floor

LOOK_S = 10.0

START_S = 30.0
"""Until Asterisk's state is known for the first time nothing is called wrong, for so long at most."""

_NEWS = (AgentStateChanged, NotReadyExceeded, ClosureDeclared, ClosureLifted)


class AlarmWatch:
    """`await run()` for ever."""

    def __init__(self, floor: Floor, alarms: Alarms) -> None:
        self._floor = floor
        self._alarms = alarms
        self._news = asyncio.Event()
        floor.distributor.on_fact.append(self._on_fact)

    async def run(self) -> None:
        """The first look once the service has started."""
        with suppress(TimeoutError):
            async with asyncio.timeout(START_S):
                await self._floor.started.wait()
        while True:
            self._news.clear()
            await self.look()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._news.wait()

    async def look(self) -> None:
        """Look at everything now."""
        parts = await self._floor.health()
        wrong: dict[Place, str] = {
            (part.alarm or PARTS.get(name, OTHER), name): part.detail or "does not work"
            for name, part in parts.items()
            if not part.ok
        }
        wrong.update(self._on_floor())
        self._alarms.found(wrong, self._floor.distributor.clock.now_ms())

    def _on_floor(self) -> Iterator[tuple[Place, str]]:
        router, centre = self._floor.distributor.router, self._floor.centre
        if router.violations:
            yield ("reservation-violated", "router"), f"{router.violations} second offers since the start"
        for name, queue in router.queues.items():
            if not queue.balanced:
                yield ("queue-count-wrong", f"queue:{name}"), "calls that entered are not those that left and wait"
        for agent in router.roster:
            if (absence := agent.absence) is not None and absence.overdue:
                minutes = absence.allowed_ms // 60_000
                words = f"not ready ({absence.reason or 'no reason'}) for longer than {minutes} minutes"
                yield ("agent-not-ready-too-long", f"agent:{agent.number}"), words
            known = {"", *centre.reasons, *NotReadyReason}  # those of the system are known whether limited or not
            if agent.status is Status.NOT_READY and agent.reason not in known:
                yield ("reason-unknown", f"agent:{agent.number}"), f"not ready for {agent.reason!r}"
        for calendar, closure in self._floor.closures.on.items():
            yield ("closed-in-an-emergency", f"calendar:{calendar}"), f"{closure.why} ({closure.by})"

    def _on_fact(self, fact: Fact) -> None:
        if isinstance(fact, _NEWS):
            self._news.set()
