"""One day played to one policy, counted: where making up, replaying and counting meet, so that they cannot disagree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from acd.queues import QueueSettings
from acd.simulation.day import Day
from acd.simulation.figures import Figures, Stay, Tally
from acd.simulation.floor import play


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it."""

    figures: Figures
    ways: Sequence[Stay]
    """Each call from its first queue to its end."""


def tally(day: Day, queues: Sequence[QueueSettings], *, count_from_ms: int | None = None, whole: bool = True) -> Tally:
    """A count for this day. `count_from_ms` leaves out the time before it (warm-up); without `whole` the count ends
    with the day, else with what goes on after it."""
    return Tally(
        thresholds(queues),
        {seat.number: seat.group for seat in day.seats},
        from_ms=day.from_ms if count_from_ms is None else count_from_ms,
        until_ms=None if whole else day.until_ms,
    )


def thresholds(queues: Sequence[QueueSettings]) -> Mapping[str, int]:
    """Each queue's threshold of the service level."""
    return {queue.name: queue.service_level_ms for queue in queues}


def run(day: Day, queues: Sequence[QueueSettings], *, count_from_ms: int | None = None, whole: bool = True) -> Trial:
    """Play the day to these queues and count. Raises UnknownQueue."""
    count = tally(day, queues, count_from_ms=count_from_ms, whole=whole)
    play(day, queues, count.see)
    return Trial(count.figures(), count.ways)
