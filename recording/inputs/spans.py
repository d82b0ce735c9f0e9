"""Spans of time and what is done with sets of them: joined, met, taken away, measured. Exact; nothing is rounded
but the measure, which is in whole milliseconds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From `start` on and before `end`, both aware."""

    start: datetime
    end: datetime

    def within(self, other: "Span") -> "Span | None":
        """What both have in common; None: nothing."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same time in order and without overlaps; what touches is one."""
    joined: list[Span] = []
    for span in sorted(one for one in spans if one.start < one.end):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def meet(first: Iterable[Span], second: Iterable[Span]) -> tuple[Span, ...]:
    """The time that is in both."""
    left, right = union(first), union(second)
    found: list[Span] = []
    at = other = 0
    while at < len(left) and other < len(right):
        if (common := left[at].within(right[other])) is not None:
            found.append(common)
        if left[at].end <= right[other].end:
            at += 1
        else:
            other += 1
    return tuple(found)


def without(spans: Iterable[Span], away: Sequence[Span]) -> tuple[Span, ...]:
    """The time of `spans` that is not in `away`."""
    left: list[Span] = []
    gone = union(away)
    for span in union(spans):
        start = span.start
        for hole in gone:
            if hole.end <= start or hole.start >= span.end:
                continue
            if start < hole.start:
                left.append(Span(start, hole.start))
            start = hole.end
        if start < span.end:
            left.append(Span(start, span.end))
    return tuple(left)


def total_ms(spans: Iterable[Span]) -> int:
    """How long they are together; what overlaps counts once."""
    return sum(((span.end - span.start) for span in union(spans)), timedelta()) // _MS
