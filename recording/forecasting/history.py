"""The calls of past half hours as days of 48 slots by the clock on the wall: what a forecast is made from. Pure.

Where clocks are put back a slot is the mean of the half hours that share it, where they are put forward it has no calls
known; a week later both are as any other.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SLOTS = 48
SLOT_MIN = 30
WEEK = 7


@dataclass(frozen=True, slots=True)
class History:
    """`days[n][slot]` are the calls that began in that half hour of the day `first` + n; None where nothing is known.
    Days without calls are days, too."""

    first: date
    days: tuple[tuple[float | None, ...], ...]

    @property
    def last(self) -> date:
        """The last day."""
        return self.first + timedelta(days=len(self.days) - 1)

    def until(self, day: date) -> "History":
        """What was known on the evening before this day."""
        return History(self.first, self.days[: max(0, (day - self.first).days)])

    def on(self, day: date) -> tuple[float | None, ...]:
        """The slots of this day; none is known of days that are not in it."""
        index = (day - self.first).days
        return self.days[index] if 0 <= index < len(self.days) else (None,) * SLOTS

    def without(self, special: Set[date]) -> "History":
        """The same with nothing known of special days, so that a holiday is not taken for a weak Tuesday."""
        return History(
            self.first,
            tuple(
                (None,) * SLOTS if self.first + timedelta(days=index) in special else slots
                for index, slots in enumerate(self.days)
            ),
        )


def history_of(calls: Mapping[datetime, int], zone: ZoneInfo, first: date, last: date) -> History:
    """A history from the calls of each half hour, by its aware beginning; a half hour that is not there had none."""
    found: dict[tuple[date, int], list[float]] = {}
    for moment in half_hours(zone, first, last + timedelta(days=1)):
        local = moment.astimezone(zone)
        found.setdefault((local.date(), slot_of(local)), []).append(float(calls.get(moment, 0)))
    days = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        values = (found.get((day, slot)) for slot in range(SLOTS))
        days.append(tuple(sum(value) / len(value) if value else None for value in values))
    return History(first, tuple(days))


def half_hours(zone: ZoneInfo, first: date, end: date) -> list[datetime]:
    """The beginnings (UTC) of the half hours of local time from `first` on, up to the midnight before `end`."""
    now, last = (datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC) for day in (first, end))
    found = []
    while now < last:
        found.append(now)
        now += timedelta(minutes=SLOT_MIN)
    return found


def slot_of(local: datetime) -> int:
    """The slot of the day that this time on the wall lies in."""
    return (local.hour * 60 + local.minute) // SLOT_MIN
