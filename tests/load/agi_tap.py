"""A wire between Asterisk and the daemon's FastAGI that writes down when a key was told and when the next command came.

`python -m tests.load.agi_tap PORT TARGET FILE` forwards PORT of loopback to TARGET until it is told to end (SIGTERM),
then writes FILE: for each caller's number a list of [nanoseconds since the epoch, what]. "key 5" is Asterisk's reply to
a command that a key has ended, everything else the verb of a command of ours. It stands in the way of both for a tenth
of a millisecond, which is counted as ours.
"""

import asyncio
import json
import re
import signal
import sys
from pathlib import Path
from time import time_ns

_NUMBER = re.compile(rb"^agi_callerid: (\S+)$", re.MULTILINE)
_REPLY = re.compile(rb"^200 result=(\d+)")
_VERB = re.compile(rb"^[A-Z ]+[A-Z](?= \"|$)")
KEYED = (b"STREAM FILE", b"WAIT FOR DIGIT")

Heard = dict[str, list[tuple[int, str]]]


class Wire:
    """One connection: what Asterisk says on it, and what the daemon does."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._events: list[tuple[int, str]] | None = None
        self._environment = b""
        self._verb = b""

    def from_asterisk(self, data: bytes) -> None:
        """The environment first, then a reply to each command."""
        if self._events is None:
            self._environment += data
            if b"\n\n" in self._environment and (number := _NUMBER.search(self._environment)):
                self._events = self._heard.setdefault(number[1].decode(), [])
            return
        reply = _REPLY.match(data)
        if reply and reply[1] != b"0" and self._verb in KEYED:
            self._events.append((time_ns(), f"key {chr(int(reply[1]))}"))

    def from_daemon(self, data: bytes) -> None:
        """A command."""
        if self._events is not None and (verb := _VERB.match(data)):
            self._verb = verb[0]
            self._events.append((time_ns(), self._verb.decode()))


class Near(asyncio.Protocol):
    """Asterisk's end."""

    def __init__(self, target: int, heard: Heard) -> None:
        self._target = target
        self._wire = Wire(heard)
        self._early = b""
        self._far: asyncio.Transport | None = None
        self._joining: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._joining = asyncio.create_task(self._join(transport))

    def data_received(self, data: bytes) -> None:
        self._wire.from_asterisk(data)
        if self._far is None:
            self._early += data
        else:
            self._far.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._far is not None:
            self._far.close()

    async def _join(self, near: asyncio.Transport) -> None:
        loop = asyncio.get_running_loop()
        self._far, _ = await loop.create_connection(lambda: Far(near, self._wire), "127.0.0.1", self._target)
        self._far.write(self._early)


class Far(asyncio.Protocol):
    """The daemon's end."""

    def __init__(self, near: asyncio.Transport, wire: Wire) -> None:
        self._near = near
        self._wire = wire

    def data_received(self, data: bytes) -> None:
        self._wire.from_daemon(data)
        self._near.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._near.close()


async def forward(port: int, target: int) -> Heard:
    """Until SIGTERM; what was heard."""
    heard: Heard = {}
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    server = await loop.create_server(lambda: Near(target, heard), "127.0.0.1", port, backlog=1024)
    print("listening", flush=True)
    await ended.wait()
    server.close()
    return heard


if __name__ == "__main__":
    Path(sys.argv[3]).write_text(json.dumps(asyncio.run(forward(int(sys.argv[1]), int(sys.argv[2])))))
