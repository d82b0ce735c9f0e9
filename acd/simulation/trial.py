"""One day played to one policy, counted: where making up, replaying and counting meet, so that they cannot disagree."""

from collections.abc import Sequence
from dataclasses import dataclass

from acd.simulation.day import Day
from acd.simulation.figures import Figures, Stay, Tally
from acd.simulation.floor import play
from acd.simulation.policy import Policy


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it."""

    figures: Figures
    ways: Sequence[Stay]
    """Each call from its first queue to its end."""


def tally(day: Day, policy: Policy, *, count_from_ms: int | None = None, whole: bool = True) -> Tally:
    """A count for this day. `count_from_ms` leaves out the time before it (warm-up); without `whole` the count ends
    with the day, else with what goes on after it."""
    return Tally(
        policy.thresholds_ms,
        {seat.number: seat.group for seat in day.seats},
        from_ms=day.from_ms if count_from_ms is None else count_from_ms,
        until_ms=None if whole else day.until_ms,
    )


def run(day: Day, policy: Policy, *, count_from_ms: int | None = None, whole: bool = True) -> Trial:
    """Play the day to this policy and count. Raises UnknownQueue."""
    count = tally(day, policy, count_from_ms=count_from_ms, whole=whole)
    play(day, policy, count.see)
    return Trial(count.figures(), count.ways)
