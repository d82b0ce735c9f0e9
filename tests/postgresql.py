"""A PostgreSQL of our own on a free port of loopback, which can be killed, stopped in its tracks, and started again."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cti.simulation.ports import free_port

USER = "postgres" if os.geteuid() == 0 else None
"""PostgreSQL refuses root, so root lends its own user."""


class PostgresqlServer:
    """One cluster of data bases. `options` are settings besides those that make it cheap and unreachable from outside:
    with `fsync=on` what was committed outlives the machine, too.
    """

    def __init__(self, *options: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="callcenter-postgresql-"))
        self.port = free_port("127.0.0.1")
        self._options = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", *options)
        self._process: subprocess.Popen[str] | None = None
        if USER:
            shutil.chown(self.folder, USER, USER)
        subprocess.run(
            [_program("initdb"), "-D", self._data, "-U", "test", "-A", "trust", "--no-sync", "-E", "UTF8",
             "--locale=C"],
            check=True, capture_output=True, cwd=self.folder, user=USER, group=USER, extra_groups=self._groups,
        )  # fmt: skip

    @property
    def address(self) -> str:
        """Without a data base's name."""
        return f"postgresql://test@127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The first of its processes."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Starts it, again after it was killed; returns when it takes connections."""
        for _ in range(100):  # what a killed one leaves behind ends a little later than itself
            said = self._started()
            if said is None:
                return
            if "shared memory" not in said and "lock file" not in said:
                break
        raise AssertionError(f"PostgreSQL did not start:\n{said}")

    def kill(self) -> None:
        """With -9: all its processes, as a machine that loses its power."""
        for pid in [*self._backends(), self.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._reap()

    def hang(self) -> None:
        """It takes connections, as far as the kernel does that for it, and answers nothing until `resume`."""
        for pid in [self.pid, *self._backends()]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)

    def resume(self) -> None:
        """It goes on as if nothing had been."""
        for pid in [*self._backends(), self.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def close(self) -> None:
        """Stops it and removes everything."""
        if self._process is not None and self._process.poll() is None:
            self.resume()
            self._process.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
            self._reap()
        shutil.rmtree(self.folder)

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    @property
    def _groups(self) -> list[str] | None:
        return [] if USER else None

    def _backends(self) -> list[int]:
        tasks = Path(f"/proc/{self.pid}/task").glob("*/children")
        return [int(child) for task in tasks for child in task.read_text("utf-8").split()]

    def _started(self) -> str | None:
        """None, or what it said when it could not."""
        self._process = subprocess.Popen(
            [_program("postgres"), "-D", self._data, "-p", str(self.port),
             *(part for one in self._options for part in ("-c", one))],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=self.folder,
            user=USER, group=USER, extra_groups=self._groups,
        )  # fmt: skip
        said = ""
        assert self._process.stderr is not None
        for line in self._process.stderr:
            said += line
            if "ready to accept connections" in line:
                threading.Thread(target=_drain, args=(self._process,), daemon=True).start()
                return None
        self._reap()
        return said

    def _reap(self) -> None:
        assert self._process is not None
        self._process.wait()


@contextmanager
def running_postgresql(*options: str) -> Iterator[PostgresqlServer]:
    """A server that runs, and is gone after the block."""
    server = PostgresqlServer(*options)
    try:
        server.start()
        yield server
    finally:
        server.close()


def _drain(process: subprocess.Popen[str]) -> None:
    """A server whose words nobody reads stands still when the pipe is full."""
    assert process.stderr is not None
    with process.stderr:
        for _ in process.stderr:
            pass


def _program(name: str) -> str:
    found = [*sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True), shutil.which(name)]
    program = next((str(one) for one in found if one), None)
    if program is None:
        raise AssertionError(f"PostgreSQL's {name} is missing; install it: apt-get install -y postgresql")
    return program
