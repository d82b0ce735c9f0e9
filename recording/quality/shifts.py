"""Which shift an agent worked when he took a call, by name: the planned one, or his day where none is. Pure."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from recording.inputs.plan import Plan, PlannedShift

ShiftOf = Callable[[str, datetime], str]
"""The name of the shift that this agent worked at this time."""


def shifts_of(plan: Plan, agents: Collection[str], first: date, last: date, zone: ZoneInfo) -> ShiftOf:
    """By the plan of these agents, for calls of these days, both included: `2026-11-22 18:00` is the shift that began
    then by the clock of the zone, also for a call after midnight; `2026-11-22` is a day of somebody without shifts.
    Work before the shift begins or after it ends counts to it where it is nearer than any other of that day."""
    planned = {agent: plan.shifts(agent, first - timedelta(days=1), last) for agent in agents}
    changes = {agent: list(_changes(shifts)) for agent, shifts in planned.items()}

    def name_of(agent: str, at: datetime) -> str:
        day = at.astimezone(zone).date()
        shifts = planned.get(agent, ())
        if not shifts:
            return day.isoformat()
        nearest = shifts[bisect_right(changes[agent], at)]
        if not (nearest.span.start <= at < nearest.span.end or _touches(nearest, day, zone)):
            return day.isoformat()
        return f"{nearest.span.start.astimezone(zone):%Y-%m-%d %H:%M}"

    return name_of


def _changes(shifts: Iterable[PlannedShift]) -> Iterable[datetime]:
    """The instants half-way between one shift's end and the next one's start."""
    for before, after in pairwise(shifts):
        yield before.span.end + (after.span.start - before.span.end) / 2


def _touches(shift: PlannedShift, day: date, zone: ZoneInfo) -> bool:
    return day in (shift.span.start.astimezone(zone).date(), shift.span.end.astimezone(zone).date())
