"""The append-only files in which the router's facts outlive the daemon. It decides how a fact reaches the disk and
when a new file is begun, not what is a fact (acd.facts) nor what follows from it (recording.fold).
"""

import json
import os
from pathlib import Path

from structlog import get_logger

from acd.facts import Fact, to_json
from recording.series import MOST_BYTES, Series

log = get_logger()

_DAY_MS = 86_400_000


class JournalError(OSError):
    """A fact could not be written; the service goes on without it and the call's record is rebuilt from CEL."""

    id = "journal-write-failed"


class Journal:
    """One JSON object a line, each written by one `write` on an append-only descriptor: a process that is killed
    leaves whole lines. What it leaves half (a full disk) is closed off by a newline before the next fact.

    `append` never raises: a full disk must not cost a caller. `healthy` and `error` carry the trouble to the alarm.

    With the first fact of a day (UTC), and where the file has grown to `most_bytes`, it is moved aside
    (recording.series) and a new one begun. As long as no new one can be, the old is written on, whatever its name is.
    """

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES) -> None:
        """Opens or creates the file; raises OSError when that cannot be done, for then the daemon should not start."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.lost = 0
        self.error: JournalError | None = None
        self._series = Series(path)
        self._most_bytes = self._limit = most_bytes
        self._descriptor = opened(path)
        self._size, self._day = self._found()
        self._torn = self._ends_torn()

    @property
    def healthy(self) -> bool:
        """False from the first fact that could not be written to the next that could."""
        return self.error is None

    def append(self, fact: Fact) -> None:
        """Writes the fact, or counts it as lost; logs once when writing begins to fail and once when it works again."""
        line = json.dumps(to_json(fact), ensure_ascii=False, separators=(",", ":")) + "\n"
        self._begin_anew(fact.at_ms // _DAY_MS)
        # A lone surrogate can come from a caller's name that was not UTF-8; it is kept readable rather than refused.
        written = (b"\n" if self._torn else b"") + line.encode("utf-8", "backslashreplace")
        try:
            count = os.write(self._descriptor, written)
        except OSError as error:
            self._fail(str(error.strerror))
            return
        self._size += count
        self._torn = count < len(written)
        if self._torn:
            self._fail(f"{count} of {len(written)} bytes taken")
        elif self.error is not None:
            log.info("journal is written again", path=str(self.path), lost=self.lost)
            self.error = None

    def close(self) -> None:
        """Ends the use of the file; the journal takes no fact after this."""
        os.close(self._descriptor)

    def _fail(self, why: str) -> None:
        self.lost += 1
        if self.error is None:
            self.error = JournalError(f"journal {self.path}: {why}; a fact a line was expected to be taken whole")
            log.error("journal cannot be written", id=self.error.id, path=str(self.path), why=why)

    def _begin_anew(self, day: int) -> None:
        """Hands over to a new file where that is due. The old one has its last line then: who reads it may take it for
        complete as soon as there is another."""
        if self._size < self._limit and (day <= self._day or not self._size):
            self._day = max(day, self._day)
            return
        self._day, self._limit = day, self._size + self._most_bytes  # where it fails it is tried again then
        try:
            self._series.move_aside()
            descriptor = opened(self.path)
        except OSError as error:
            log.error("journal goes on in its old file", id="journal-not-rotated", why=str(error.strerror))
            return
        os.close(self._descriptor)
        self._descriptor, self._size, self._torn, self._limit = descriptor, 0, False, self._most_bytes

    def _found(self) -> tuple[int, int]:
        """How large the file is, and the last day on which it was written."""
        found = os.fstat(self._descriptor)
        return found.st_size, found.st_mtime_ns // (_DAY_MS * 1_000_000)

    def _ends_torn(self) -> bool:
        size = os.fstat(self._descriptor).st_size
        return size > 0 and os.pread(self._descriptor, 1, size - 1) != b"\n"


def opened(path: Path) -> int:
    """The file, open to be written on at its end. Raises OSError."""
    return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
