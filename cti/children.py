"""The daemon's children that are always there and speak lines with it: the recorder, and who keeps recordings. The
first of each is forked before the daemon begins, shares what that has loaded, and waits; one that dies is started anew.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module

import structlog

from cti.processes import ended, fork, reap, spawn
from cti.settings import Settings

log = structlog.get_logger()

RESTART_S = 0.5
GRACE_S = 5.0
LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of a line of theirs."""

BEGIN = b"\n"


class Child:
    """A process with pipes to its standard input and of its standard output. `lines` is what it says, until it ends."""

    def __init__(
        self, pid: int, to_it: asyncio.WriteTransport, of_it: asyncio.ReadTransport, lines: asyncio.StreamReader
    ) -> None:
        self._pid = pid
        self._to_it = to_it
        self._of_it = of_it
        self.lines = lines

    def say(self, line: bytes) -> None:
        """Write to it; to one that is dying, nothing."""
        if not self._to_it.is_closing():
            self._to_it.write(line)

    async def end(self, grace_s: float) -> None:
        """It ends by itself when its standard input does; what it is writing is a transaction."""
        self._to_it.close()
        try:
            async with asyncio.timeout(grace_s):
                await ended(self._pid)
        except TimeoutError:
            os.kill(self._pid, signal.SIGKILL)
        await reap(self._pid)
        self._of_it.close()


@dataclass(frozen=True, slots=True)
class _Born:
    """A process, and our ends of the pipes to it and from it."""

    pid: int
    to_it: int
    of_it: int


_waiting: dict[str, _Born] = {}


def fork_children(*modules: str) -> None:
    """Fork one of each of these modules, for `started`. We must not have threads or a loop yet."""
    for module in modules:
        name = f"cc-{module.rpartition('.')[2].partition('_')[0]}"
        _waiting[module] = _with_pipes(partial(fork, partial(_wait_and_live, module), name))


async def started(module: str, settings: Settings) -> Child:
    """A child that runs this module with exactly our settings."""
    waiting = _waiting.pop(module, None)
    born = waiting or _with_pipes(partial(spawn, module, environment=settings.environment()))
    loop, lines = asyncio.get_running_loop(), asyncio.StreamReader(limit=LONGEST_LINE)
    to_it, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, os.fdopen(born.to_it, "wb", 0))
    of_it, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), os.fdopen(born.of_it, "rb", 0))
    if waiting:
        to_it.write(BEGIN)
    return Child(born.pid, to_it, of_it, lines)


async def keep_alive(
    name: str,
    settings: Settings,
    *,
    born: Callable[[Child], None],
    hear: Callable[[str], None],
    died: Callable[[], None],
) -> None:
    """Let a child of this name live (cti/<name>_main.py), and after it another, until cancelled. `hear` gets each line
    that it says."""
    while True:
        child = await started(f"cti.{name}_main", settings)
        born(child)
        try:
            async for line in child.lines:
                hear(line.decode())
        finally:
            died()
            await child.end(GRACE_S)
        log.error(f"{name}-ended", error_id=f"{name}-ended")
        await asyncio.sleep(RESTART_S)


def _with_pipes(birth: Callable[..., int]) -> _Born:
    (theirs, to_it), (of_it, said) = os.pipe(), os.pipe()
    try:
        return _Born(birth(stdin=theirs, stdout=said), to_it, of_it)
    finally:
        os.close(theirs)
        os.close(said)


def _wait_and_live(module: str) -> int:
    """Until the daemon has the tables ready; if it ends before, there is nothing to do."""
    if os.read(0, len(BEGIN)) != BEGIN:
        return 0
    return int(import_module(module).main() or 0)
