"""Empty data bases for tests: SQLite in a file, a PostgreSQL and a MariaDB of our own on free ports of loopback."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from cti.simulation.ports import free_port
from recording.database import open_engine
from recording.models import Base
from recording.store import Store
from tests.postgresql import running_postgresql


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A running server's address without a data base's name."""
    with running_postgresql("max_connections=20") as server:
        yield server.address


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[str]:
    """A running server's address without a data base's name; MariaDB refuses root, so root lends its own user."""
    programs = [
        shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") for name in ("mariadb-install-db", "mariadbd")
    ]
    if None in programs:
        pytest.fail("MariaDB is missing; install it: apt-get install -y mariadb-server")
    install, serve = [program for program in programs if program]
    user = "mysql" if os.geteuid() == 0 else None
    groups: list[str] | None = [] if user else None
    folder = Path(tempfile.mkdtemp(prefix="callcenter-mariadb-"))
    if user:
        shutil.chown(folder, user, user)
    options = (
        f"--datadir={folder / 'data'}", "--innodb-log-file-size=16M", "--innodb-flush-method=nosync",
        "--innodb-buffer-pool-size=32M", "--skip-innodb-doublewrite", "--innodb-flush-log-at-trx-commit=0",
    )  # fmt: skip
    try:
        subprocess.run(
            [install, "--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", *options],
            check=True, capture_output=True, cwd=folder, user=user, group=user, extra_groups=groups,
        )  # fmt: skip
        port = free_port("127.0.0.1")
        listens = ("--bind-address=127.0.0.1", f"--port={port}", f"--socket={folder / 'socket'}", "--skip-name-resolve")
        server = subprocess.Popen(
            [serve, "--no-defaults", *options, *listens, f"--pid-file={folder / 'pid'}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=folder,
            user=user, group=user, extra_groups=groups,
        )  # fmt: skip
        assert server.stderr is not None
        try:
            said = ""
            for line in server.stderr:
                said += line
                if "ready for connections" in line:
                    break
            else:
                pytest.fail(f"MariaDB did not start:\n{said}")
            yield f"mariadb://root@127.0.0.1:{port}"
        finally:
            server.kill()  # nothing of it is kept, and it takes seconds to say good-bye
            server.stderr.close()
            server.wait()
    finally:
        shutil.rmtree(folder)


_KINDS = ("sqlite", "postgresql", "mariadb")


@pytest.fixture(params=_KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty data base."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'calls.sqlite'}"
    return await empty_database(request.getfixturevalue(f"{request.param}_server"))


async def empty_database(server: str) -> str:
    """The address of a new data base on this server."""
    name = f"test_{uuid4().hex}"
    async with _administering(f"{server}/{'postgres' if server.startswith('postgresql') else ''}") as connection:
        await connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return f"{server}/{name}"


@pytest.fixture(scope="session", params=_KINDS)
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a data base with its tables, made once: the migrations take longer than most tests."""

    async def made() -> str:
        if request.param == "sqlite":
            address = f"sqlite:///{tmp_path_factory.mktemp('migrated') / 'calls.sqlite'}"
        else:
            address = await empty_database(server)
        store = Store(address)
        await store.migrate()
        await store.close()
        return address

    server = "" if request.param == "sqlite" else request.getfixturevalue(f"{request.param}_server")
    return asyncio.run(made())


@pytest.fixture
async def store(migrated: str, tmp_path: Path) -> AsyncIterator[Store]:
    """A store with its tables, all empty."""
    store = Store(await _fresh(migrated, tmp_path))
    try:
        yield store
    finally:
        await store.close()


async def _fresh(migrated: str, folder: Path) -> str:
    """The file is copied, the data base of a server emptied: PostgreSQL takes five times as long to copy one."""
    if migrated.startswith("sqlite"):
        shutil.copy(migrated.removeprefix("sqlite:///"), folder / "calls.sqlite")
        return f"sqlite:///{folder / 'calls.sqlite'}"
    async with _administering(migrated) as connection:
        quoted = connection.dialect.identifier_preparer.format_table
        emptying = "; ".join(f"DELETE FROM {quoted(table)}" for table in Base.metadata.sorted_tables)
        if migrated.startswith("postgresql"):
            await connection.exec_driver_sql("SET session_replication_role = replica")  # keys are not checked meanwhile
            await connection.exec_driver_sql(f"DO $$ BEGIN {emptying}; END $$")
        else:
            await connection.exec_driver_sql("SET foreign_key_checks = 0")
            await connection.exec_driver_sql(f"BEGIN NOT ATOMIC {emptying}; END")
    return migrated


@asynccontextmanager
async def _administering(address: str) -> AsyncIterator[AsyncConnection]:
    engine = open_engine(address)
    try:
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            yield connection
    finally:
        await engine.dispose()
