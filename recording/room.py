"""Whether there is room for recordings on the disk: alarms before it is full and when it is, and what that cost."""

import os
from collections import deque
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from structlog import get_logger

from recording.recorded import DISK_FULL

log = get_logger()

LOOK_S = 5.0
"""No event tells that a disk fills. At 300 recorded calls that is 48 MB."""

REMEMBERED = 100


class Space(StrEnum):
    """How much room there is."""

    ENOUGH = "enough"
    LOW = "low"
    FULL = "full"


def free_bytes(folder: Path) -> int:
    """What may still be written there. Raises OSError."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


class Room:
    """The room in one folder. Below `low` bytes it is low, below `full` Asterisk and we must expect that nothing can be
    written. `on_change` is told the new state and the bytes that are free."""

    def __init__(
        self,
        folder: Path,
        *,
        low: int,
        full: int,
        on_change: Callable[[Space, int], None],
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self._folder = folder
        self._low, self._full = low, full
        self._on_change = on_change
        self._free = free
        self._times: deque[tuple[datetime, datetime | None]] = deque(maxlen=REMEMBERED)
        self.space = Space.ENOUGH

    def look(self, now: datetime) -> None:
        """See how much room there is now. Raises OSError."""
        free = self._free(self._folder)
        space = Space.FULL if free < self._full else Space.LOW if free < self._low else Space.ENOUGH
        if space is self.space:
            return
        if space is Space.FULL:
            self._times.append((now, None))
        elif self.space is Space.FULL:
            self._times[-1] = (self._times[-1][0], now)
        self.space = space
        free_mb = free >> 20
        match space:
            case Space.ENOUGH:
                log.info("there is room for recordings again", free_mb=free_mb)
            case Space.LOW:
                log.error("hardly any room for recordings", id="recordings-disk-low", free_mb=free_mb)
            case Space.FULL:
                log.error("no room for recordings", id="recordings-disk-full", free_mb=free_mb)
        self._on_change(space, free)

    def cause(self, start: datetime, end: datetime) -> str:
        """Why something was not recorded in that time, as far as the room tells; empty where it does not."""
        hit = any(begun < end and (ended is None or ended > start) for begun, ended in self._times)
        return DISK_FULL if hit else ""
