"""Whether the daemon's loop turns. The daemon writes the time into eight bytes that it shares with its supervisor,
twice a second; one whose time stands still is ended, for to hang is worse than to die: callers wait for it, and nobody
takes its place.

The bytes are memory, of a file only so that both find them: a disk that is full or slow stops no pulse.
"""

import asyncio
import mmap
import os
import struct
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Self

FILE = "daemon.pulse"
BEAT_S = 0.5
LOOK_S = 1.0
HUNG = 15
"""So many looks in a row at a pulse that stands still. Looks are counted, not seconds: where the whole machine stood
still, the daemon is not to blame."""

_TIME = struct.Struct("=q")


class Pulse:
    """The shared bytes of a state folder."""

    def __init__(self, memory: mmap.mmap) -> None:
        self._memory = memory

    @classmethod
    def made(cls, state: Path) -> Self:
        """For the supervisor, before there is a daemon. Raises OSError where the disk has no room."""
        descriptor = os.open(state / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(descriptor, _TIME.pack(0), 0)
            os.fsync(descriptor)  # the room on the disk is taken: to write into the memory can never fail
            return cls(mmap.mmap(descriptor, _TIME.size))
        finally:
            os.close(descriptor)

    @classmethod
    def found(cls, state: Path) -> Self | None:
        """For the daemon, which takes no room: it must begin on a full disk too. None without a supervisor."""
        try:
            descriptor = os.open(state / FILE, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            return cls(mmap.mmap(descriptor, _TIME.size))
        except ValueError:  # a file that is empty is nobody's
            return None
        finally:
            os.close(descriptor)

    @property
    def last_ns(self) -> int:
        """When it beat last, by the clock of all processes of this machine; 0: never."""
        return int(_TIME.unpack_from(self._memory)[0])

    def beat(self) -> None:
        """Now."""
        _TIME.pack_into(self._memory, 0, time.monotonic_ns())

    async def run(self) -> None:
        """For the daemon: beat until cancelled."""
        while True:
            self.beat()
            await asyncio.sleep(BEAT_S)

    async def watch(self, end: Callable[[], Awaitable[None]]) -> None:
        """For the supervisor: `end` the daemon whenever the pulse of one that had begun stands still."""
        last_ns, still, begun = self.last_ns, 0, False
        while True:
            await asyncio.sleep(LOOK_S)
            if self.last_ns != last_ns:
                last_ns, still, begun = self.last_ns, 0, True
                continue
            still += 1
            if still >= HUNG and begun:
                begun = False
                await end()
