"""A file of lines that grows without end, as a series of files: the one that is written now, and those moved aside
before it, `<name>.<six digits>`, counted up. It decides their names and their order; when one is moved aside is decided
by who writes (recording.journal) or watches over another's writing (recording.rotation).
"""

import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path

MOST_BYTES = 16 * 1024 * 1024
"""A file is moved aside when it is so large, or its day (UTC) is over: what is read at a restart has a bound."""

_NUMBER = re.compile(r"\.(\d{6,})$")
_HELD = re.compile(r"\.(\d{6,})\.held$")
_OURS = re.compile(r"\.\d{6,}\.held(\.part)?$")


class Series:
    """The files of one series. Moving one aside is one rename: whoever dies, each line stands in exactly one file."""

    def __init__(self, path: Path) -> None:
        """`path` is where the series is written; nothing need be there."""
        self.path = path

    def aside(self) -> list[tuple[int, Path]]:
        """Those moved aside, with their numbers, the oldest first."""
        found = ((match, path) for path in self._siblings() if (match := self._number(path)) is not None)
        return sorted(found)

    @property
    def number(self) -> int:
        """That of the file which is written now."""
        begun = [int(found[1]) for name in self._names() if (found := _HELD.search(name))]
        return max([1, *begun, *(number + 1 for number, _ in self.aside())])

    def held(self, number: int) -> Path:
        """The file that may lie beside file `number`: what held when that was begun (recording.standing)."""
        return self.path.with_name(f"{self.path.name}.{number:06}.held")

    def files(self) -> list[Path]:
        """All of them in the order in which they were written. Files that somebody else has put aside in the same
        folder (`ledger.csv.1`) stand where the time of their last line puts them."""
        order = [path for _, path in self.aside()]
        ours = set(order)
        foreign = [(time, path) for path in self._siblings() if path not in ours and (time := _written_ns(path))]
        for time, path in sorted(foreign):
            later = (place for place, one in enumerate(order) if one in ours and (_written_ns(one) or time) > time)
            order.insert(next(later, len(order)), path)
        if self.path.exists():
            order.append(self.path)
        return order

    def move_aside(self) -> Path | None:
        """Gives the file that is written now its number; None if there is none. Raises OSError."""
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)  # two at a time would give the same number to two files
            target = self.path.with_name(f"{self.path.name}.{self.number:06}")
            os.rename(self.path, target)
        except FileNotFoundError:
            return None
        finally:
            os.close(folder)
        return target

    def last_lines(self, size: int) -> Iterator[bytes]:
        """The last `size` bytes of all files, line by line; the first line may be cut. Raises OSError."""
        begin: list[tuple[Path, int]] = []
        for path in reversed(self.files()):
            there = path.stat().st_size
            begin.append((path, max(0, there - size)))
            size -= there
            if size <= 0:
                break
        for path, offset in reversed(begin):
            with path.open("rb") as lines:
                lines.seek(offset)
                yield from lines

    def _siblings(self) -> list[Path]:
        names = (name for name in self._names() if name != self.path.name and not _OURS.search(name))
        return [self.path.with_name(name) for name in names]

    def _names(self) -> list[str]:
        try:
            return sorted(name for name in os.listdir(self.path.parent) if name.startswith(self.path.stem))
        except FileNotFoundError:
            return []

    def _number(self, path: Path) -> int | None:
        match = _NUMBER.search(path.name)
        return int(match[1]) if match is not None and path.name == f"{self.path.name}{match[0]}" else None


def _written_ns(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
