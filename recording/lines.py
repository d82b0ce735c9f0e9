"""What reading a growing file of lines yields: events, lines kept aside, bytes used up."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

Event = TypeVar("Event")


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedLine:
    """A line that could not be read, kept for a person to look at."""

    body: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Generic[Event]):
    """`events` with the text each was read from; `consumed` bytes need not be read again."""

    events: tuple[tuple[str, Event], ...]
    rejected: tuple[RejectedLine, ...]
    consumed: int


def whole_lines(data: bytes) -> Iterator[bytes]:
    """The lines that are complete, each with its line end."""
    start = 0
    while end := data.find(b"\n", start) + 1:
        yield data[start:end]
        start = end
