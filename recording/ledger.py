"""What Asterisk's ledger (CEL as CSV) says, row by row. It decides how bytes become rows; what the rows of a call mean
is decided in recording.fold.

The columns and their order are those of `cel_custom.conf`; every field is quoted, a quote inside is doubled (RFC 4180).
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple

from recording.lines import Reading, RejectedLine, whole_lines

COLUMNS = 19
VANISHED = "vanished"  # in the extra of a LINKEDID_END that we wrote for a call Asterisk lost
ROW_LIMIT = 65_536  # bytes; a quote that is never closed must not swallow the rest of the ledger

# A row's beginning. Inside a field every quote is doubled, so nothing a caller sends can look like one.
_BEGINNING = re.compile(rb'"[A-Za-z][A-Za-z0-9_ -]*","\d+\.\d{6}","')


class RowError(ValueError):
    """A line of the ledger that is no row."""

    id = "ledger-row-invalid"


class RowType(StrEnum):
    """The event types the fold looks at; a row may be of any other."""

    CHAN_START = "CHAN_START"
    ANSWER = "ANSWER"
    HANGUP = "HANGUP"
    CHAN_END = "CHAN_END"
    APP_START = "APP_START"
    APP_END = "APP_END"
    BRIDGE_ENTER = "BRIDGE_ENTER"
    BRIDGE_EXIT = "BRIDGE_EXIT"
    BLIND_TRANSFER = "BLINDTRANSFER"
    ATTENDED_TRANSFER = "ATTENDEDTRANSFER"
    STREAM_BEGIN = "STREAM_BEGIN"
    STREAM_END = "STREAM_END"
    PARK_START = "PARK_START"
    PARK_END = "PARK_END"
    LINKEDID_END = "LINKEDID_END"


class LedgerRow(NamedTuple):
    """One CEL event of one channel. `at_us` is microseconds since the epoch on Asterisk's clock."""

    type: str
    at_us: int
    caller_name: str
    caller: str
    extension: str
    context: str
    channel: str
    application: str
    data: str
    uniqueid: str
    linkedid: str
    extra: Mapping[str, Any]


def read_rows(data: bytes, *, final: bool = False) -> Reading[LedgerRow]:
    """The whole rows at the beginning of `data`; what follows the last of them waits for more bytes, unless `final`.

    Bad lines are rejected one by one: a row torn by a crash costs itself, never its neighbour.
    """
    rows: list[tuple[str, LedgerRow]] = []
    rejected: list[RejectedLine] = []
    consumed = 0
    for piece in _pieces(data, final):
        consumed += len(piece)
        body = piece.decode("utf-8", "backslashreplace").removesuffix("\n")
        try:
            rows.append((body, parse_row(body)))
        except RowError as error:
            rejected.append(RejectedLine(body=body, why=str(error)))
    return Reading(events=tuple(rows), rejected=tuple(rejected), consumed=consumed)


def _pieces(data: bytes, final: bool) -> Iterator[bytes]:
    """Each a row or the wreck of one. A line break inside a field does not end a row, the beginning of another does."""
    pending: list[bytes] = []
    size = quotes = used = 0
    for part in _parts(data):
        if not pending and part.count(b'"') % 2 == 0:  # as almost every line is: a row by itself
            used += len(part)
            yield part
            continue
        if pending and (_BEGINNING.match(part) or size > ROW_LIMIT):
            yield b"".join(pending)
            pending, size, quotes = [], 0, 0
        pending.append(part)
        size += len(part)
        used += len(part)
        quotes += part.count(b'"')
        if quotes % 2 == 0:
            yield b"".join(pending)
            pending, size, quotes = [], 0, 0
    if final and (pending or used < len(data)):
        yield b"".join(pending) + data[used:]


def _parts(data: bytes) -> Iterator[bytes]:
    """The complete lines, cut where a row begins inside one: Asterisk died while it wrote what is before."""
    for line in whole_lines(data):
        if not _BEGINNING.search(line, 1):
            yield line
            continue
        cuts = (found.start() for found in _BEGINNING.finditer(line, 1))
        for start, end in pairwise((0, *cuts, len(line))):
            yield line[start:end]


def parse_row(body: str) -> LedgerRow:
    """One row without its line end. Raises RowError."""
    if "\0" in body:
        raise RowError("a zero byte; text was expected")
    try:
        fields = _plain(body) or next(csv.reader([body], strict=True), [])
        if len(fields) != COLUMNS or not body.endswith('"'):
            raise RowError(f"{len(fields)} columns; {COLUMNS} were expected, each in quotes")
        extra = json.loads(fields[18]) if fields[18].startswith("{") else {}
        seconds, _, microseconds = fields[1].partition(".")
        at_us = int(seconds) * 1_000_000 + int(microseconds.ljust(6, "0")[:6] or "0")
    except (csv.Error, ValueError) as error:
        raise error if isinstance(error, RowError) else RowError(f"{error}; a CEL row was expected") from error
    if not fields[13] or not fields[14]:
        raise RowError("uniqueid or linkedid empty; both were expected")
    return LedgerRow(
        type=fields[0],
        at_us=at_us,
        caller_name=fields[2],
        caller=fields[3],
        extension=fields[7],
        context=fields[8],
        channel=fields[9],
        application=fields[10],
        data=fields[11],
        uniqueid=fields[13],
        linkedid=fields[14],
        extra=extra,
    )


def _plain(body: str) -> list[str]:
    """The columns of a row in which only the last has quotes inside, as almost every row is: a quarter of the time that
    the general reader takes. Nothing for any other line."""
    *fields, extra = body[1:-1].split('","', COLUMNS - 1)
    if len(fields) != COLUMNS - 1 or body.count('"') != 2 * COLUMNS + extra.count('"') or body[0] != '"':
        return []
    whole = extra.replace('""', "")
    return [] if '"' in whole or body[-1] != '"' else [*fields, extra.replace('""', '"')]


def vanished_row(linkedid: str, at_us: int) -> str:
    """The end of a call of which Asterisk, killed or restarted, wrote none."""
    fields = [""] * COLUMNS
    fields[0] = RowType.LINKEDID_END
    fields[1] = f"{at_us // 1_000_000}.{at_us % 1_000_000:06}"
    fields[13] = fields[14] = linkedid
    fields[18] = json.dumps({VANISHED: True})
    return ",".join('"' + field.replace('"', '""') + '"' for field in fields)
