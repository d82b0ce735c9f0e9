"""Asterisk's own call records, which ours must agree with."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from recording.reconcile.rows import MASTER
from recording.series import Series

WITHIN = timedelta(seconds=1)
_SOURCE, _START, _ANSWER, _END = 1, 9, 10, 11


def agrees_with_asterisk(state: Path, record: dict[str, Any]) -> None:
    """Assert that start, answer and end of a record (as the API shows it) are Asterisk's, which knows whole seconds.

    Asterisk may have several rows of one call; the caller's number must be that of one call only.
    """
    files = Series(state / "asterisk/log" / MASTER).files()
    rows = [
        row
        for path in files
        for row in csv.reader(path.read_text("utf-8").splitlines())
        if row[_SOURCE] == record["caller"]
    ]
    assert rows, f"Asterisk knows no call of {record['caller']}"
    theirs = (
        min(row[_START] for row in rows),
        min((row[_ANSWER] for row in rows if row[_ANSWER]), default=None),
        max(row[_END] for row in rows),
    )
    ours = (record["started_at"], record["answered_at"], record["ended_at"])
    for our, their in zip(ours, theirs, strict=True):
        assert (our is None) == (their is None), (ours, theirs)
        if our and their:
            assert abs(datetime.fromisoformat(our) - datetime.fromisoformat(their).replace(tzinfo=UTC)) <= WITHIN * 2
