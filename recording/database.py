"""How a data base is reached: its address, its engine, its tables brought up to date. SQLite by default, PostgreSQL or
MariaDB by address; nothing above this module and recording.conflicts knows which.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from sqlite3 import (
    SQLITE_ABORT,
    SQLITE_BUSY,
    SQLITE_CANTOPEN,
    SQLITE_ERROR,
    SQLITE_FULL,
    SQLITE_INTERRUPT,
    SQLITE_IOERR,
    SQLITE_LOCKED,
    SQLITE_NOLFS,
    SQLITE_NOMEM,
    SQLITE_PERM,
    SQLITE_PROTOCOL,
    SQLITE_READONLY,
    SQLITE_SCHEMA,
)
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

_MIGRATION_LOCK = 0x63616C6C  # any number of our own
_MIGRATION_LOCK_S = 300  # MariaDB's wait for the other daemon has an end

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
    "mariadb": "mariadb+aiomysql",
}

_MARIADB_SESSION = (
    "SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
)
"""Whatever the server's own settings: nothing is cut or bent to fit, and its own clock speaks UTC."""

_MARIADB_CHARACTERS = "utf8mb4", "utf8mb4_nopad_bin"
"""All of Unicode, compared exactly: other collations take 'A' for 'a', and all but the `nopad` ones 'a ' for 'a'."""

_MARIADB_PASSING = frozenset(
    {
        *(1020, 1205, 1213),  # another transaction was in the way
        *(1021, 1026, 1030, 1114, 1180),  # disk or table full, or an error of the disk
        *(1037, 1038, 1041, 1135),  # out of memory
        *(1040, 1203, 1226),  # too many connections
        *(1042, 1043, 1129, 1130, 1044, 1045, 1049),  # not let in, or its data base not there: a person can mend that
        *(1053, 1152, 1158, 1159, 1160, 1161, 1184, 1317, 1927, 1969),  # stopping, or the connection was cut
        *(1290, 1792, 1836),  # read-only for now, as while roles are switched between servers
        *(2002, 2003, 2006, 2013, 2014, 2055),  # not reached, or lost
    }
)
"""The driver calls every error it has no better name for an OperationalError, even a text that is none in Unicode."""

_SQLITE_PASSING = frozenset(
    {
        *(SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL, SQLITE_INTERRUPT),  # another was in the way
        *(
            SQLITE_FULL,
            SQLITE_IOERR,
            SQLITE_CANTOPEN,
            SQLITE_READONLY,
            SQLITE_PERM,
            SQLITE_NOLFS,
        ),  # the disk, its rights
        *(SQLITE_NOMEM, SQLITE_SCHEMA, SQLITE_ABORT),
    }
)
"""Its driver calls what is wrong with a statement or a table an OperationalError, too."""

_SQLITE_LACKS, _SQLITE_NO_COLUMN = ("no such table", "no such column"), "has no column named"
_POSTGRESQL_LACKS = frozenset({"42P01", "42703"})  # undefined table, undefined column
_MARIADB_LACKS = frozenset({1146, 1054})  # the same

WRITING = "callcenter_writing"
"""The execution option of an engine whose transactions write."""


class DatabaseError(ValueError):
    """The address of the data base is none."""

    id = "database-address-invalid"


