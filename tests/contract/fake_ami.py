"""An AMI server on loopback that does what a test tells it, and what Asterisk 22 was seen to do where it says nothing.

It parses actions on its own, line by line as Asterisk does (a bare LF ends a line), so that an injected header shows.
"""

import asyncio
import re
import ssl
from collections.abc import Callable
from typing import Self

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
FULLY_BOOTED = b"Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 22\r\nStatus: Fully Booted\r\n\r\n"
GUARD_S = 60.0  # a test that waits this long has failed


class Action:
    """An action as it arrived: its headers in order."""

    def __init__(self, lines: list[str]) -> None:
        self.headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]

    @property
    def name(self) -> str:
        return self.get("Action")

    @property
    def id(self) -> str:
        return self.get("ActionID")

    def get(self, name: str) -> str:
        return next((value for header, value in self.headers if header == name), "")


class Peer(asyncio.Protocol):
    """The server's side of one connection."""

    def __init__(self, ami: "FakeAmi") -> None:
        self.actions: asyncio.Queue[Action] = asyncio.Queue()  # those that were not answered by rule
        self.closed = asyncio.Event()
        self.deaf = False  # the connection stays open and nothing is answered: half-open
        self._ami = ami
        self._unread = b""

    async def received(self, name: str) -> Action:
        """The next action that no rule answers; it must be called `name`."""
        async with asyncio.timeout(GUARD_S):
            action = await self.actions.get()
        assert action.name == name, f"expected {name}, got {action.name}"
        return action

    def send(self, *lines: str) -> None:
        """One message."""
        self.send_bytes("".join(f"{line}\r\n" for line in (*lines, "")).encode())

    def send_bytes(self, data: bytes) -> None:
        self._transport.write(data)

    def answer(self, action: Action, *lines: str, response: str = "Success") -> None:
        self.send(f"Response: {response}", f"ActionID: {action.id}", *lines)

    def stop_reading(self) -> None:
        self._transport.pause_reading()

    def close(self) -> None:
        """The way Asterisk ends a session: what is written arrives, then the end."""
        self._transport.close()

    def cut(self) -> None:
        """The connection breaks with a reset."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ami.peers.add(self)
        self._ami.connected.put_nowait(self)
        self.send_bytes(self._ami.banner)
        if self._ami.closes_at_once:
            self.close()

    def data_received(self, data: bytes) -> None:
        *blocks, self._unread = re.split(rb"\r?\n\r?\n", self._unread + data)
        for block in blocks:
            self._act(Action(re.split(r"\r?\n", block.decode("utf-8", "surrogateescape"))))

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed.set()

    def _act(self, action: Action) -> None:
        rule = None if self.deaf else self._ami.rules.get(action.name)
        if rule is None:
            self.actions.put_nowait(action)
        else:
            rule(self, action)


class FakeAmi:
    """The server. `rules` answers actions by name; `Login` and `Ping` are there from the start."""

    def __init__(self, *, secret: str = "secret", banner: bytes = BANNER, tls: ssl.SSLContext | None = None) -> None:
        self.banner = banner
        self.booted = True  # false: a login is accepted, but Asterisk is still loading
        self.closes_at_once = False
        self.peers: set[Peer] = set()
        self.connected: asyncio.Queue[Peer] = asyncio.Queue()
        self.rules: dict[str, Callable[[Peer, Action], None]] = {
            "Login": self._log_in,
            "Ping": lambda peer, action: peer.answer(action, "Ping: Pong", "Timestamp: 1.0"),
        }
        self.port = 0
        self._secret = secret
        self._tls = tls
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.refuse()
        for peer in self.peers:
            peer.cut()
            await peer.closed.wait()

    async def listen(self) -> None:
        """Accept connections; again on the same port after `refuse`."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Peer(self), "127.0.0.1", self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    def refuse(self) -> None:
        """Close the port, as an Asterisk that is gone; connections stay."""
        if self._server is not None:
            self._server.close()

    async def peer(self) -> Peer:
        """The next connection made to us."""
        async with asyncio.timeout(GUARD_S):
            return await self.connected.get()

    def _log_in(self, peer: Peer, action: Action) -> None:
        if action.get("Secret") != self._secret:
            peer.answer(action, "Message: Authentication failed", response="Error")
            peer.close()
            return
        peer.answer(action, "Message: Authentication accepted")
        if self.booted:
            peer.send_bytes(FULLY_BOOTED)
