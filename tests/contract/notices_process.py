"""A process that tells what there is to tell of quality as the daemon does, and kills itself at one fact, counted from
1: `before` it is in the journal, or `behind` it, when it is not forgotten yet; 0 never.

    python -m tests.contract.notices_process DATABASE JOURNAL before|behind NUMBER
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from acd.clock import Clock
from acd.distributor import Distributor
from acd.facts import Fact
from acd.router import Router
from cti.quality_notices import QualityNotices
from recording.journal import Journal
from recording.store import Store


class Death:
    """A listener who kills his process at this fact."""

    def __init__(self, number: int) -> None:
        self._left = number

    def __call__(self, _: Fact) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


async def main(database: str, journal: Path, where: str, number: int) -> None:
    distributor = Distributor(Router(), Clock())
    listeners: list[Callable[[Fact], None]] = [Journal(journal).append, Death(number)]
    distributor.on_fact += listeners if where == "behind" else reversed(listeners)
    store = Store(database)
    await QualityNotices(store, distributor, journal).tell()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
