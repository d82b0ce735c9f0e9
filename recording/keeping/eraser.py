"""Deletes recordings: what is to be deleted was written down before; it is deleted from shelf and folder, then it is
looked whether anything of it is left, and only then it counts as gone. Whatever dies between, it is gone on with.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from structlog import get_logger

from recording.keeping.erasing import Erasures
from recording.keeping.kept import Kept, KeptRecordings
from recording.keeping.shelf import ShelfError
from recording.keeping.shelves import Shelves
from recording.record import CallRecord

log = get_logger()

ROUND = 100
"""So many are looked up at a time."""


class Eraser:
    """`await erase()` whenever something may be to be deleted. `turn` is held while a file is touched; nobody brings it
    to a shelf meanwhile."""

    def __init__(
        self,
        kept: KeptRecordings,
        erasures: Erasures,
        shelves: Shelves,
        now: Callable[[], datetime],
        on_record: Callable[[CallRecord], Awaitable[None]],
        turn: AbstractAsyncContextManager[object],
    ) -> None:
        self._kept = kept
        self._erasures = erasures
        self._shelves = shelves
        self._now = now
        self._on_record = on_record
        self._turn = turn

    async def erase(self) -> int:
        """Delete everything that is to be deleted; how many are gone. Those whose shelf is away stay to be deleted."""
        gone, tried = 0, set[str]()
        while some := [one for one in await self._kept.being_erased(ROUND + len(tried)) if one.file not in tried]:
            for one in some:
                tried.add(one.file)
                async with self._turn:
                    now = await self._kept.of_file(one.file)  # it may have been on its way to another shelf
                    if now is None or not await asyncio.to_thread(self._remove, now):
                        continue
                    for record in await self._erasures.gone(now, self._now()):
                        await self._on_record(record)
                log.info("recording erased", call=one.call, n=one.number, rule=(one.erasing or {}).get("rule"))
                gone += 1
        return gone

    def _remove(self, one: Kept) -> bool:
        try:
            self._shelves.remove(one)
            left = self._shelves.left(one)
        except (ShelfError, OSError) as error:
            error_id = getattr(error, "id", "recording-not-erased")
            log.error("recording waits to be erased", id=error_id, call=one.call, n=one.number, why=str(error))
            return False
        if left:
            log.error("recording is still there", id="recording-not-erased", call=one.call, n=one.number)
        return not left
