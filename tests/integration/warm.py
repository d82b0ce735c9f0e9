"""Where the instances of the tests begin: in a process that has loaded `callcenter run` and the daemon, so that not
each of a hundred takes a second of the processor for that. What begins there is the command itself; that it also begins
where nothing is loaded is told by test_supervisor.

    in    an environment as JSON, with two descriptors: the log, and an end of a socket pair of that instance's own
    out   there a line: its process id; when it has ended a second: its exit status, below 0 the signal that killed it

It ends with the process of the tests.
"""

import asyncio
import atexit
import gc
import json
import os
import selectors
import signal
import socket
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import IO

from cti.processes import fork, spawn

LONGEST = 128 * 1024
"""Bytes of an environment."""


class WarmInstance:
    """What `asyncio.subprocess.Process` is for one that was started in the usual way."""

    def __init__(self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._writer = writer
        self._end = asyncio.create_task(self._ended(reader))

    def send_signal(self, number: signal.Signals) -> None:
        """As `os.kill`, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """With -9."""
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        """Return when it has ended: its exit status."""
        return await asyncio.shield(self._end)

    async def _ended(self, reader: asyncio.StreamReader) -> int:
        self.returncode = int(await reader.readline())
        self._writer.close()
        return self.returncode


async def begin(environment: Mapping[str, str], log: IO[bytes]) -> WarmInstance:
    """`callcenter run` in this environment, which writes to this log."""
    ours, theirs = socket.socketpair()
    with theirs:
        socket.send_fds(_nursery(), [json.dumps(dict(environment)).encode()], [log.fileno(), theirs.fileno()])
    reader, writer = await asyncio.open_connection(sock=ours)
    return WarmInstance(int(await reader.readline()), reader, writer)


@cache
def _nursery() -> socket.socket:
    """Of this process of the tests."""
    ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
    with theirs:
        spawn(__name__, environment={}, stdin=theirs.fileno())
    atexit.register(ours.close)  # with which that process ends
    return ours


def main() -> int:
    """The life of that process."""
    from cti import daemon, supervisor  # noqa: F401 (what the command loads by itself)
    from cti.commands import run  # noqa: F401

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who runs the tests
    gc.freeze()  # what is loaded is shared, as in cti/nursery.py
    with socket.socket(fileno=0) as orders, selectors.DefaultSelector() as awaited:
        awaited.register(orders, selectors.EVENT_READ)
        while True:
            for key, _ in awaited.select():
                if key.fileobj is not orders:
                    awaited.unregister(key.fd)
                    _bury(key.fd, *key.data)
                elif (begun := _bear(orders)) is not None:
                    awaited.register(os.pidfd_open(begun[0]), selectors.EVENT_READ, begun)
                else:
                    return 0


def _bear(orders: socket.socket) -> tuple[int, socket.socket] | None:
    """An instance as it was ordered: its process, and the socket of it; None: nobody will order more."""
    environment, descriptors, _, _ = socket.recv_fds(orders, LONGEST, 2)
    if not environment:
        return None
    log, own = descriptors[0], socket.socket(fileno=descriptors[1])
    pid = fork(lambda: _live(json.loads(environment)), "callcenter", stdout=log)
    os.close(log)
    own.sendall(f"{pid}\n".encode())
    return pid, own


def _bury(descriptor: int, pid: int, own: socket.socket) -> None:
    os.close(descriptor)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with own, suppress(OSError):  # nobody may want to know it any more
        own.sendall(f"{status}\n".encode())


def _live(environment: Mapping[str, str]) -> int:
    from cti.commands import main

    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(1, 2)
    os.environ.clear()
    os.environ.update(environment)
    return main(["run"])
