"""Asterisk's own call records, which ours must agree with."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

WITHIN = timedelta(seconds=1)
_SOURCE, _START, _ANSWER, _END = 1, 9, 10, 11


def agrees_with_asterisk(state: Path, record: dict[str, Any]) -> None:
    """Assert that start, answer and end of a record (as the API shows it) are Asterisk's, which knows whole seconds.

    Asterisk may have several rows of one call; the caller's number must be that of one call only.
    """
    with (state / "asterisk/log/cdr-csv/Master.csv").open(newline="") as file:
        rows = [row for row in csv.reader(file) if row[_SOURCE] == record["caller"]]
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
