"""Tells what there is to tell of quality (recording/quality/notices.py), each once: also what commands did while this
service was away, and what an earlier one did and died before it could tell it.

What is told stands in the journal first and is forgotten then. Who dies between the two leaves both: the next finds in
the journal what has been told, by the `notice` of the fact. Of two services on one data base, each with a journal of
its own, that one tells a fact which has taken it. Told twice is only what a service told that died before it was
forgotten, and did not come back for ten minutes (notices.LAPSES): another takes it then, and cannot read that journal.
"""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from socket import gethostname

from acd.distributor import Distributor
from acd.facts import Fact, QualityFact
from recording.database import is_away
from recording.facts import facts_among
from recording.quality.notices import Notice, Notices
from recording.series import Series
from recording.store import Store

AT_ONCE = 200
RETRY_S = 10.0
"""After so long it is tried again where the data base was away."""
CLOCKS_APART_S = 3600.0
"""So far the clock of a machine on which commands are given may be ahead of ours."""


class QualityNotices:
    """`await tell()` after each change; `run()` for ever tells what was left before, and what could not be told."""

    def __init__(self, store: Store, distributor: Distributor, journal: Path) -> None:
        self._notices = Notices(store)
        self._distributor = distributor
        self._journal = journal
        self._teller = sha256(f"{gethostname()} {journal.absolute()}".encode()).hexdigest()[:32]
        """The same after a restart, so that what it took before is its own."""
        distributor.on_fact.append(self._heard)  # behind the journal, which listens first of all
        self._told: set[str] = set()
        self._begun = False
        self._again: asyncio.TimerHandle | None = None
        self._left = asyncio.Event()
        self._left.set()
        self._one_at_a_time = asyncio.Lock()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._left.wait()
            self._left.clear()
            await self.tell()
            if self._left.is_set():
                await asyncio.sleep(RETRY_S)

    async def tell(self) -> int:
        """State all that has not been; how many. While the data base is away it is left for later."""
        async with self._one_at_a_time:
            count = 0
            try:
                while some := await self._notices.take(AT_ONCE, self._teller, self._now()):
                    new, all_told = await self._tell(some)
                    count += new
                    if not all_told:  # we are about to end, and nothing is stated any more: the next service tells it
                        break
                await self._look_again()
            except Exception as error:
                if not is_away(error):
                    raise
                self._left.set()
            return count

    async def _look_again(self) -> None:
        """When what another service has taken, and left, is anybody's."""
        if self._again is not None:
            self._again.cancel()
        if (lapse := await self._notices.next_lapse()) is not None:
            after_s = max((lapse - self._now()).total_seconds(), RETRY_S)
            self._again = asyncio.get_running_loop().call_later(after_s, self._left.set)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._distributor.clock.now_ms() / 1000, UTC)

    def _heard(self, fact: Fact) -> None:
        if isinstance(fact, QualityFact) and fact.notice:
            self._told.add(fact.notice)

    async def _tell(self, some: list[Notice]) -> tuple[int, bool]:
        """How many were new, and whether all of them are told now."""
        if not self._begun:
            self._told |= await asyncio.to_thread(told_before, self._journal, some)
        new = [one for one in some if one.fact.notice not in self._told]
        for one in new:
            self._distributor.state(one.told_at(self._distributor.clock.now_ms()))
        await asyncio.sleep(0)  # where a phone is to ring, facts are told in the next turn of the loop
        told = [one.fact.notice for one in some if one.fact.notice in self._told]
        await self._notices.remove(told)
        self._told.difference_update(told)
        self._begun = self._begun or len(some) < AT_ONCE
        return len(new), len(told) == len(some)


def told_before(journal: Path, some: Collection[Notice]) -> set[str]:
    """Which of them stand in the journal, in those of its files that were written on since. Raises OSError."""
    since = min(one.kept_at for one in some).timestamp() - CLOCKS_APART_S
    marks = {one.fact.notice.encode() for one in some}
    told: set[str] = set()
    for file in Series(journal).files():
        with suppress(FileNotFoundError):  # moved aside meanwhile: what was in it is older
            if file.stat().st_mtime >= since:
                with file.open("rb") as lines:
                    told |= {one.notice for one in facts_among(lines, marks) if isinstance(one, QualityFact)}
    return told
