"""Watches over files that grow without end: moves Asterisk's ledger, call records and log aside when they are large or
their day is over, notes what still holds of the journal (its writer moves that aside itself), and removes what is old.
It removes nothing that is not in the data base yet, however old it is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from structlog import get_logger

from recording.database import is_away
from recording.entries import Source
from recording.series import MOST_BYTES, Series
from recording.standing import keep_standing
from recording.store import Store
from recording.tail import file_of

log = get_logger()

LOOK_S = 60.0

MOST_OUTPUT = 1 << 20
"""Bytes to which the output of a process may grow, and so many of its last are kept when it is cut short."""

KEEP_FILES = timedelta(days=100)
"""How long files moved aside stay, unless told otherwise."""


async def nothing() -> None:
    """There is nobody to tell."""


class Rotation:
    """`await run()` for ever. `asterisks` are the files Asterisk writes, which opens them anew for each line
    (docs/decisions/0027); `read` are those whose lines go to the data base. `logs` Asterisk keeps open: after one was
    moved aside, `reopen` has it opened anew. `outputs` are what processes print to, who cannot open them anew: they are
    cut short, their last part lies beside them (`.before`) until the next time. Of each series the newest file that was
    moved aside stays: its number says where counting goes on."""

    def __init__(
        self,
        store: Store,
        *,
        journal: Path,
        asterisks: Sequence[Path],
        read: Mapping[Source, Path],
        logs: Sequence[Path] = (),
        reopen: Callable[[], Awaitable[None]] = nothing,
        outputs: Sequence[Path] = (),
        keep: timedelta = KEEP_FILES,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._store = store
        self._journal = journal
        self._asterisks = asterisks
        self._read = read
        self._logs = logs
        self._reopen = reopen
        self._outputs = outputs
        self._keep = keep
        self._most_bytes = most_bytes
        self._looked: datetime | None = None

    async def run(self) -> None:
        """A look each minute. What cannot be done now is done at a later look."""
        while True:
            try:
                await self.look(datetime.now(UTC))
            except Exception as error:
                if not is_away(error):
                    raise
                if isinstance(error, OSError):
                    log.error("files are not rotated", id="rotation-failed", why=str(error))
            await asyncio.sleep(LOOK_S)

    async def look(self, now: datetime) -> None:
        """Do what is due. Raises OSError, and SQLAlchemy's errors while the data base is away."""
        for path in self._asterisks:
            self._move(path, now)
        for path in self._logs:
            self._move(path, now)
        self._looked = now
        if any(not path.exists() and Series(path).aside() for path in self._logs):
            await self._reopen()  # until it is there again: Asterisk writes on in the file that was moved aside
        for path in self._outputs:
            cut_short(path)
        await asyncio.to_thread(keep_standing, self._journal)
        before = now - self._keep
        for path in (*self._asterisks, *self._logs):
            if path not in self._read.values():
                series = Series(path)
                remove(series, _old(series, before))
        for source, path in self._read.items():
            await self._remove_read(source, path, before)

    def _move(self, path: Path, now: datetime) -> None:
        try:
            found = path.stat()
        except FileNotFoundError:
            return
        days = {datetime.fromtimestamp(found.st_mtime, UTC).date(), (self._looked or now).date()}
        if found.st_size >= self._most_bytes or (found.st_size and min(days) < now.date()):
            Series(path).move_aside()

    async def _remove_read(self, source: Source, path: Path, before: datetime) -> None:
        """Those that are old, and of which every line is in the data base: it has begun with a later one."""
        series = Series(path)
        if not _old(series, before):
            return
        position = await self._store.position(source)
        files = series.files()
        now_read = file_of(files, position)
        done = files[: files.index(now_read)] if now_read is not None else []
        remove(series, [(number, one) for number, one in _old(series, before) if one in done])


def cut_short(path: Path, most_bytes: int = MOST_OUTPUT) -> None:
    """Let a file that is appended to be no longer than so many bytes by more than what is printed between two looks.
    What is printed between copying and cutting is lost: nobody counts on it. Raises OSError."""
    try:
        output = path.open("rb+")
    except FileNotFoundError:
        return
    with output:
        size = output.seek(0, 2)
        if size <= most_bytes:
            return
        output.seek(size - most_bytes)
        with suppress(OSError):  # where there is no room for it, room is wanted more
            path.with_name(f"{path.name}.before").write_bytes(output.read(most_bytes))
        output.truncate(0)
    log.info("output cut short", file=path.name, bytes=size)


def _old(series: Series, before: datetime) -> list[tuple[int, Path]]:
    """The files of which the last line is older, but for the newest that was moved aside."""
    found: list[tuple[int, Path]] = []
    for number, path in series.aside()[:-1]:
        if path.stat().st_mtime >= before.timestamp():
            break
        found.append((number, path))
    return found


def remove(series: Series, old: Sequence[tuple[int, Path]]) -> None:
    """The oldest first: what stays is without a gap. What held when it was begun goes before the file itself, whose
    number is forgotten with it."""
    for number, path in old:
        series.held(number).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    if old:
        log.info("old files removed", series=series.path.name, files=len(old))
