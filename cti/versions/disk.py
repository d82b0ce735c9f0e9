"""Files that are there whole or not at all, and stay so when the machine loses its power: write, sync, then rename.

Every system call that changes something is made here, so that a test can stop the process before each of them.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

READ_ONLY = 0o444


def write_new(path: Path, content: bytes, mode: int = READ_ONLY) -> None:
    """A new file with this content, on the disk. Raises OSError, also where there is one of that name."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fchmod(descriptor, mode)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Give a file this content, at once and for good. Only one process at a time may do this to one file."""
    temporary = path.with_name(f".{path.name}.new")
    with suppress(FileNotFoundError):
        os.unlink(temporary)  # of a process that was killed
    write_new(temporary, content, mode)
    os.rename(temporary, path)
    sync_folder(path.parent)


def link(source: Path, path: Path) -> None:
    """The same file under a second name. Raises OSError where the file system cannot do that."""
    os.link(source, path, follow_symlinks=False)


def make_folder(path: Path) -> None:
    """A new folder that only its owner may enter, and those above it; one that is there stays."""
    if path.is_dir():
        return
    make_folder(path.parent)
    with suppress(FileExistsError):
        os.mkdir(path, 0o700)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """What was made, renamed or removed in the folder is so for good."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_tree(path: Path) -> None:
    """Remove a folder with all that is in it, if it is there."""
    with suppress(FileNotFoundError):
        shutil.rmtree(path)


@contextmanager
def locked(path: Path, *, shared: bool = False, wait: bool = False) -> Iterator[None]:
    """Hold the lock of this file, alone or with others who share it. It is given up when the process dies.

    Raises BlockingIOError where another holds it, unless `wait`.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)
