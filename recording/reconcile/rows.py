"""What Asterisk's own call records (CDR) say, row by row, from either of its files: `cdr-custom/calls.csv`, which
asterisk/cdr_custom.conf describes, and `cdr-csv/Master.csv`, which knows no linkedid and whole seconds only. It
decides how lines become rows; what the rows of a call mean is decided in recording.reconcile.comparison.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from sys import intern

from recording.series import Series

CALLS, MASTER = Path("cdr-custom/calls.csv"), Path("cdr-csv/Master.csv")

LONGEST_CALL = timedelta(days=1)
"""Rows of one call stand no farther apart."""

NEIGHBOURHOOD = timedelta(hours=4)
"""How long before or after a call another may begin that shares a channel with it: an agent asks in one about the
other. What is farther from a day is not kept in memory."""

_CALLS_COLUMNS = 11
_CONFERENCE = "conference"
_WITHIN = ("outside", _CONFERENCE)  # contexts of channels that came into a call which another had begun
_FETCHED = "Bridge"  # by which a caller is connected with the line that an agent has opened to fetch him
_MASTER_COLUMNS = (17, 18)  # with and without the user field


@dataclass(frozen=True, slots=True, kw_only=True)
class CdrRow:
    """A time that `channel` had with `peer` (empty: with nobody). Instants are microseconds since the epoch; where not
    `precise`, each was cut to the whole second. `linkedid` is empty where the file does not say it.
    """

    linkedid: str
    uniqueid: str
    start_us: int
    answer_us: int | None
    end_us: int
    disposition: str
    extension: str
    context: str
    channel: str
    peer: str
    application: str
    precise: bool


class CdrError(ValueError):
    """A line that is no row of a file of call records."""

    id = "cdr-row-invalid"


def read_cdr(lines: Iterable[str]) -> Iterator[CdrRow | CdrError]:
    """The rows of a file of either kind; a line that is none is yielded as the error it is."""
    for number, line in enumerate(lines, 1):
        try:
            yield _row(next(csv.reader([line], strict=True), []))
        except (ValueError, csv.Error) as error:
            yield CdrError(f"line {number}: {error}")


class DayGone(LookupError):
    """The files of that time have been removed, at least in part."""

    id = "day-gone"

    def __init__(self, kept: datetime) -> None:
        super().__init__(f"Asterisk's call records are kept no longer; expected a day after {kept:%Y-%m-%d, %H:%M} UTC")


def read_files(folder: Path, since: datetime, until: datetime) -> tuple[list[CdrRow], list[CdrError]]:
    """All rows under Asterisk's log folder of calls that began in that time, and others, each once: Master.csv counts
    for what calls.csv does not have, as from before there was one. Files moved aside (`calls.csv.000001`) are read too.
    Raises DayGone, OSError.
    """
    wrong: list[CdrError] = []
    near = _Near(since - NEIGHBOURHOOD, until + NEIGHBOURHOOD)
    precise = [row for row in _read(_of_time(Series(folder / CALLS), since, until), wrong) if near.wants(row)]
    known = {(row.uniqueid, row.channel) for row in precise}
    coarse = [
        row
        for row in _read(_of_time(Series(folder / MASTER), since, until), wrong)
        if (row.uniqueid, row.channel) not in known and near.wants(row)
    ]
    return [row for row in precise + with_linkedids(coarse) if row.linkedid not in near.earlier], wrong


class _Near:
    """Which rows are of calls that began in a time. A row later than that is wanted if one of its call was before."""

    def __init__(self, since: datetime, until: datetime) -> None:
        self.earlier: set[str] = set()
        """The calls that began before."""
        self._calls: set[str] = set()
        self._since_us, self._until_us = (int(end.timestamp() * 1_000_000) for end in (since, until))

    def wants(self, row: CdrRow) -> bool:
        """Whether it is to be kept."""
        call = row.linkedid or row.uniqueid
        if row.start_us < self._since_us:
            self.earlier.add(call)
            return False
        if row.start_us < self._until_us:
            self._calls.add(call)
        return call in self._calls


def with_linkedids(rows: Iterable[CdrRow]) -> list[CdrRow]:
    """Rows that say no linkedid get the one that follows: the uniqueid of the channel that began the call is its
    linkedid; the far side of an outside seat (`Local/…;2`) belongs to the call in which its near side was rung, who
    came into a conference to the call of the one he came to, who fetched a caller to the caller's.
    """
    kept = list(rows)
    rung: dict[str, list[CdrRow]] = {}
    for row in kept:
        if row.peer and row.context not in _WITHIN:
            rung.setdefault(row.peer, []).append(row)
    said = [row if row.linkedid else replace(row, linkedid=_linkedid(row, rung)) for row in kept]
    came = {row.uniqueid: row.linkedid for row in said if row.context == _CONFERENCE and row.peer}
    return [_as_before(row, came) for row in said]


def _as_before(row: CdrRow, came: Mapping[str, str]) -> CdrRow:
    """Who stays in a conference that others have left has a further row, in which he is with nobody."""
    alone = row.context == _CONFERENCE and not row.peer
    return replace(row, linkedid=came.get(row.uniqueid, row.linkedid)) if alone else row


def _linkedid(row: CdrRow, rung: Mapping[str, Sequence[CdrRow]]) -> str:
    """Asterisk begins to count the names of its channels anew at each start: the time tells which one it is."""
    if row.context not in _WITHIN:
        fetched = (one for one in rung.get(row.channel, ()) if one.application == _FETCHED)
        into = (one for one in fetched if one.start_us <= row.end_us + 1_000_000 <= one.end_us + 2_000_000)
        return next((one.linkedid or one.uniqueid for one in into), row.uniqueid)
    near = rung.get(row.peer if row.context == _CONFERENCE else f"{row.channel.removesuffix(';2')};1", ())
    then = (one for one in near if one.start_us <= row.start_us <= one.end_us + 1_000_000)
    return next((one.linkedid or one.uniqueid for one in then), row.uniqueid)


def _of_time(series: Series, since: datetime, until: datetime) -> list[Path]:
    """Those in which a row of a call of that time may stand: it is written when the call is over."""
    files = series.files()
    numbered = series.aside()
    if numbered and numbered[0][0] > 1 and (kept := _first_end(numbered[0][1])) is not None and kept > since:
        raise DayGone(kept)
    written = [datetime.fromtimestamp(path.stat().st_mtime, UTC) for path in files]
    begun = [datetime.min.replace(tzinfo=UTC), *written]
    return [
        path
        for path, first, last in zip(files, begun, written, strict=False)
        if last >= since - LONGEST_CALL and first <= until + LONGEST_CALL
    ]


def _first_end(path: Path) -> datetime | None:
    row = next(_read([path], [], most=1), None)
    return datetime.fromtimestamp(row.end_us / 1_000_000, UTC) if row else None


def _read(files: Iterable[Path], wrong: list[CdrError], most: int | None = None) -> Iterator[CdrRow]:
    """The rows of these files, of each at most so many lines; lines that are none go to `wrong`."""
    for file in files:
        with file.open(encoding="utf-8", errors="backslashreplace", newline="") as lines:
            for one in read_cdr(line.replace("\0", "") for line in islice(lines, most)):
                if isinstance(one, CdrError):
                    wrong.append(CdrError(f"{file.name}, {one}"))
                else:
                    yield one


def _row(fields: list[str]) -> CdrRow:
    if len(fields) == _CALLS_COLUMNS:
        linkedid, uniqueid, start, answer, end, disposition, extension, context, channel, peer, application = fields
        start_us, answer_us, end_us = (_precise_us(one) for one in (start, answer, end))
    elif len(fields) in _MASTER_COLUMNS:
        _, _, extension, context, _, channel, peer, application, _, start, answer, end = fields[:12]
        linkedid, uniqueid, disposition = "", fields[16], fields[14]
        start_us, answer_us, end_us = (_coarse_us(one) for one in (start, answer, end))
    else:
        raise CdrError(f"{len(fields)} columns; expected {_CALLS_COLUMNS}, or {' or '.join(map(str, _MASTER_COLUMNS))}")
    if not start_us or not end_us or not uniqueid:
        raise CdrError("a start, an end and a uniqueid were expected")
    return CdrRow(
        linkedid=intern(linkedid),
        uniqueid=intern(uniqueid),
        start_us=start_us,
        answer_us=answer_us or None,
        end_us=end_us,
        disposition=intern(disposition),
        extension=intern(extension),
        context=intern(context),
        channel=intern(channel),
        peer=intern(peer),
        application=intern(application),
        precise=len(fields) == _CALLS_COLUMNS,
    )


def _precise_us(text: str) -> int:
    seconds, _, fraction = text.partition(".")
    return int(seconds or 0) * 1_000_000 + int(fraction.ljust(6, "0")[:6] or 0)


def _coarse_us(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000 if text else 0
