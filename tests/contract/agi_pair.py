"""The `pair` fixture: an AGI session, and the channel at its other end for the test to play."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ivr.agi import wire
from ivr.agi.session import AgiSession
from tests.contract.fake_agi import FakeAsterisk, environment

Pair = tuple[AgiSession, FakeAsterisk]


@pytest.fixture
async def pair(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pair]:
    """A session and the channel at its other end, which may take its time to answer."""
    monkeypatch.setattr(wire, "FIRST_REPEAT_S", 600.0)
    sessions: asyncio.Queue[AgiSession] = asyncio.Queue()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sessions.put_nowait(await AgiSession.accept(reader, writer))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    asterisk = await FakeAsterisk.connect(server.sockets[0].getsockname()[1])
    asterisk.send(environment(calleridname="Ann").encode())
    session = await sessions.get()
    yield session, asterisk
    await session.close()
    await asterisk.close()
    server.close()
    await server.wait_closed()
