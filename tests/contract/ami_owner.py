"""The owner of an AMI client in the contract tests: it keeps what it is told, and waits for it with a guard."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import repeat
from typing import Any, TypeVar

from cti.ami.client import AmiClient
from cti.ami.errors import AmiError
from cti.ami.message import Message
from tests.contract.fake_ami import GUARD_S, FakeAmi, Peer

T = TypeVar("T")


def at_once() -> Iterator[float]:
    """No pause between attempts to connect."""
    return repeat(0.0)


class Owner:
    """What a client told its owner, each kind in its queue. A test may replace what it does before the client runs."""

    def __init__(self) -> None:
        self.events: asyncio.Queue[Message] = asyncio.Queue()
        self.ups: asyncio.Queue[None] = asyncio.Queue()
        self.downs: asyncio.Queue[AmiError] = asyncio.Queue()
        self.on_event: Callable[[Message], None] = self.events.put_nowait
        self.on_down: Callable[[AmiError], None] = self.downs.put_nowait
        self.snapshot: Callable[[], Awaitable[None]] | None = None

    async def on_up(self) -> None:
        self.ups.put_nowait(None)
        if self.snapshot is not None:
            await self.snapshot()

    async def event(self, name: str) -> Message:
        """The next event called `name`; those before it are passed over."""
        while True:
            message = await soon(self.events.get())
            if message.event == name:
                return message


async def soon(waited: Awaitable[T]) -> T:
    """The result; a test that waits too long fails instead of hanging."""
    async with asyncio.timeout(GUARD_S):
        return await waited


@asynccontextmanager
async def running(ami: FakeAmi, owner: Owner, **options: Any) -> AsyncIterator[AmiClient]:
    """A client that keeps a link to `ami` up while the block runs."""
    client = AmiClient(
        "127.0.0.1", ami.port, "callcenter", options.pop("secret", "secret"),
        on_event=owner.on_event, on_up=owner.on_up,
        on_down=owner.on_down, backoff=options.pop("backoff", at_once), **options,
    )  # fmt: skip
    task = asyncio.create_task(client.run())
    try:
        yield client
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def linked(owner: Owner | None = None, **options: Any) -> AsyncIterator[tuple[AmiClient, Peer]]:
    """A link that is up: the client, and Asterisk's side of it."""
    owner = owner or Owner()
    async with FakeAmi() as ami, running(ami, owner, **options) as client:
        peer = await ami.peer()
        await soon(owner.ups.get())
        yield client, peer
