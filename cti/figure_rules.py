"""Keeps beside the half-hour sums by which rules calls are counted: those of the centre that holds, written at start
and whenever another version is published. What the rules are is decided in cti.figures_file.
"""

import asyncio
from datetime import UTC, datetime

import structlog

from cti.administration import Administration
from cti.figures_file import rules_of
from recording.database import is_away
from recording.figures.rule_book import keep_rules
from recording.store import Store

log = structlog.get_logger()

RETRY_S = 5.0


class RuleKeeping:
    """`await write()` before calls are recorded, then `await run()` for ever."""

    def __init__(self, store: Store, administration: Administration) -> None:
        self._store = store
        self._administration = administration
        self._changed = asyncio.Event()
        administration.on_change.append(lambda _: self._changed.set())

    async def write(self) -> None:
        """Keep what holds now. Raises SQLAlchemy's errors while the data base is away."""
        async with self._store.transaction() as connection:
            if await keep_rules(connection, rules_of(self._administration.centre), datetime.now(UTC)):
                log.info("figure-rules-kept")

    async def run(self) -> None:
        """Until cancelled. While the data base is away no call is recorded either: the rules come before it."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self.write()
            except Exception as error:
                if not is_away(error):
                    raise
                log.warning("figure-rules-wait", error_id="database-away")
                self._changed.set()
                await asyncio.sleep(RETRY_S)
