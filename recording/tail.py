"""One growing file of lines, read from where reading stopped, though it be truncated, replaced or moved aside.
It decides what to read next, not when (recording.ingest) nor what the lines mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from structlog import get_logger

from recording.entries import Position
from recording.series import Series

log = get_logger()

CHUNK_SIZE = 524_288
"""Bytes read at once: more than the longest row; of so many a transaction takes a fifth of a second."""
_FIRST_LINE_LIMIT = 65_536


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes that follow `before`: from `offset` of the file that begins with `head`, empty at the beginning of a file.
    `final`: no more of them will follow, so what is half now stays half."""

    before: Position
    data: bytes
    offset: int = 0
    head: str = ""
    final: bool = False

    def used(self, consumed: int) -> Position:
        """The position behind the first `consumed` bytes."""
        if not consumed:
            return self.before
        return Position(self.offset + consumed, self.head or _digest(self.data))


class Tail:
    """The series of files at `path`, followed through rotation: each is read to its end before the next is begun. Where
    reading stopped is found by the first line of the file, whatever its name is now. Reading begins with the oldest.

    A file is over once there is a next one: Asterisk opens its file anew for each line and the journal's writer never
    goes back, so nothing is written any more to a file that has a successor (docs/decisions/0027).
    """

    def __init__(self, path: Path, chunk_size: int = CHUNK_SIZE) -> None:
        self.path = path
        self._series = Series(path)
        self._chunk_size = chunk_size

    def read(self, position: Position) -> Chunk:
        """What follows `position`; nothing, if there is nothing new. Raises OSError."""
        while True:
            seen = self._look()
            try:
                chunk = self._read(seen[0], position)
            except FileNotFoundError:  # moved or removed at this moment
                continue
            if self._look() == seen:  # else a name may have meant another file when it was opened
                return chunk

    def waiting(self, position: Position) -> int:
        """How many lines follow `position` in all files: a second for each gigabyte of them. Raises OSError."""
        files = self._series.files()
        found = file_of(files, position)
        rest = files[files.index(found) :] if found is not None else files
        return sum(_line_ends(path, position.offset if path == found else 0) for path in rest)

    def _look(self) -> tuple[list[Path], int]:
        files = self._series.files()
        return files, self.path.stat().st_ino if self.path in files and self.path.exists() else 0

    def _read(self, files: list[Path], position: Position) -> Chunk:
        found = file_of(files, position)
        if found is not None and (chunk := self._piece(files, found, position)).data:
            return chunk
        rest = files[files.index(found) + 1 :] if found is not None else files
        for path in rest:
            if (chunk := self._piece(files, path, position, begin=True)).data:
                if found is None and position.head:
                    log.warning("file begins anew", id="ledger-replaced", path=str(path), read_before=position.offset)
                return chunk
        return Chunk(position, b"")

    def _piece(self, files: list[Path], path: Path, position: Position, *, begin: bool = False) -> Chunk:
        offset, head = (0, "") if begin else (position.offset, position.head)
        over = path != files[-1]
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(offset)
            data = file.read(self._chunk_size)
        endless = len(data) == self._chunk_size and b"\n" not in data
        return Chunk(position, data, offset, head, final=endless or (over and offset + len(data) >= size))


def file_of(files: Sequence[Path], position: Position) -> Path | None:
    """Which of the files of a series `position` was taken in; None if in none, or nothing has been read yet. Raises
    OSError."""
    if not position.head:
        return None
    for path in reversed(files):
        with path.open("rb") as file:
            if _holds(file, position):
                return path
    return None


def _line_ends(path: Path, offset: int) -> int:
    with path.open("rb") as file:
        file.seek(offset)
        return sum(piece.count(b"\n") for piece in iter(partial(file.read, CHUNK_SIZE), b""))


def _holds(file: BinaryIO, position: Position) -> bool:
    """Whether this is the file in which `position` was taken."""
    if file.seek(0, 2) < position.offset:
        return False
    file.seek(0)
    return _digest(file.readline(_FIRST_LINE_LIMIT)) == position.head


def _digest(data: bytes) -> str:
    first, _, _ = data[:_FIRST_LINE_LIMIT].partition(b"\n")
    return sha256(first).hexdigest()
