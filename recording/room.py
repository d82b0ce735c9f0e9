"""Whether there is room for recordings on the disk: alarms before it is full and when it is, and what that cost.

When it was full is noted in a file of which the room was taken while there was some, and survives our own end: what was
lost then has its cause also where a recorder tells of it that was started later.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from structlog import get_logger

from recording.recorded import DISK_FULL

log = get_logger()

LOOK_S = 5.0
"""No event tells that a disk fills. At 300 recorded calls that is 48 MB."""

REMEMBERED = 100
NOTED_SIZE = 8_192


class Space(StrEnum):
    """How much room there is."""

    ENOUGH = "enough"
    LOW = "low"
    FULL = "full"


def free_bytes(folder: Path) -> int:
    """What may still be written there. Raises OSError."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


FullTime = tuple[datetime, datetime | None]
"""From when to when the disk was full; None: it still is."""

_TIMES: TypeAdapter[list[FullTime]] = TypeAdapter(list[FullTime])


class FullTimes:
    """The times in a file of `NOTED_SIZE` bytes, which is written in place: a full disk takes that. What a crash tore
    is read as nothing."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> list[FullTime]:
        """All that is noted, oldest first."""
        try:
            return _TIMES.validate_json(self._file.read_bytes())
        except (FileNotFoundError, ValidationError):
            self.write(())
            return []

    def write(self, times: Iterable[FullTime]) -> None:
        """Note these in the place of what was there, the latest if there are too many. Where the file is not there yet
        and has no room they are known to us alone: recording goes on all the same."""
        some = list(times)
        while len(text := _TIMES.dump_json(some)) > NOTED_SIZE:
            del some[0]
        try:
            with os.fdopen(os.open(self._file, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.write(text.ljust(NOTED_SIZE))
        except OSError as error:
            log.error("the time is not noted", id="recordings-disk-full-not-noted", why=str(error))


class Room:
    """The room in one folder. Below `low` bytes it is low, below `full` Asterisk and we must expect that nothing can be
    written. `on_change` is told the new state and the bytes that are free; `noted` are the times it was full."""

    def __init__(
        self,
        folder: Path,
        *,
        low: int,
        full: int,
        on_change: Callable[[Space, int], None],
        free: Callable[[Path], int] = free_bytes,
        noted: FullTimes | None = None,
    ) -> None:
        self._folder = folder
        self._low, self._full = low, full
        self._on_change = on_change
        self._free = free
        self._noted = noted
        self._times: deque[FullTime] = deque(noted.read() if noted else (), maxlen=REMEMBERED)
        self._open = bool(self._times) and self._times[-1][1] is None
        """It was full when the recorder before us ended; until when, is known once we look."""
        self.space = Space.ENOUGH

    def look(self, now: datetime) -> None:
        """See how much room there is now. Raises OSError."""
        free = self._free(self._folder)
        space = Space.FULL if free < self._full else Space.LOW if free < self._low else Space.ENOUGH
        was_full = self.space is Space.FULL or self._open
        self._open = False
        if was_full is not (space is Space.FULL):
            self._note((now, None) if space is Space.FULL else (self._times.pop()[0], now))
        if space is self.space:
            return
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

    def _note(self, time: FullTime) -> None:
        self._times.append(time)
        if self._noted is not None:
            self._noted.write(self._times)

    def cause(self, start: datetime, end: datetime) -> str:
        """Why something was not recorded in that time, as far as the room tells; empty where it does not."""
        hit = any(begun < end and (ended is None or ended > start) for begun, ended in self._times)
        return DISK_FULL if hit else ""
