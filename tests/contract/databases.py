"""Empty data bases for tests: SQLite in a file, and a PostgreSQL of our own on a free port of loopback."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from cti.simulation.ports import free_port
from recording.store import Store


def _program(name: str) -> str:
    found = [*sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True), shutil.which(name)]
    program = next((str(one) for one in found if one), None)
    if program is None:
        pytest.fail(f"PostgreSQL's {name} is missing; install it: apt-get install -y postgresql")
    return program


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A running server's address without a data base's name; PostgreSQL refuses root, so root lends its own user."""
    user = "postgres" if os.geteuid() == 0 else None
    groups: list[str] | None = [] if user else None
    folder = Path(tempfile.mkdtemp(prefix="callcenter-postgresql-"))
    if user:
        shutil.chown(folder, user, user)
    data = str(folder / "data")
    try:
        subprocess.run(
            [_program("initdb"), "-D", data, "-U", "test", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"],
            check=True, capture_output=True, cwd=folder, user=user, group=user, extra_groups=groups,
        )  # fmt: skip
        port = free_port("127.0.0.1")
        options = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "max_connections=20")
        server = subprocess.Popen(
            [_program("postgres"), "-D", data, "-p", str(port), *(part for one in options for part in ("-c", one))],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=folder,
            user=user, group=user, extra_groups=groups,
        )  # fmt: skip
        assert server.stderr is not None
        try:
            said = ""
            for line in server.stderr:
                said += line
                if "ready to accept connections" in line:
                    break
            else:
                pytest.fail(f"PostgreSQL did not start:\n{said}")
            yield f"postgresql://test@127.0.0.1:{port}"
        finally:
            server.terminate()
            server.stderr.close()
            server.wait()
    finally:
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty data base."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'calls.sqlite'}"
    server: str = request.getfixturevalue("postgresql_server")
    name = f"test_{uuid4().hex}"
    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    return f"{server}/{name}"


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    """A store with its tables."""
    store = Store(database)
    await store.migrate()
    try:
        yield store
    finally:
        await store.close()
