"""How a data base is reached: its address, its engine, its tables brought up to date. SQLite by default, PostgreSQL by
address; nothing above this module knows which.
"""

from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from recording.migrations import upgrade
from recording.models import Base

_MIGRATION_LOCK = 0x63616C6C  # any number of our own

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


WRITING = "callcenter_writing"
"""The execution option of an engine whose transactions write."""


class DatabaseError(ValueError):
    """The address of the data base is none."""

    id = "database-address-invalid"


def open_engine(url: str) -> AsyncEngine:
    """The engine for `sqlite:///<path>` or `postgresql://<user>@<host>/<name>`. Connects to nothing yet.

    Raises DatabaseError.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise DatabaseError("data base address: expected sqlite:///<path> or postgresql://…") from error
    driver = _DRIVERS.get(address.get_backend_name())
    if driver is None:
        raise DatabaseError(f"data base {address.get_backend_name()!r}: expected sqlite or postgresql")
    if driver == "sqlite+aiosqlite":
        engine = create_async_engine(address.set(drivername=driver))
        event.listen(engine.sync_engine, "connect", _settle_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    return create_async_engine(address.set(drivername=driver), pool_pre_ping=True, pool_size=5, max_overflow=5)


async def migrate(engine: AsyncEngine) -> None:
    """Makes or updates the tables; safe to repeat, and to run from two daemons at once."""
    async with engine.execution_options(**{WRITING: True}).begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
        await connection.run_sync(upgrade)


def insert(table: type[Base], dialect: str) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, which both data bases have and SQLAlchemy's common one has not."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def is_away(error: BaseException) -> bool:
    """The data base cannot be reached or written now and may be later: full disk, locked, restarting, cut off."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | OSError | TimeoutError)


def _settle_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late for DDL and reads; ours is below
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes then is refused at once if another wrote meanwhile: SQLite waits
    # (busy_timeout) only for a lock asked for at the start.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITING) else "BEGIN")
