"""Many calls made of few real ones: each with channels of its own, otherwise as they were written down."""

import re
from collections.abc import Iterator

from tests.ledgers import RealCall, real_call

STORIES = ("served_by_ivr", "answered_caller_hangs_up", "missed_then_answered", "abandoned_waiting")
_UNIQUEID = re.compile(rb"node1-\d+\.\d+")


def backlog(count: int) -> Iterator[RealCall]:
    """So many calls, one after the other."""
    stories = [real_call(name) for name in STORIES]
    for number in range(count):
        story = stories[number % len(stories)]
        yield RealCall(_numbered(story.ledger, number), _numbered(story.journal, number), b"")


def _numbered(data: bytes, number: int) -> bytes:
    return _UNIQUEID.sub(lambda found: found[0] + b"%06d" % number, data)
