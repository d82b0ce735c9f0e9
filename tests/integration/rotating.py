"""The files to which Asterisk writes its calls are moved aside again and again while it writes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asyncinotify import Inotify, Mask

from cti.settings import Settings
from recording.ledger import read_rows
from recording.series import Series


@asynccontextmanager
async def rotating(settings: Settings) -> AsyncIterator[None]:
    """Inside, each of the files is moved aside as often as Asterisk has written to it; at the end, each row of the
    ledger stands whole in one of its files."""
    files = [Series(path) for path in (settings.ledger, *settings.call_records)]
    task = asyncio.create_task(_rotate(files))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    ledger, *_ = files
    assert ledger.number > 3
    for path in ledger.files():
        data = path.read_bytes()
        reading = read_rows(data)
        assert (reading.consumed, reading.rejected) == (len(data), ()), path.name


async def _rotate(files: list[Series]) -> None:
    with Inotify() as inotify:
        for one in files:
            inotify.add_watch(one.path.parent, Mask.MODIFY)
        while True:
            await inotify.get()
            for one in files:
                one.move_aside()
