"""A real Asterisk with telephones at it and somebody listening on AMI; the daemon's place is for the test to fill."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self, TypeVar

from cti.ami.client import AmiClient
from cti.ami.message import Message
from cti.simulation.telephones import Telephones
from ivr.agi.errors import AgiError
from ivr.agi.server import AgiServer
from ivr.agi.session import AgiSession
from tests.integration.asterisk_fixture import RunningAsterisk

WAIT_S = 60.0
"""Longer than anything here takes: a test that waits as long has failed."""


T = TypeVar("T")


async def soon(awaitable: Awaitable[T]) -> T:
    """Its result; TimeoutError if it takes too long for a test to wait."""
    async with asyncio.timeout(WAIT_S):
        return await awaitable


class Line:
    """What happens on one Asterisk. `events` holds every AMI event that a monitor sees; `ami` is the daemon's user, for
    what only he may do (his own events are filtered)."""

    def __init__(self, asterisk: RunningAsterisk, phones: Telephones) -> None:
        self.asterisk = asterisk
        self.phones = phones
        self.events: list[Message] = []
        self.up = asyncio.Event()
        self._news = asyncio.Event()
        self.monitor = self.client("monitor", asterisk.credentials.ami.monitor)
        self.ami = self.client("callcenter", asterisk.credentials.ami.callcenter, keep_events=False)

    def client(self, user: str, secret: str, *, keep_events: bool = True) -> AmiClient:
        """A link of the named user, its events kept here."""
        return AmiClient(
            self.asterisk.settings.control,
            self.asterisk.settings.ami_port,
            user,
            secret,
            on_event=self._take if keep_events else lambda event: None,
            on_up=self._on_up,
            on_down=lambda reason: self.up.clear(),
        )

    async def _on_up(self) -> None:
        self.up.set()

    def _take(self, event: Message) -> None:
        self.events.append(event)
        self._news.set()

    async def event(self, name: str, **headers: str) -> Message:
        """The first event of that name and those headers, past or to come."""
        try:
            return await soon(self._next_event(name, headers))
        except TimeoutError:
            raise AssertionError(f"no {name} {headers} among {self.names()}") from None

    async def _next_event(self, name: str, headers: Mapping[str, str]) -> Message:
        while True:
            for event in self.events:
                if event.event == name and all(event.get(key) == value for key, value in headers.items()):
                    return event
            self._news.clear()
            await self._news.wait()

    def names(self) -> list[str]:
        """The names of the events so far."""
        return [event.event for event in self.events]

    async def sign_in(self, number: str, queue: str) -> None:
        """Make the agent's phone a member of the fallback queue, as the daemon does."""
        await self.ami.action("QueueAdd", {"Queue": queue, "Interface": f"PJSIP/{number}", "MemberName": number})


@asynccontextmanager
async def line_of(asterisk: RunningAsterisk, folder: Path, *, audio: bool = False) -> AsyncIterator[Line]:
    """The line, its agents' phones registered."""
    accounts = {account.phone: account.sip_password for account in asterisk.credentials.agents}
    phones = Telephones(folder / "phones", sip_port=asterisk.settings.sip_port, accounts=accounts, audio=audio)
    async with phones:
        await phones.register()
        line = Line(asterisk, phones)
        links = []
        try:
            for client in (line.monitor, line.ami):
                line.up.clear()
                links.append(asyncio.create_task(client.run()))
                await soon(line.up.wait())
            yield line
        finally:
            for link in links:
                link.cancel()
            await asyncio.gather(*links, return_exceptions=True)


class StandInDaemon:
    """Serves FastAGI where the daemon would. A call waits in `sessions`; it lasts until `die` or `leave`."""

    def __init__(self, line: Line, port: int | None = None) -> None:
        settings = line.asterisk.settings
        self.sessions: asyncio.Queue[AgiSession] = asyncio.Queue()
        self._left = asyncio.Event()
        routes = {"call": self._serve, "star": self._serve}
        self._server = AgiServer(settings.control, port or settings.agi_port, routes)

    async def _serve(self, session: AgiSession) -> None:
        self.sessions.put_nowait(session)
        with suppress(AgiError):
            await session.while_up(self._left.wait())

    async def next_call(self) -> AgiSession:
        """The next call that Asterisk hands over."""
        return await soon(self.sessions.get())

    def leave(self) -> None:
        """End the sessions from our side, in order."""
        self._left.set()

    async def die(self) -> None:
        """Close every socket at once, as the kernel does for a killed process."""
        await self._server.stop()

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.stop()
