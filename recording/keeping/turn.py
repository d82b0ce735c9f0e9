"""Whose turn it is to touch files of recordings: one task at a time, of this process and of a command's. Who is killed
loses it.
"""

import asyncio
import os
from fcntl import LOCK_EX, flock
from pathlib import Path


class Turn:
    """An async context manager, in place of a lock. `folder` is that of recordings, which every process knows."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / ".turn"
        self._here = asyncio.Lock()
        self._held = -1

    async def __aenter__(self) -> None:
        await self._here.acquire()
        taking = asyncio.ensure_future(asyncio.to_thread(_take, self._file))
        try:
            self._held = await asyncio.shield(taking)
        except BaseException:
            taking.add_done_callback(_let_go)  # whoever has it now may keep it for a while
            self._here.release()
            raise

    async def __aexit__(self, *_: object) -> None:
        os.close(self._held)
        self._here.release()


def _take(file: Path) -> int:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        flock(descriptor, LOCK_EX)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _let_go(taken: "asyncio.Future[int]") -> None:
    if not taken.cancelled() and taken.exception() is None:
        os.close(taken.result())
