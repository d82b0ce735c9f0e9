"""Who is calling: looked up in the background from the moment a call arrives, so that the queue it comes to knows.

A look-up never holds a call up: what is not known in time is not known, and a data base that is away knows nobody.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from acd.distributor import Distributor
from acd.facts import CallArrived, CallEnded, CallerRecognised, Fact
from acd.known_caller import KnownCaller
from cti.centre import Centre
from recording.database import is_away
from recording.directory import Directory
from recording.numbers import canonical, spellings

log = structlog.get_logger()

WITHIN_S = 0.1
"""After its arrival a call waits so long at most for its look-up: one that comes to a queue at once. In a menu callers
have been longer than that, and wait no moment."""

ASKED_WITHIN_S = 1.0
"""So long a flow waits that asks who is calling."""

GIVEN_UP_S = 5.0
"""What has not been found by then is not looked for any more."""


@dataclass(frozen=True, slots=True)
class _LookUp:
    began_s: float
    task: "asyncio.Task[KnownCaller | None]"


class Callers:
    """Looks callers up. `on_fact` is for the distributor, `known` for the queues, `who` for the flows
    (acd.known_caller.Known)."""

    def __init__(self, directory: Directory, distributor: Distributor, centre: Callable[[], Centre]) -> None:
        self._directory = directory
        self._distributor = distributor
        self._centre = centre
        self._under_way: dict[str, _LookUp] = {}
        self._lag_s = 0.0
        """How long the last look-up took that came to an end, or that of which the end was waited for in vain. Who
        would not wait longer than that does not wait at all: of a database that hangs only the first notices."""

    def on_fact(self, fact: Fact) -> None:
        """A call that arrives is looked up, one that ends is forgotten."""
        match fact:
            case CallArrived():
                loop = asyncio.get_running_loop()
                task = loop.create_task(self._look_up(fact.linkedid, fact.caller))
                self._under_way[fact.linkedid] = _LookUp(loop.time(), task)
            case CallEnded() if (look_up := self._under_way.pop(fact.linkedid, None)) is not None:
                look_up.task.cancel()
            case _:
                pass

    async def known(self, linkedid: str) -> KnownCaller | None:
        """Who calls; None: nobody known, or not in time."""
        if (look_up := self._under_way.get(linkedid)) is None:
            return None
        left_s = max(0.0, look_up.began_s + WITHIN_S - asyncio.get_running_loop().time())
        return await self._result(look_up, left_s if self._lag_s < WITHIN_S else 0.0)

    async def who(self, linkedid: str) -> KnownCaller | None:
        """Who calls, as `known`, for a flow that asks and can wait a moment."""
        if (look_up := self._under_way.get(linkedid)) is None:
            return None
        return await self._result(look_up, ASKED_WITHIN_S if self._lag_s < ASKED_WITHIN_S else 0.0)

    async def _result(self, look_up: _LookUp, within_s: float) -> KnownCaller | None:
        task = look_up.task
        if not task.done():
            await asyncio.wait([task], timeout=within_s)
            if not task.done():
                self._lag_s = max(self._lag_s, asyncio.get_running_loop().time() - look_up.began_s)
        return task.result() if task.done() and not task.cancelled() else None

    async def _look_up(self, linkedid: str, number: str) -> KnownCaller | None:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        try:
            async with asyncio.timeout(GIVEN_UP_S):
                known = await find_caller(self._directory, self._centre(), number)
        except Exception as error:
            if is_away(error):
                log.warning("caller-not-looked-up", error_id="database-unavailable", linkedid=linkedid)
            else:
                log.exception("caller-not-looked-up", error_id="caller-look-up-failed", linkedid=linkedid)
            self._lag_s = loop.time() - began_s
            return None
        self._lag_s = loop.time() - began_s
        if known is not None:
            self._distributor.state(
                CallerRecognised(
                    at_ms=self._distributor.clock.now_ms(),
                    linkedid=linkedid,
                    name=known.name,
                    priority=known.priority,
                    vip=known.vip,
                    agent=known.agent,
                )
            )
        return known


async def find_caller(directory: Directory, centre: Centre, number: str) -> KnownCaller | None:
    """Who calls from this number, and whom he spoke with lately; None: nobody known. Raises SQLAlchemy's errors."""
    if not (one := canonical(number, centre.country_code)):
        return None
    entry = await directory.find(one)
    agent = entry.agent if entry else ""
    if not agent and centre.last_agent_days:
        since = datetime.now(UTC) - timedelta(days=centre.last_agent_days)
        agent = await directory.last_agent(spellings(number, centre.country_code), since)
    if entry is not None:
        return KnownCaller(
            priority=entry.priority,
            agent=agent,
            vip=entry.priority > 0,
            name=entry.name,
            open_case=entry.open_case,
            language=entry.language,
        )
    return KnownCaller(agent=agent) if agent else None
