"""The port through which recordings are kept: a folder (folder.py) or a bucket of an S3-compatible store (s3.py).

All of it blocks; whoever has a loop calls it in a thread.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

PIECE = 256 * 1024
"""Bytes read at a time."""


class ShelfError(Exception):
    """Something is wrong with a shelf; `id` says what."""

    id = "recording-shelf-failed"


class ShelfAway(ShelfError):
    """It cannot be reached, is full, or lets us not in: what should go there waits."""

    id = "recording-shelf-away"


class NotOnShelf(ShelfError):
    """There is nothing of that name."""

    id = "recording-not-on-shelf"


class NotConfirmed(ShelfError):
    """What lies there is not what was put there."""

    id = "recording-not-confirmed"


@dataclass(frozen=True, slots=True)
class Put:
    """What lies on the shelf, as the shelf itself has confirmed: its size, and its SHA-256 in 64 figures."""

    bytes: int
    sha256: str


class Shelf(Protocol):
    """Keeps files by name: parts of letters, figures, dots and dashes with / between, such as
    2026/11/22/0123abcd-1.flac. Every method raises ShelfAway."""

    @property
    def name(self) -> str:
        """Which shelf this is, the same for as long as its files lie there; at most 16 characters."""

    def put(self, name: str, file: Path) -> Put:
        """Keep a copy of this file, whole or not at all, in place of an older one; returns when the shelf has confirmed
        what lies there. Raises NotConfirmed if that is something else, OSError if the file cannot be read."""

    def read(self, name: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """`length` bytes from `start` on, or those that are there, in pieces. Raises NotOnShelf at the first piece."""

    def size(self, name: str) -> int | None:
        """The file's size in bytes; None where there is no such file."""

    def delete(self, name: str) -> None:
        """Let nothing of that name be there, in no version that can be had again."""

    def lies_at(self, name: str, file: Path) -> bool:
        """Whether what the shelf holds under this name is this very file."""

    def names(self, prefix: str = "") -> Iterator[str]:
        """Every name that begins so, in no order."""


def fitting(name: str) -> str:
    """The name, which cannot lead out of the shelf; raises ValueError for any other."""
    path = PurePosixPath(name)
    if not name or path.is_absolute() or str(path) != name or ".." in path.parts or not name.isprintable():
        raise ValueError(f"{name!r} is no name of a file on a shelf")
    return name
