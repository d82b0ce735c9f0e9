"""How long agents were in which state in each half hour: their log of states, cut exactly at the half hours' ends.
Pure; unlike a call, which counts whole where it began, time counts where it passed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from acd.states import AgentState
from recording.figures.counts import Times
from recording.figures.period import HALF_HOUR_S, floor

_MILLISECOND = timedelta(milliseconds=1)
HALF_HOUR = timedelta(seconds=HALF_HOUR_S)

SUM_OF: Mapping[AgentState, str] = {
    AgentState.READY: "ready_ms",
    AgentState.NOT_READY: "not_ready_ms",
    AgentState.RINGING: "ringing_ms",
    AgentState.TALKING: "talking_ms",
    AgentState.HOLDING: "holding_ms",
    AgentState.WRAP_UP: "wrap_up_ms",
    AgentState.UNREACHABLE: "unreachable_ms",
}
"""The sum that each state counts in; being signed out counts in none."""

AT_WORK = frozenset({AgentState.READY, AgentState.RINGING, AgentState.TALKING, AgentState.HOLDING, AgentState.WRAP_UP})
"""The states that count as working in figure 1."""


SLOT = timedelta(minutes=5)
WORK = tuple(f"work_{number}_ms" for number in range(HALF_HOUR // SLOT))
"""The time at work in each five minutes of a half hour, by which breaks and shifts that cut one are measured."""


class Change(NamedTuple):
    """From `at` on an agent is in `state`."""

    at: datetime
    state: AgentState


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in one state."""

    state: AgentState
    start: datetime
    end: datetime


def stretches(changes: Iterable[Change], until: datetime | None = None) -> list[Stretch]:
    """The times between the changes, which are in order; the last state goes on to `until`, if that is given."""
    found = list(changes)
    done = [Stretch(one.state, one.at, after.at) for one, after in pairwise(found) if one.at < after.at]
    if until is not None and found and found[-1].at < until:
        done.append(Stretch(found[-1].state, found[-1].at, until))
    return done


def of_states(lasting: Iterable[Stretch], zone: ZoneInfo) -> dict[datetime, Times]:
    """The times of one agent by half hour (its beginning, UTC)."""
    sums: dict[datetime, dict[str, int]] = {}
    for one in lasting:
        name = SUM_OF.get(one.state)
        at = one.start
        while name and at < one.end:
            half_hour = floor(at, zone).astimezone(UTC)
            end = min(half_hour + HALF_HOUR, one.end)
            row = sums.setdefault(half_hour, {})
            row[name] = row.get(name, 0) + (end - _whole(at)) // _MILLISECOND
            at = end
    return {half_hour: Times(**row) for half_hour, row in sums.items()}


def at_work(lasting: Iterable[Stretch], zone: ZoneInfo) -> dict[datetime, list[int]]:
    """How long one agent was at work in each slot of each half hour (its beginning, UTC), in milliseconds."""
    sums: dict[datetime, list[int]] = {}
    for one in lasting:
        at = _whole(one.start)
        while one.state in AT_WORK and at < one.end:
            half_hour = floor(at, zone).astimezone(UTC)
            number = (at - half_hour) // SLOT
            end = min(half_hour + (number + 1) * SLOT, one.end)
            row = sums.setdefault(half_hour, [0] * len(WORK))
            row[number] += (end - at) // _MILLISECOND
            at = end
    return sums


def _whole(at: datetime) -> datetime:
    """The log of states has whole milliseconds, and so has everything made of it."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
