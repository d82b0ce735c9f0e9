"""Whether Asterisk writes down what it tells: a channel of which it says that it has ended stands in its ledger a
moment later. If it does not, the disk of the ledger is full, and nobody else would notice: calls go on.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from time import time_ns

import structlog

from recording.series import Series

log = structlog.get_logger()

LATE_S = 5.0
"""So long after the end its line has been written, on a busy machine too."""

BEFORE_NS = 1_000_000_000
"""What was written so long before an end may be of that call: its hang-up is written before it is told."""


class LedgerWatch:
    """`await run()` for ever. `listen` has it told each channel that has ended; `on_lost` is told whenever an end was
    not written down, and when the ledger grows once more after it was `silent`: what ended meanwhile stands there as if
    it went on, or not at all."""

    def __init__(
        self,
        ledger: Path,
        listen: Callable[[Callable[[str], None]], None],
        on_lost: Callable[[], None],
    ) -> None:
        self.silent = False
        self._series = Series(ledger)
        self._on_lost = on_lost
        self._last_ns = 0
        self._news = asyncio.Event()
        listen(self._ended)

    async def run(self) -> None:
        """Looks after ends, once for many."""
        while True:
            await self._news.wait()
            self._news.clear()
            told_ns = self._last_ns
            await asyncio.sleep(LATE_S)
            await self.look(told_ns)

    def _ended(self, _: str) -> None:
        self._last_ns = time_ns()
        self._news.set()

    async def look(self, told_ns: int) -> None:
        """See whether the end that was told then has been written."""
        silent = await asyncio.to_thread(_written_ns, self._series) < told_ns - BEFORE_NS
        if silent and not self.silent:
            log.error("Asterisk does not write down what it tells", id="ledger-silent")
        if self.silent and not silent:
            log.info("the ledger is written again")
        if self.silent or silent:
            self._on_lost()
        self.silent = silent


def _written_ns(series: Series) -> int:
    """When the last of its files was written; 0 where there is none."""
    newest = 0
    for file in (series.path, *(path for _, path in series.aside()[-1:])):
        try:
            newest = max(newest, file.stat().st_mtime_ns)
        except FileNotFoundError:
            continue
    return newest
