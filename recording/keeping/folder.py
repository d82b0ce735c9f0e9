"""Recordings kept in a folder: of this machine, or of a file system that is mounted."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from recording.keeping.shelf import PIECE, NotConfirmed, NotOnShelf, Put, ShelfAway, fitting

UNFINISHED = ".part"


class FolderShelf:
    """The files below `root`. It must be there unless `make` is set: a file system that is not mounted is away."""

    name = "folder"

    def __init__(self, root: Path, *, make: bool = False) -> None:
        self._root = root
        self._make = make

    def put(self, name: str, file: Path) -> Put:
        """See Shelf. A file that lies where it is to be kept stays as it is."""
        target = self._path(name)
        with self._there():
            target.parent.mkdir(parents=True, exist_ok=True)
        same = target.exists() and target.samefile(file)
        wanted = _digest(file) if same else self._copy(file, target)
        with self._there():
            found = _digest(target)
        if found != wanted:
            raise NotConfirmed(f"{name} was not written as it was read")
        return found

    def read(self, name: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """See Shelf."""
        with self._there():
            try:
                source = self._path(name).open("rb")
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                raise NotOnShelf(f"there is no {name} in the folder of recordings") from None
            with source:
                source.seek(start)
                left = length
                while piece := source.read(PIECE if left is None else min(PIECE, left)):
                    yield piece
                    left = None if left is None else left - len(piece)

    def size(self, name: str) -> int | None:
        """See Shelf."""
        with self._there():
            try:
                return self._path(name).stat().st_size
            except (FileNotFoundError, NotADirectoryError):
                return None

    def delete(self, name: str) -> None:
        """See Shelf. Folders that are empty then go, too."""
        with self._there():
            path = self._path(name)
            path.unlink(missing_ok=True)
            for folder in path.parents:
                if folder == self._root or not folder.is_dir() or any(folder.iterdir()):
                    break
                folder.rmdir()

    def lies_at(self, name: str, file: Path) -> bool:
        """See Shelf."""
        with self._there():
            target = self._path(name)
            return target.exists() and file.exists() and target.samefile(file)

    def names(self, prefix: str = "") -> Iterator[str]:
        """See Shelf."""
        with self._there():
            for folder, _, files in os.walk(self._root):
                for file in files:
                    name = (Path(folder) / file).relative_to(self._root).as_posix()
                    if name.startswith(prefix) and not name.endswith(UNFINISHED):
                        yield name

    def _path(self, name: str) -> Path:
        return self._root / fitting(name)

    def _copy(self, file: Path, target: Path) -> Put:
        unfinished = target.with_name(target.name + UNFINISHED)
        digest, size = sha256(), 0
        with file.open("rb") as source, self._there():
            try:
                with unfinished.open("wb") as sink:
                    while piece := source.read(PIECE):
                        sink.write(piece)
                        digest.update(piece)
                        size += len(piece)
                    sink.flush()
                    os.fsync(sink.fileno())
                unfinished.replace(target)
                _settle(target.parent)
            finally:
                unfinished.unlink(missing_ok=True)
        return Put(size, digest.hexdigest())

    @contextmanager
    def _there(self) -> Iterator[None]:
        try:
            if self._make:
                self._root.mkdir(parents=True, exist_ok=True)
            elif not self._root.is_dir():
                raise ShelfAway("the folder of recordings is not there; expected it, as callcenter.toml names it")
            yield
        except OSError as error:
            raise ShelfAway(f"the folder of recordings: {error.strerror or error}") from error


def _digest(file: Path) -> Put:
    digest, size = sha256(), 0
    with file.open("rb") as source:
        while piece := source.read(PIECE):
            digest.update(piece)
            size += len(piece)
    return Put(size, digest.hexdigest())


def _settle(folder: Path) -> None:
    """A new name lasts when its folder is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
