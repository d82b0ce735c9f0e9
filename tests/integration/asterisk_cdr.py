"""Asterisk's own call records, which ours must agree with."""

import asyncio
import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asyncinotify import Inotify, Mask

from recording.reconcile.rows import MASTER
from recording.series import Series
from tests.integration.line import WAIT_S

WITHIN = timedelta(seconds=2)
"""Asterisk knows whole seconds."""

_SOURCE, _START, _ANSWER, _END = 1, 9, 10, 11


async def agrees_with_asterisk(state: Path, record: dict[str, Any]) -> None:
    """Assert that start, answer and end of a record (as the API shows it) are Asterisk's, once it has written its own
    of that call, which it does apart from the ledger.

    Asterisk may have several rows of one call; the caller's number must be that of one call only.
    """
    file = state / "asterisk/log" / MASTER
    ours = tuple(record[end] for end in ("started_at", "answered_at", "ended_at"))
    theirs: tuple[str | None, ...] = ()
    with Inotify() as inotify:
        inotify.add_watch(file.parent, Mask.CREATE | Mask.MODIFY | Mask.MOVED_TO)
        try:
            async with asyncio.timeout(WAIT_S):
                while not _agree(ours, theirs := _theirs(file, record["caller"])):
                    await inotify.get()
        except TimeoutError:
            raise AssertionError(f"{record['caller']}: {ours} in our record, {theirs} in Asterisk's") from None


def _theirs(file: Path, caller: str) -> tuple[str | None, ...]:
    """Start, answer and end of all that Asterisk has written of the calls of this number; nothing, if it has not."""
    try:
        lines = [line for path in Series(file).files() for line in path.read_text("utf-8").splitlines()]
    except FileNotFoundError:  # moved aside just now, which is told as well
        return ()
    rows = [row for row in csv.reader(lines) if len(row) > _END and row[_SOURCE] == caller]
    if not rows:
        return ()
    answers = [row[_ANSWER] for row in rows if row[_ANSWER]]
    return min(row[_START] for row in rows), min(answers, default=None), max(row[_END] for row in rows)


def _agree(ours: tuple[str | None, ...], theirs: tuple[str | None, ...]) -> bool:
    return len(ours) == len(theirs) and all(map(_near, ours, theirs))


def _near(our: str | None, their: str | None) -> bool:
    if our is None or their is None:
        return our is their
    return abs(datetime.fromisoformat(our) - datetime.fromisoformat(their).replace(tzinfo=UTC)) <= WITHIN
