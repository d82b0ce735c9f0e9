"""Tells each change of a record at least once, in the order of the changes' numbers, however often anybody dies: what
is told is read from the data base, from the number on behind which nothing has been told.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from structlog import get_logger

from recording.database import is_away
from recording.record_changes import Change
from recording.store import Store

log = get_logger()

AT_ONCE = 50
AGAIN_S = 1.0
ANYWAY_S = 60.0
"""What a command has changed beside us (recordings moved, calls folded anew) is told as soon as that."""

Tell = Callable[[Change], None]
"""Takes a record that is new or has changed, with the number of its change."""


class Telling:
    """`begin`, then `await run()` for ever; `look` whenever a record may have changed."""

    def __init__(self, store: Store, tell: Tell) -> None:
        self._store = store
        self._tell = tell
        self._told: int | None = None
        self._news = asyncio.Event()

    async def begin(self, told: int | None) -> int:
        """Everything up to this number has been told; None: everything there is now. Returns the number; waits for the
        data base."""
        while told is None:
            try:
                told = await self._store.newest_change()
            except Exception as error:
                if not is_away(error):
                    raise
                await asyncio.sleep(AGAIN_S)
        self._told = told
        self._news.set()
        return told

    def look(self) -> None:
        """A record may have changed."""
        self._news.set()

    async def run(self) -> None:
        """Each change once as a rule, with those of the same record that came after it."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(ANYWAY_S):
                    await self._news.wait()
            self._news.clear()
            try:
                while self._told is not None and await self._some():
                    pass
            except Exception as error:
                if not is_away(error):
                    raise
                log.warning("records are told later", id="records-not-told", why=type(error).__name__)
                await asyncio.sleep(AGAIN_S)
                self._news.set()

    async def _some(self) -> bool:
        """Whether there may be more."""
        assert self._told is not None
        found = await self._store.changes(self._told, AT_ONCE)
        for one in found:
            self._tell(one)
            self._told = one.number
        return len(found) == AT_ONCE
