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

FILE = "daemon.pulse"
BEAT_S = 0.5
LOOK_S = 1.0
HUNG = 15
"""So many looks in a row at a pulse that stands still. Looks are counted, not seconds: where the whole machine stood
still, the daemon is not to blame."""

_TIME = struct.Struct("=q")


class Pulse:
    """The shared bytes of this state folder. Raises OSError where the file cannot be made."""

    def __init__(self, state: Path) -> None:
        descriptor = os.open(state / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(descriptor, _TIME.pack(0), 0)
            os.fsync(descriptor)  # the room on the disk is taken: to write into the memory can never fail
            self._memory = mmap.mmap(descriptor, _TIME.size)
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
        last_ns, still = self.last_ns, 0
        while True:
            await asyncio.sleep(LOOK_S)
            still = still + 1 if self.last_ns == last_ns else 0
            last_ns = self.last_ns
            if still == HUNG:
                await end()
