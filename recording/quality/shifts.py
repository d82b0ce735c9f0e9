"""Which shift an agent worked when he took a call, by name: the planned one, or his day where none is. Pure."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

from recording.inputs.plan import ONE_DAY, Plan, PlannedShift


@dataclass(frozen=True, slots=True)
class WorkedShift:
    """The shift that an agent worked at some time, by name, and when it was over."""

    name: str
    ends_at: datetime


ShiftOf = Callable[[str, datetime], WorkedShift]
"""The shift that this agent worked at this time."""


def shifts_of(plan: Plan, agents: Collection[str], first: date, last: date, zone: ZoneInfo) -> ShiftOf:
    """By the plan of these agents, for calls of these days, both included: `2026-11-22 18:00` is the shift that began
    then by the clock of the zone, also for a call after midnight; `2026-11-22` is a day of somebody without shifts,
    which is over at midnight. Work before the shift begins or after it ends counts to it where it is nearer than any
    other of that day."""
    planned = {agent: plan.shifts(agent, first - ONE_DAY, last) for agent in agents}
    changes = {agent: list(_changes(shifts)) for agent, shifts in planned.items()}

    def worked(agent: str, at: datetime) -> WorkedShift:
        day = at.astimezone(zone).date()
        shifts = planned.get(agent, ())
        nearest = shifts[bisect_right(changes[agent], at)] if shifts else None
        if nearest is None or not (nearest.span.start <= at < nearest.span.end or _touches(nearest, day, zone)):
            return WorkedShift(day.isoformat(), datetime.combine(day + ONE_DAY, time(), zone))
        return WorkedShift(f"{nearest.span.start.astimezone(zone):%Y-%m-%d %H:%M}", max(nearest.span.end, at))

    return worked


def drawable_days(plan: Plan, agents: Collection[str], day: date) -> Mapping[str, tuple[int, ...]]:
    """The days of this day's month on which work of each agent can be drawn by a daily draw: those after the days on
    which his planned shifts begin. Who has no shift in the month is not in it."""
    first = day.replace(day=1)
    last = day.replace(day=monthrange(day.year, day.month)[1])
    found = {
        agent: tuple(sorted({(one.day + ONE_DAY).day for one in plan.shifts(agent, first - ONE_DAY, last - ONE_DAY)}))
        for agent in agents
    }
    return {agent: days for agent, days in found.items() if days}


def _changes(shifts: Iterable[PlannedShift]) -> Iterable[datetime]:
    """The instants half-way between one shift's end and the next one's start."""
    for before, after in pairwise(shifts):
        yield before.span.end + (after.span.start - before.span.end) / 2


def _touches(shift: PlannedShift, day: date, zone: ZoneInfo) -> bool:
    return day in (shift.span.start.astimezone(zone).date(), shift.span.end.astimezone(zone).date())
