"""Queues and the calls that stand in them: who is next, and the count that must always balance."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from acd.states import DequeueReason


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSettings:
    """What the centre's files say about a queue. Durations in milliseconds; `max_wait_ms` 0 is no limit."""

    name: str
    title: str = ""
    skills: Mapping[str, int] = field(default_factory=dict)
    ring_ms: int = 20_000
    wrap_up_ms: int = 0
    max_wait_ms: int = 0
    service_level_ms: int = 20_000
    music: str = "default"


class Order(NamedTuple):
    """The one total order of waiting calls, across all queues: higher priority, then earlier entry, then first come."""

    rank: int
    entered_ms: int
    sequence: int


@dataclass(slots=True, kw_only=True)
class Call:
    """A call that waits, or is being offered; `offer` is the id of its offer, empty while it has none."""

    linkedid: str
    queue: str
    priority: int
    skills: Mapping[str, int]
    data: Mapping[str, str]
    order: Order
    offer: str = ""

    @property
    def entered_ms(self) -> int:
        """First queue entry, kept through missed offers and restarts."""
        return self.order.entered_ms


@dataclass(slots=True)
class Queue:
    """One queue: its settings, its waiting calls in order (those being offered included), its counts."""

    settings: QueueSettings
    entered: int = 0
    left: Counter[DequeueReason] = field(default_factory=Counter)
    _waiting: list[tuple[Order, Call]] = field(default_factory=list)

    def __iter__(self) -> Iterator[Call]:
        return (call for _, call in self._waiting)

    def __len__(self) -> int:
        return len(self._waiting)

    def enter(self, call: Call) -> None:
        """Put the call in its place in the order."""
        self.entered += 1
        insort(self._waiting, (call.order, call), key=_order)

    def leave(self, call: Call, reason: DequeueReason) -> None:
        """Take the call out for good. Raises LookupError where it does not stand in this queue."""
        at = bisect_left(self._waiting, call.order, key=_order)
        if at == len(self._waiting) or self._waiting[at][1] is not call:
            raise LookupError(f"call {call.linkedid} does not stand in queue {self.settings.name}")
        del self._waiting[at]
        self.left[reason] += 1

    @property
    def balanced(self) -> bool:
        """entered = answered + abandoned + timed out + overflowed + withdrawn + waiting."""
        return self.entered == self.left.total() + len(self._waiting)


def _order(entry: tuple[Order, Call]) -> Order:
    return entry[0]
