"""The data base at the start of a daemon: its tables brought up to date, and what the files say written there. Callers
do not wait for it: where it does not answer, the daemon begins with the people whom the one before it knew, and does
this when the data base is back. Only where nobody was ever known there is nothing to begin with.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

from cti.accounts import Account
from cti.figure_rules import RuleKeeping
from cti.people import People
from recording.database import is_away
from recording.store import Store

log = structlog.get_logger()

ANSWER_S = 5.0
"""Longer than a data base takes that is well; callers are served by Asterisk's plain queues meanwhile."""

RETRY_S = 2.0


class Runs(Protocol):
    """A part that has a life of its own."""

    async def run(self) -> None:
        """Until cancelled; what it raises ends the daemon."""


class Tables:
    """`await at_once()` before the first call, then `await run()` with the others, for ever."""

    def __init__(self, store: Store, rules: RuleKeeping, people: People, accounts: Sequence[Account]) -> None:
        self._store = store
        self._rules = rules
        self._people = people
        self._accounts = accounts
        self._ready = asyncio.Event()

    async def at_once(self) -> None:
        """Does all of it if the data base answers, else the people are those of the last time. Raises the data base's
        errors where there was no last time, and those that waiting will not cure.
        """
        if await self._answers() or not self._people.recall():
            await self._settle()
        else:
            log.error("data base does not answer; begun with the people known last", id="database-away")

    async def run(self) -> None:
        """Does it as soon as the data base answers, where it did not at the start."""
        while not self._ready.is_set():
            await asyncio.sleep(RETRY_S)
            try:
                if await self._answers():
                    await self._settle()
            except Exception as error:
                if not is_away(error):
                    raise
        await asyncio.Event().wait()

    @property
    def are_there(self) -> bool:
        """Whether this daemon has made them, or found them up to date."""
        return self._ready.is_set()

    def behind(self, part: Runs) -> Runs:
        """That part, to run when the tables are there."""
        return _Behind(self._ready, part)

    async def _settle(self) -> None:
        await self._store.migrate()
        await self._rules.write()
        await self._people.enrol(self._accounts)
        self._ready.set()

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(ANSWER_S):
                return await self._store.healthy()
        except TimeoutError:
            return False


class _Behind:
    def __init__(self, ready: asyncio.Event, part: Runs) -> None:
        self._ready = ready
        self._part = part

    async def run(self) -> None:
        await self._ready.wait()
        await self._part.run()
