"""Where the daemon's lives begin: a process that has loaded all that a daemon needs and does nothing, so that a daemon
is there at once, the first time and each time that one was killed (docs/decisions/0026).

It is forked from `callcenter run` before that has threads or a loop, forks each daemon before the daemon has any, and
holds nothing but its end of a socket pair:

    in    a byte: a daemon is to be born
    out   a line: its process id; when it has ended a second: its exit status, below 0 the signal that killed it

It ends with its supervisor, but not before its daemon, which callers need.
"""

import asyncio
import gc
import os
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module

import structlog

from cti.processes import end, ended, fork, reap, spawn
from cti.settings import Settings, load_settings

log = structlog.get_logger()

GRACE_S = 10.0

LOST = 1
"""The exit status of a daemon of which nobody knows it any more."""


class NurseryLost(Exception):
    """The nursery was killed."""

    id = "nursery-lost"


class Nursery:
    """The supervisor's side. To be made before it has threads or a loop: what it has loaded is then shared."""

    def __init__(self, module: str, settings: Settings) -> None:
        self._module = module
        self._settings = settings
        self._connection, theirs = socket.socketpair()
        with theirs:
            self._pid = fork(lambda: _raise_daemons(module, settings), "cc-nursery", stdin=theirs.fileno())
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def life(self) -> int:
        """A daemon's life, to its exit status. Cancelled, it ends the daemon."""
        birth = asyncio.ensure_future(self._born())
        try:
            daemon = await asyncio.shield(birth)
            try:
                return await self._number()
            except NurseryLost:
                await ended(daemon)
                raise
        except NurseryLost as error:
            log.error("nursery-lost", error_id=error.id)
            await self.close()
            self._start_anew()
            return LOST
        except asyncio.CancelledError:
            with suppress(NurseryLost):
                await end(await birth, GRACE_S)
            raise

    async def close(self) -> None:
        """End it; it holds nothing that could be lost."""
        if self._streams is None:
            self._connection.close()
        else:
            self._streams[1].close()
        os.kill(self._pid, signal.SIGKILL)
        await reap(self._pid)

    def _start_anew(self) -> None:
        """In place of one that was killed: what is loaded here cannot be shared any more, we have a loop."""
        self._connection, theirs = socket.socketpair()
        with theirs:
            words = "cti.nursery", self._module
            self._pid = spawn(*words, environment=self._settings.environment(), stdin=theirs.fileno())
        self._streams = None

    async def _born(self) -> int:
        if self._streams is None:
            self._streams = await asyncio.open_connection(sock=self._connection)
        self._streams[1].write(b"\n")
        return await self._number()

    async def _number(self) -> int:
        assert self._streams is not None
        line = b""
        with suppress(OSError):
            line = await self._streams[0].readline()
        if not line.endswith(b"\n"):
            raise NurseryLost
        return int(line)


def _raise_daemons(module: str, settings: Settings) -> int:
    """The life of the nursery. What is loaded is set aside from garbage collection: it is there for good, and nobody's
    looking at it should cost its being shared."""
    os.setsid()  # Ctrl-C is for the supervisor
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # who stops a whole group of processes means the others
    os.environ.update(settings.environment())
    gc.disable()
    daemon = import_module(module)
    gc.enable()
    gc.freeze()

    def live() -> int:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.setsid()
        return int(daemon.main() or 0)

    with socket.socket(fileno=0) as connection, suppress(OSError):  # the supervisor may be gone
        while connection.recv(1):
            pid = fork(live, "cc-daemon")
            connection.sendall(f"{pid}\n".encode())
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            connection.sendall(f"{status}\n".encode())
    return 0


def main() -> int:
    """The life of one that was started anew; the daemon's module is named on the command line."""
    return _raise_daemons(sys.argv[1], load_settings())
