"""Columns and rows as CSV (RFC 4180): UTF-8, lines end with CR LF, a header line, a decimal point, times of ISO 8601.

A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV injection"), numbers of
callers that begin with + among them; numbers stay numbers.
"""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from recording.reports.columns import Datum, Export

BOM = "\ufeff"
"""Says "UTF-8" to spreadsheets that would guess something else."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula; full-width signs are, in East Asian versions."""

ROWS_AT_ONCE = 500


def csv_of(export: Export, *, bom: bool = False) -> Iterator[bytes]:
    """The file, piece by piece."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    if bom:
        buffer.write(BOM)
    writer.writerow([column.name for column in export.columns])
    for count, row in enumerate(export.rows, 1):
        writer.writerow([_cell(value) for value in row])
        if count % ROWS_AT_ONCE == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def guarded(text: str) -> str:
    """The text such that no spreadsheet computes it."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _taken(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return piece


def _cell(value: Datum) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case int():
            return str(value)
        case str():
            return guarded(value)
