"""What Asterisk's ledger (CEL as CSV) says, row by row. It decides how bytes become rows; what the rows of a call mean
is decided in recording.fold.

The columns and their order are those of `cel_custom.conf`; every field is quoted, a quote inside is doubled (RFC 4180).
"""

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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
    LINKEDID_END = "LINKEDID_END"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
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
    pending: list[bytes] = []

    def give_up(lines: list[bytes], why: str) -> None:
        rejected.append(RejectedLine(body=b"".join(lines).decode("utf-8", "backslashreplace"), why=why))

    for line in whole_lines(data):
        if pending and (_BEGINNING.match(line) or sum(map(len, pending)) + len(line) > ROW_LIMIT):
            give_up(pending, "a quote is not closed")
            consumed += sum(map(len, pending))
            pending = []
        pending.append(line)
        joined = b"".join(pending)
        if joined.count(b'"') % 2 and not _second_beginning(joined):
            continue  # a line break inside a field: the row goes on in the next line
        consumed += len(joined)
        pending = []
        torn_at = _second_beginning(joined)
        if torn_at:
            give_up([joined[:torn_at]], "torn in the middle of a row")
            joined = joined[torn_at:]
        body = joined.decode("utf-8", "backslashreplace").removesuffix("\n")
        try:
            rows.append((body, parse_row(body)))
        except RowError as error:
            give_up([joined], str(error))
    if final and consumed < len(data):
        give_up([data[consumed:]], "the file ends inside a row")
        consumed = len(data)
    return Reading(events=tuple(rows), rejected=tuple(rejected), consumed=consumed)


def parse_row(body: str) -> LedgerRow:
    """One row without its line end. Raises RowError."""
    if "\0" in body:
        raise RowError("a zero byte; text was expected")
    try:
        fields = next(csv.reader([body], strict=True), [])
        if len(fields) != COLUMNS:
            raise RowError(f"{len(fields)} columns; {COLUMNS} were expected")
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


def vanished_row(linkedid: str, at_us: int) -> str:
    """The end of a call of which Asterisk, killed or restarted, wrote none."""
    fields = [""] * COLUMNS
    fields[0] = RowType.LINKEDID_END
    fields[1] = f"{at_us // 1_000_000}.{at_us % 1_000_000:06}"
    fields[13] = fields[14] = linkedid
    fields[18] = json.dumps({VANISHED: True})
    return ",".join('"' + field.replace('"', '""') + '"' for field in fields)


def _second_beginning(line: bytes) -> int:
    """Where another row begins inside this one (Asterisk died while writing), 0 if none does."""
    found = _BEGINNING.search(line, 1)
    return found.start() if found else 0