def open_engine(url: str) -> AsyncEngine:
    """The engine for `sqlite:///<path>`, `postgresql://<user>@<host>/<name>` or `mariadb://…`. Connects to nothing yet.

    Raises DatabaseError.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise DatabaseError("data base address: expected sqlite:///<path>, postgresql://… or mariadb://…") from error
    driver = _DRIVERS.get(address.get_backend_name())
    if driver is None:
        raise DatabaseError(f"data base {address.get_backend_name()!r}: expected sqlite, postgresql or mariadb")
    address = address.set(drivername=driver)
    if driver == "sqlite+aiosqlite":
        opener = _sqlite_opener(address.database)
        engine = create_async_engine(address, json_serializer=_as_json, async_creator=opener)
        event.listen(engine.sync_engine, "connect", _settle_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    if driver == "mariadb+aiomysql":
        return _mariadb_engine(address)
    return create_async_engine(address, pool_pre_ping=True, pool_size=5, max_overflow=5, json_serializer=_as_json)


def _sqlite_opener(file: str | None) -> Callable[[], Awaitable[Any]]:
    """Opens the file as SQLAlchemy does. Where it cannot be opened, the driver's thread has ended before that is known:
    else it would tell its end to a loop that may be closed by then."""
    path = os.path.abspath(file) if file else ":memory:"
    connect = import_module("aiosqlite").connect

    async def opened() -> Any:
        connection = connect(path, check_same_thread=False)
        connection._thread.daemon = True
        try:
            return await connection
        except BaseException:
            await asyncio.to_thread(connection._thread.join)
            raise

    return opened


def _mariadb_engine(address: URL) -> AsyncEngine:
    """READ COMMITTED as on PostgreSQL: the default of MariaDB reads the past and locks gaps between rows."""
    return create_async_engine(
        address,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=5,
        json_serializer=_as_json,
        isolation_level="READ COMMITTED",
        connect_args={"charset": "utf8mb4", "init_command": _MARIADB_SESSION, "connect_timeout": 10},
    )


def _as_json(value: object) -> str:
    """What a column of JSON is bound to: plain values, or one of our models, which so is not made plain first."""
    return to_json(value).decode()


def snapshots(engine: AsyncEngine) -> AsyncEngine:
    """The engine with transactions that read what was there at one moment; those of SQLite always do."""
    alike = engine.dialect.name == "sqlite"
    return engine if alike else engine.execution_options(isolation_level="REPEATABLE READ")


async def migrate(engine: AsyncEngine, until: str | None = None) -> None:
    """Makes or updates the tables, `until` a revision of their history or the newest; safe to repeat, and to run from
    two daemons at once.

    All or nothing on SQLite and PostgreSQL. MariaDB commits each change of a table by itself: a migration interrupted
    there half-way is finished by the next who migrates (recording.migrations.repeatable).
    """
    async with engine.execution_options(**{WRITING: True}).begin() as connection, _alone(connection):
        await connection.run_sync(import_module("recording.migrations").upgrade, until)  # and all models


@asynccontextmanager
async def _alone(connection: AsyncConnection) -> AsyncIterator[None]:
    """No other daemon migrates meanwhile. SQLite has one writer anyway."""
    match connection.dialect.name:
        case "postgresql":
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
            yield
        case "mariadb":
            lock = "CONCAT('callcenter ', MD5(DATABASE()))"
            got = (await connection.exec_driver_sql(f"SELECT GET_LOCK({lock}, {_MIGRATION_LOCK_S})")).scalar()
            if got != 1:
                raise TimeoutError("another daemon has been migrating the data base for too long")
            try:
                await _spell_mariadb(connection)
                yield
            finally:
                await connection.exec_driver_sql(f"DO RELEASE_LOCK({lock})")
        case _:
            yield


async def _spell_mariadb(connection: AsyncConnection) -> None:
    """The characters of all tables that will be made, by every migration alike."""
    now = await connection.exec_driver_sql("SELECT @@character_set_database, @@collation_database")
    if tuple(now.one()) != _MARIADB_CHARACTERS:
        characters, collation = _MARIADB_CHARACTERS
        await connection.exec_driver_sql(f"ALTER DATABASE CHARACTER SET {characters} COLLATE {collation}")


def is_away(error: BaseException) -> bool:
    """The data base cannot be reached or written now and may be later: full disk, locked, restarting, cut off."""
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        if (code := getattr(error.orig, "sqlite_errorcode", None)) is not None:
            return code & 0xFF in _SQLITE_PASSING
        number = next(iter(getattr(error.orig, "args", ())), None)
        if isinstance(number, int) and number:  # MariaDB's; the other data bases say words
            return number in _MARIADB_PASSING
        if isinstance(error, InternalError):
            return type(error.orig).__module__.startswith("pymysql")  # an answer in pieces: cut off in the middle of it
    return isinstance(error, OperationalError | InterfaceError | OSError | TimeoutError)


def lacks_tables(error: BaseException) -> bool:
    """The data base answers, and has not the tables or columns that it should: it was emptied or put in another's place
    under us, or is of another version. No line and no question is to blame, and waiting does not help."""
    if not isinstance(error, DBAPIError):
        return False
    if getattr(error.orig, "sqlite_errorcode", None) == SQLITE_ERROR:
        return str(error.orig).startswith(_SQLITE_LACKS) or _SQLITE_NO_COLUMN in str(error.orig)
    number = next(iter(getattr(error.orig, "args", ())), None)
    return number in _MARIADB_LACKS or getattr(error.orig, "sqlstate", None) in _POSTGRESQL_LACKS


def _settle_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late for DDL and reads; ours is below
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "cache_size=-16384"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes then is refused at once if another wrote meanwhile: SQLite waits
    # (busy_timeout) only for a lock asked for at the start.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITING) else "BEGIN")
