"""Who is the daemon of a state folder: one process, which says so in `daemon.pid` and keeps that file locked. The
kernel knows whose a lock is and whether he lives, so a number that another process was given since is not taken for
his.
"""

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class DaemonRuns(Exception):
    """Another daemon serves this state folder."""

    id = "daemon-runs"


_LOCK = struct.Struct("hhqqi4x")
"""flock in fcntl(2): type, whence, start, length, and the process that holds it."""


@contextmanager
def serving_alone(state: Path) -> Iterator[None]:
    """Be the daemon of this state folder. Children that are forked meanwhile are not. Raises DaemonRuns."""
    with (state / "daemon.pid").open("a+") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DaemonRuns(f"{state}: daemon {daemon_of(state)} works here") from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def daemon_of(state: Path) -> int | None:
    """The process id of the daemon that serves this state folder now, whoever started it; not for itself to ask."""
    try:
        with (state / "daemon.pid").open() as file:
            asked = _LOCK.pack(fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0)
            kind, _, _, _, pid = _LOCK.unpack(fcntl.fcntl(file, fcntl.F_GETLK, asked))
    except FileNotFoundError:
        return None
    return None if kind == fcntl.F_UNLCK or pid <= 0 else int(pid)  # below 1: in another container, not ours to end
