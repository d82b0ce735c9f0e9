"""Data bases that can be taken away from whoever uses them, and given back: a PostgreSQL that is killed or hangs, a
SQLite that another program has locked.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from tests.contract.databases import empty_database
from tests.postgresql import PostgresqlServer, running_postgresql

STANDS_S, GOES_ON_S = 0.5, 0.02


class Database(Protocol):
    """One data base. `ways` are the names of what can happen to it."""

    address: str
    ways: Sequence[str]

    async def take(self, way: str) -> None:
        """It is away, in one of its ways, until `give_back`."""

    async def give_back(self) -> None:
        """It is there again; nothing happens where it is."""


class Postgresql:
    """`killed`: with -9, nobody listens at its port. `hanging`: connections are accepted, nothing is answered. `slow`:
    it stands still nearly all the time, so that each answer takes half a second more."""

    ways: Sequence[str] = ("killed", "hanging", "slow")

    def __init__(self, server: PostgresqlServer, address: str) -> None:
        self.address = address
        self._server = server
        self._way = ""
        self._slowing: asyncio.Task[None] | None = None

    async def take(self, way: str) -> None:
        """See the class."""
        self._way = way
        match way:
            case "killed":
                self._server.kill()
            case "slow":
                self._slowing = asyncio.create_task(self._slow_down())
            case _:
                self._server.hang()

    async def give_back(self) -> None:
        """As if nothing had been."""
        if self._slowing is not None:
            self._slowing.cancel()
            await asyncio.gather(self._slowing, return_exceptions=True)
            self._slowing = None
        if self._way == "killed":
            await asyncio.to_thread(self._server.start)
        elif self._way:
            self._server.resume()
        self._way = ""

    async def _slow_down(self) -> None:
        while True:
            self._server.hang()
            await asyncio.sleep(STANDS_S)
            self._server.resume()
            await asyncio.sleep(GOES_ON_S)


class Sqlite:
    """`locked`: another program writes, and does not come to an end."""

    ways: Sequence[str] = ("locked",)

    def __init__(self, file: Path) -> None:
        self.address = ""
        """That of the instance's own file, as settings name it."""
        self._file = file
        self._writer: sqlite3.Connection | None = None

    async def take(self, way: str) -> None:
        """See the class."""
        self._writer = await asyncio.to_thread(self._locked)

    async def give_back(self) -> None:
        """The other program has written nothing."""
        if self._writer is not None:
            self._writer.rollback()
            self._writer.close()
            self._writer = None

    def _locked(self) -> sqlite3.Connection:
        writer = sqlite3.connect(self._file, timeout=60, isolation_level=None, check_same_thread=False)
        writer.execute("BEGIN IMMEDIATE")
        return writer


@asynccontextmanager
async def postgresql() -> AsyncIterator[Database]:
    """An empty one, on a server of its own."""
    with running_postgresql("fsync=on") as server:
        taken = Postgresql(server, await empty_database(server.address))
        try:
            yield taken
        finally:
            await taken.give_back()


@asynccontextmanager
async def database(kind: str, state: Path) -> AsyncIterator[Database]:
    """One of `postgresql` and `sqlite`, for the instance of this state folder."""
    if kind == "postgresql":
        async with postgresql() as taken:
            yield taken
        return
    file = Sqlite(state / "callcenter.db")
    try:
        yield file
    finally:
        await file.give_back()
