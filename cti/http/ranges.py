"""Which bytes of a recording a player asks for, and whether those he has are still of it (RFC 9110, 13.1 and 14.2)."""

import re
from collections.abc import Mapping

from cti.http.errors import ApiError

_ONE_RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)", re.IGNORECASE)
_LONGEST = 18
"""Digits: more bytes has no file."""


class RangeUnsatisfiable(ApiError):
    """The range begins behind the end."""

    id = "range-unsatisfiable"
    status = 416

    def __init__(self, size: int) -> None:
        super().__init__(f"there are {size} bytes; expected a range that begins before byte {size}")
        self.size = size


def range_of(headers: Mapping[str, str], size: int, etag: str) -> range | None:
    """The bytes that the headers ask for, of so many; None for all of them: where no range is asked for, where it is no
    range of bytes, or several (which may be answered with the whole), or where the asker has bytes of another file
    (`If-Range`). Raises RangeUnsatisfiable."""
    found = _ONE_RANGE.fullmatch(headers.get("Range", "").replace(" ", ""))
    if found is None or headers.get("If-Range", etag).strip() != etag:
        return None
    first, last = found.groups()
    if not (first or last) or max(len(first), len(last)) > _LONGEST:
        return None
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < int(first):
            return None
    if start >= size:
        raise RangeUnsatisfiable(size)
    return range(start, stop)


def is_known(headers: Mapping[str, str], etag: str) -> bool:
    """Whether the asker has it already (`If-None-Match`)."""
    tags = [one.strip().removeprefix("W/") for one in headers.get("If-None-Match", "").split(",")]
    return etag in tags or tags == ["*"]
