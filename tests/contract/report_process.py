"""A process that makes reports as the daemon's does, but of figures made by hand. One of the team `slow` never comes,
one of `dead` ends it, one of `torn` ends it half way, and one of `broken` meets a mistake of ours.
"""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from cti.logs import write_logs
from cti.reporting_main import own_output, serve
from cti.reporting_work import Work
from cti.settings import load_settings
from recording.store import Store
from tests.sample_figures import AS_OF, sample_figures


class TestWork(Work):
    """Does what its order's team is called."""

    async def answer(self, message: Mapping[str, Any]) -> tuple[dict[str, Any], Iterator[bytes]]:
        """As it says; everything else as usual."""
        scope = message.get("report", {}).get("scope")
        if scope == "team:slow":
            await asyncio.Event().wait()
        if scope == "team:dead":
            os._exit(1)
        if scope == "team:torn":
            return {"media": "text/csv", "name": "torn.csv"}, _torn()
        if scope == "team:broken":
            raise ZeroDivisionError
        return await super().answer(message)


def _torn() -> Iterator[bytes]:
    yield b"report,section\r\n"
    raise OSError("torn")


async def _run() -> None:
    settings = load_settings()
    store = Store(settings.database_url)
    try:
        with own_output() as answers:
            work = TestWork(settings, store, sample_figures, lambda: AS_OF)
            await serve(work, sys.stdin.buffer, answers)
    finally:
        await store.close()


if __name__ == "__main__":
    write_logs()
    asyncio.run(_run())
