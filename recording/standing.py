"""What still holds of the journal, read without reading all of it: beside each of its files lies what held when that
file was begun. Which lines those are is decided in recording.holding.

The files beside are made after the fact, and each is made of the one before it and the file between: whichever is
missing, a reader begins with an earlier one and reads more.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from recording.holding import Holding
from recording.series import Series


def standing(journal: Path) -> list[bytes]:
    """The lines that hold now, in the order in which they were written; none if there is no journal. Raises OSError."""
    series = Series(journal)
    held, files = since(series, series.number)
    return _holding(held, files)


def keep_standing(journal: Path) -> list[Path]:
    """Makes the files beside that are missing, each whole or not at all; returns them. Takes a second for each hundred
    megabytes of journal moved aside since. Raises OSError."""
    series = Series(journal)
    made: list[Path] = []
    for number, path in series.aside():
        beside = series.held(number + 1)
        if not beside.exists():
            held, files = since(series, number)
            _write(beside, _holding(held, files[: files.index(path) + 1]))
            made.append(beside)
    return made


def since(series: Series, number: int) -> tuple[Path | None, list[Path]]:
    """What is to be read to know how things stood when file `number` was begun, and what came then: the newest file
    beside that helps, if there is one, and all files from there on."""
    numbered = series.aside()
    oldest = numbered[0][0] if numbered else 1
    begin = next((one for one in range(number, oldest - 1, -1) if series.held(one).exists()), None)
    files = series.files()
    if begin is None:
        return None, files
    before = [path for one, path in numbered if one < begin]
    return series.held(begin), files[files.index(before[-1]) + 1 if before else 0 :]


def _holding(held: Path | None, files: Iterable[Path]) -> list[bytes]:
    holding = Holding()
    for path in (*([held] if held else ()), *files):
        with path.open("rb") as lines:
            for line in lines:
                holding.add(line)
    return holding.lines


def _write(path: Path, lines: Sequence[bytes]) -> None:
    unfinished = path.with_name(f"{path.name}.part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as sink:
        sink.writelines(lines)
        sink.flush()
        os.fsync(sink.fileno())
    os.replace(unfinished, path)
