"""Many calls made of few real ones: each with channels and times of its own, otherwise as they were written down."""

import re
from collections.abc import Iterator

from tests.ledgers import RealCall, real_call

STORIES = ("served_by_ivr", "answered_caller_hangs_up", "missed_then_answered", "abandoned_waiting")
APART_US = 60_000_000
_START_US = 1_795_300_000_000_000
_UNIQUEID = re.compile(rb"node1-\d+\.\d+")
_MOMENT = re.compile(rb'"(\d{10})\.(\d{6})"')
_MILLISECONDS = re.compile(rb'"((?:at|entered|due)_ms)": ?(\d{13})')


def backlog(count: int) -> Iterator[RealCall]:
    """So many calls, one after the other."""
    stories = [real_call(name) for name in STORIES]
    for number in range(count):
        story = stories[number % len(stories)]
        by_us = _START_US + number * APART_US - story.rows[0].at_us
        ledger, journal = (numbered(later(data, by_us), number) for data in (story.ledger, story.journal))
        yield RealCall(ledger, journal, b"")


def numbered(data: bytes, number: int) -> bytes:
    """With channels that no other number has."""
    return _UNIQUEID.sub(lambda found: found[0] + b"%07d" % number, data)


def later(data: bytes, by_us: int) -> bytes:
    """So many microseconds later: lines of the ledger or of the journal."""

    def row(found: re.Match[bytes]) -> bytes:
        return b'"%d.%06d"' % divmod(int(found[1]) * 1_000_000 + int(found[2]) + by_us, 1_000_000)

    def fact(found: re.Match[bytes]) -> bytes:
        return b'"%s":%d' % (found[1], int(found[2]) + by_us // 1000)

    return _MILLISECONDS.sub(fact, _MOMENT.sub(row, data))
