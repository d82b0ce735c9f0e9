"""When a report that is sent by a schedule falls due, and when a mail that did not go is tried again. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from recording.figures.period import Period, Unit
from recording.reports.named import REPORTS

LATE_AT_MOST = 3
"""Of a schedule, the last so many periods are still sent when we come back after having been away."""

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=2)
TRIES_AT_MOST = 40
"""In about three days: by then a report is old news, and somebody has looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Who gets which report when: after the end of each of its times, at `at` of the centre's clock; one of an hour at
    once. `order` is an Order as JSON, `form` what is attached."""

    name: str
    order: dict[str, object]
    at: time
    recipients: tuple[str, ...]
    made_at: datetime
    made_by: str = ""

    @property
    def unit(self) -> Unit:
        """How long the time of its report is."""
        return REPORTS[str(self.order["report"])].unit


def due_at(schedule: Schedule, period: Period) -> datetime:
    """When the report of this time is to be sent."""
    if schedule.unit in (Unit.HOUR, Unit.HALF_HOUR):
        return period.end
    day = period.end.date()
    return datetime.combine(day, schedule.at, period.zone)


def due(schedule: Schedule, now: datetime, zone: ZoneInfo) -> list[Period]:
    """The times whose reports should have been sent by now, the oldest first: the last few since it was made."""
    return [one for one in _last(schedule, now, zone) if schedule.made_at <= due_at(schedule, one) <= now][::-1]


def next_due(schedule: Schedule, now: datetime, zone: ZoneInfo) -> datetime:
    """When the next one falls due after now."""
    running = Period.at(schedule.unit, now, zone)
    over = due_at(schedule, running.before())
    return over if over > now else due_at(schedule, running)


def retry_after(attempts: int) -> timedelta | None:
    """How long is waited after so many attempts in vain, each time twice as long; None: no more."""
    return min(FIRST_RETRY * 2 ** min(attempts - 1, 10), LONGEST_RETRY) if attempts < TRIES_AT_MOST else None


def _last(schedule: Schedule, now: datetime, zone: ZoneInfo) -> Iterator[Period]:
    period = Period.at(schedule.unit, now, zone)
    for _ in range(LATE_AT_MOST + 1):
        period = period.before()
        yield period
