"""One growing file of lines, read from where reading stopped, though it be truncated, replaced or moved aside.
It decides what to read next, not when (recording.ingest) nor what the lines mean.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from structlog import get_logger

from recording.entries import Position

log = get_logger()

CHUNK_SIZE = 524_288
"""Bytes read at once: more than the longest row; of so many a transaction takes a fifth of a second."""
_FIRST_LINE_LIMIT = 65_536


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes from `position` on. `final`: no more of them will follow, so what is half now stays half."""

    position: Position
    data: bytes
    final: bool = False

    def used(self, consumed: int) -> Position:
        """The position behind the first `consumed` bytes."""
        head = self.position.head
        if not head and consumed:
            head = _digest(self.data)
        return Position(self.position.offset + consumed, head)


class Tail:
    """The file at `path`, followed through rotation. A file moved aside is read to its end before its successor is
    begun; it is found by its first line among the files of the same folder.
    """

    def __init__(self, path: Path, chunk_size: int = CHUNK_SIZE) -> None:
        self.path = path
        self._chunk_size = chunk_size

    def read(self, position: Position) -> Chunk:
        """What follows `position`; nothing, if there is nothing new. Raises OSError."""
        if _holds(self.path, position):
            data = self._bytes(self.path, position.offset)
            return Chunk(position, data, final=len(data) == self._chunk_size and b"\n" not in data)
        aside = self._moved_aside(position)
        if aside and (data := self._bytes(aside, position.offset)):
            return Chunk(position, data, final=position.offset + len(data) == aside.stat().st_size)
        data = self._bytes(self.path, 0) if self.path.exists() else b""
        if not data:
            return Chunk(position, b"")
        if not aside:
            log.warning("file begins anew", id="ledger-replaced", path=str(self.path), read_before=position.offset)
        return Chunk(Position(), data)

    def _bytes(self, path: Path, offset: int) -> bytes:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(self._chunk_size)

    def _moved_aside(self, position: Position) -> Path | None:
        siblings = sorted(self.path.parent.glob(f"{self.path.stem}*"))
        return next((path for path in siblings if path != self.path and _holds(path, position)), None)


def _holds(path: Path, position: Position) -> bool:
    """Whether this is the file in which `position` was taken."""
    try:
        if path.stat().st_size < position.offset:
            return False
        if not position.head:
            return True
        with path.open("rb") as file:
            return _digest(file.readline(_FIRST_LINE_LIMIT)) == position.head
    except FileNotFoundError:
        return False


def _digest(data: bytes) -> str:
    first, _, _ = data[:_FIRST_LINE_LIMIT].partition(b"\n")
    return sha256(first).hexdigest()
