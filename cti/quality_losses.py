"""Evaluations that nobody can judge any more, because the recording is gone or the reviewer has left: replaced as soon
as that is known, by the process that draws. What is missed here the next daily draw finds.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence

from acd.distributor import Distributor
from cti.administration import Administration
from cti.quality_draws import DrawFailed, DrawProcess, News, QualityDraws, Start, make_draws
from cti.quality_notices import QualityNotices
from cti.settings import Settings
from recording.database import is_away
from recording.quality.work import waits_for_judging
from recording.record import ERASED
from recording.store import Store

GATHER_S = 5.0
"""Retention deletes thousands of recordings at once: what is known within this time is looked at together."""
AT_ONCE = 500

_ERASED = f'"place":"{ERASED}"'
_CALL = re.compile(r'"id":"([0-9a-f]{32})"')

Waits = Callable[[Sequence[str]], Awaitable[bool]]
"""Whether one of these calls is on a work list and not judged yet."""


class QualityLosses:
    """`run()` for ever. `start` makes what is lost good (`--replace` of cti/quality_main.py), `news` tells those who
    were given work by it."""

    def __init__(self, start: Start, waits: Waits, news: News, *, gather_s: float = GATHER_S) -> None:
        self._start = start
        self._waits = waits
        self._news = news
        self._gather_s = gather_s
        self._erased: set[str] = set()
        self._left = False
        self._known = asyncio.Event()

    def on_record(self, record: str) -> None:
        """A record is new or has changed, as JSON text: perhaps it says that a recording was deleted."""
        if _ERASED in record and (found := _CALL.search(record)) is not None:
            self._erased.add(found[1])
            self._known.set()

    def left(self) -> None:
        """A reviewer may have left."""
        self._left = True
        self._known.set()

    async def run(self) -> None:
        """Replace until cancelled."""
        while True:
            await self._known.wait()
            await asyncio.sleep(self._gather_s)
            self._known.clear()
            erased, left = sorted(self._erased), self._left
            self._erased, self._left = set(), False
            try:
                if left or await self._any_waits(erased):
                    await self._start("--replace")
                    await self._news()
            except DrawFailed:
                continue
            except Exception as error:
                if not is_away(error):
                    raise

    async def _any_waits(self, calls: Sequence[str]) -> bool:
        for start in range(0, len(calls), AT_ONCE):
            if await self._waits(calls[start : start + AT_ONCE]):
                return True
        return False


def make_losses(settings: Settings, store: Store, news: News) -> QualityLosses:
    """Those of a running service."""

    async def waits(calls: Sequence[str]) -> bool:
        return await waits_for_judging(store, calls)

    return QualityLosses(DrawProcess(settings), waits, news)


def make_quality(
    settings: Settings, store: Store, administration: Administration, distributor: Distributor
) -> tuple[QualityDraws, QualityLosses, QualityNotices]:
    """The parts of a running service that give reviewers work, and the one that tells of it."""
    notices = QualityNotices(store, distributor, settings.journal)
    draws = make_draws(settings, store, administration, notices.tell)
    return draws, make_losses(settings, store, notices.tell), notices
