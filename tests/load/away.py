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


class Database(Protocol):
    """One data base. `ways` are the names of what can happen to it."""

    address: str
    ways: Sequence[str]

    async def take(self, way: str) -> None:
        """It is away, in one of its ways, until `give_back`."""

    async def give_back(self) -> None:
        """It is there again; nothing happens where it is."""


class Postgresql:
    """`killed`: with -9, nobody listens at its port. `hanging`: connections are accepted, nothing is answered."""

    ways: Sequence[str] = ("killed", "hanging")

    def __init__(self, server: PostgresqlServer, address: str) -> None:
        self.address = address
        self._server = server
        self._way = ""

    async def take(self, way: str) -> None:
        """See the class."""
        self._way = way
        if way == "killed":
            self._server.kill()
        else:
            self._server.hang()

    async def give_back(self) -> None:
        """As if nothing had been."""
        if self._way == "killed":
            await asyncio.to_thread(self._server.start)
        elif self._way:
            self._server.resume()
        self._way = ""


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
async def database(kind: str, state: Path) -> AsyncIterator[Database]:
    """One of `postgresql` and `sqlite`, for the instance of this state folder."""
    if kind == "sqlite":
        taken = Sqlite(state / "callcenter.db")
        try:
            yield taken
        finally:
            await taken.give_back()
        return
    with running_postgresql("fsync=on") as server:
        yield Postgresql(server, await empty_database(server.address))
