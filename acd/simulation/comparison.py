"""How true a replay is: the same calls, as they were recorded and as they were played."""

from collections.abc import Sequence
from dataclasses import dataclass

from acd.simulation.figures import Stay, quantile, share
from acd.states import DequeueReason


@dataclass(frozen=True, slots=True)
class Truth:
    """Over the calls of which both ends are known. Waits in milliseconds, played less recorded; None is "no data"."""

    calls: int
    same_end: int
    """Ended alike: answered in both, abandoned in both, …"""
    answered_in_both: int
    same_agent: int
    mean_difference_ms: float | None
    median_apart_ms: int | None
    """Half of the waits are no further apart than this, either way."""
    p95_apart_ms: int | None
    most_apart_ms: int | None


def truth(recorded: Sequence[Stay], played: Sequence[Stay]) -> Truth:
    """Compares each call with itself."""
    there = {key: way for key, way in _first_ways(played).items() if way.reason is not None}
    pairs = [(way, there[key]) for key, way in _first_ways(recorded).items() if way.reason is not None and key in there]
    both = [(was, is_) for was, is_ in pairs if was.reason is is_.reason is DequeueReason.ANSWERED]
    differences = [is_.wait_ms - was.wait_ms for was, is_ in pairs]
    apart = sorted(map(abs, differences))
    return Truth(
        calls=len(pairs),
        same_end=sum(was.reason is is_.reason for was, is_ in pairs),
        answered_in_both=len(both),
        same_agent=sum(was.agent == is_.agent for was, is_ in both),
        mean_difference_ms=share(sum(differences), len(differences)),
        median_apart_ms=quantile(apart, 50),
        p95_apart_ms=quantile(apart, 95),
        most_apart_ms=apart[-1] if apart else None,
    )


def _first_ways(ways: Sequence[Stay]) -> dict[str, Stay]:
    """Each call's first way through the queues, by its linkedid."""
    first: dict[str, Stay] = {}
    for way in ways:
        first.setdefault(way.linkedid, way)
    return first
