"""The daemon's side of the draw: starts its process when the day's draw is due, and when somebody asks for one."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from cti.administration import Administration
from cti.centre import Centre
from cti.settings import Settings
from recording.database import is_away
from recording.quality.draws import Draws
from recording.store import Store

log = structlog.get_logger()

AGAIN_S = 3600.0
"""After so long a daily draw that could not be made is tried again."""


class DrawFailed(Exception):
    """The process of the draw did not end as it should; its log says why."""

    id = "draw-failed"

    def __init__(self) -> None:
        super().__init__("the draw failed; the service's log says why")


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the process did: the id of its draw, None where there was nothing to be drawn, and how many evaluations of
    who reviews no more went to whom, the empty name for everybody's list."""

    draw: str | None
    moved: Mapping[str, int] = field(default_factory=dict)


class DrawProcess:
    """Starts cti/quality_main.py with these arguments, and waits for its end."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def __call__(self, *arguments: str) -> Drawn:
        """What it did. Raises DrawFailed."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cti.quality_main", *arguments),
            env={**os.environ, **self._settings.environment()},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            said, _ = await process.communicate()
        except asyncio.CancelledError:
            process.kill()  # what it was writing is one transaction
            await process.wait()
            raise
        if process.returncode:
            log.error("draw-failed", error_id=DrawFailed.id, status=process.returncode)
            raise DrawFailed
        drawn = Drawn(**json.loads(said))
        log.info("calls-drawn", draw=drawn.draw, moved=sum(drawn.moved.values()))
        return drawn


Start = Callable[..., Awaitable[Drawn]]
News = Callable[[], Awaitable[object]]
Due = Callable[[date, ZoneInfo], Awaitable[bool]]


class QualityDraws:
    """`run()` for ever makes each day's draw; `ask()` makes one more. `start` makes a draw (DrawProcess), `due` says
    whether that of a day is still to be made (recording.quality.draws), `news` tells those who were given work."""

    def __init__(self, start: Start, due: Due, centre: Callable[[], Centre], news: News) -> None:
        self._start = start
        self._due = due
        self._centre = centre
        self._news = news
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Draw each day at the time of the sampling rules; what was missed while we were away, now."""
        while True:
            due_s = await self._once(datetime.now(UTC))
            with suppress(TimeoutError):
                async with asyncio.timeout(due_s):
                    await self._changed.wait()
            self._changed.clear()

    def look_again(self, _: Centre) -> None:
        """The centre's files have changed: perhaps another time holds."""
        self._changed.set()

    async def ask(self, by: str) -> str | None:
        """Draw from all calls until now; the id of the draw, None without sampling rules. Raises DrawFailed."""
        return await self._drawn("--by", by)

    async def _drawn(self, *arguments: str) -> str | None:
        drawn = await self._start(*arguments)
        await self._news()
        return drawn.draw

    async def _once(self, now: datetime) -> float:
        """Make the day's draw if it is due; seconds until there is something to do again."""
        centre = self._centre()
        at = time.fromisoformat(centre.sampling.at) if centre.sampling else time()
        local = now.astimezone(centre.time_zone)
        try:
            today = centre.sampling is not None and local.time() >= at
            if today and await self._due(local.date(), centre.time_zone):
                await self._drawn("--daily")
        except DrawFailed:
            return AGAIN_S
        except Exception as error:
            if not is_away(error):
                raise
            return AGAIN_S
        return seconds_until(at, now, centre)


def make_draws(settings: Settings, store: Store, administration: Administration, news: News) -> QualityDraws:
    """Those of a running service, which follow its files."""
    draws = QualityDraws(DrawProcess(settings), Draws(store).due, lambda: administration.centre, news)
    administration.on_change.append(draws.look_again)
    return draws


def seconds_until(at: time, now: datetime, centre: Centre) -> float:
    """Until the next time of that day's time, in the centre's zone; clocks that are put forward or back counted."""
    local = now.astimezone(centre.time_zone)
    day = local.date() if local.time() < at else local.date() + timedelta(days=1)
    due = datetime.combine(day, at, centre.time_zone)
    return max(1.0, (due.astimezone(UTC) - now).total_seconds())
