"""Migrations on MariaDB, which commits each change of a table by itself: whoever migrates may be killed after any of
them, and the next makes the tables that the models want, with every row that was there.
"""

import asyncio
from contextlib import suppress

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, event
from sqlalchemy.exc import PendingRollbackError

from recording.database import migrate, open_engine
from recording.models import Base
from tests.contract.databases import empty_database, mariadb_server

pytestmark = pytest.mark.contract
__all__ = ["mariadb_server"]


class Killed(BaseException):
    """The process ends here."""


EVERY = 12
"""Behind so many changes of tables a process dies: behind each of two hundred takes a minute, and was tried."""


def test_on_mariadb_whoever_migrates_may_be_killed_and_the_next_goes_on(mariadb_server: str) -> None:
    address = asyncio.run(empty_database(mariadb_server))
    made: set[str] = set()

    async def attempt() -> bool:
        """Whether it lived: it dies when it has made some changes that nobody has made before."""
        engine, before = open_engine(address), len(made)

        def die(connection: Connection, cursor: object, statement: str, *_: object) -> None:
            if statement.lstrip().startswith(("CREATE", "ALTER TABLE")):
                made.add(statement)
                if len(made) == before + EVERY:
                    raise Killed

        event.listen(engine.sync_engine, "after_cursor_execute", die)
        try:
            with suppress(Killed, PendingRollbackError):  # its lock goes with its connection
                await migrate(engine)
                return True
            return False
        finally:
            await engine.dispose()

    async def deaths() -> int:
        died = 0
        while not await attempt():
            died += 1
        return died

    assert asyncio.run(deaths()) > 10
    assert asyncio.run(differences(address)) == []


async def differences(address: str) -> list[object]:
    engine = open_engine(address)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(
                lambda one: list(compare_metadata(MigrationContext.configure(one), Base.metadata))
            )
    finally:
        await engine.dispose()
