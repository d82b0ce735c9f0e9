"""Days of a calendar as they are written: a date or a range of dates, of one year or of every year. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from acd.hours import HoursError

_DATE = re.compile(r"(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})")
_LEAP_YEAR = 2000
EXPECTED = '"2026-10-01", "2026-10-01 to 2026-10-07", or of every year "05-01", "12-24 to 01-02"'

_Written = tuple[int, ...]
"""Year, month and day, or month and day."""


@dataclass(frozen=True, slots=True)
class Dates:
    """From one date to another, both of them included. Of every year, they may go over its end; 29 February is then a
    date of leap years only."""

    first: _Written
    last: _Written

    @property
    def yearly(self) -> bool:
        """Whether they come every year."""
        return len(self.first) == len(("month", "day"))

    def __contains__(self, day: date) -> bool:
        now = (day.month, day.day) if self.yearly else (day.year, day.month, day.day)
        if self.first <= self.last:
            return self.first <= now <= self.last
        return now >= self.first or now <= self.last

    def meets(self, other: "Dates") -> bool:
        """Whether a day is in both, and neither goes before the other: both are of every year, or both are not."""
        if self.yearly is not other.yearly:
            return False
        if not self.yearly:
            return self.first <= other.last and other.first <= self.last
        return any(day in self and day in other for day in _days_of(_LEAP_YEAR))


def parse_dates(text: str) -> Dates:
    """Dates as they are written. Raises HoursError, with the text as its key."""
    first, to, last = (part.strip() for part in text.partition(" to "))
    dates = Dates(_date(text, first), _date(text, last) if to else _date(text, first))
    if len(dates.first) != len(dates.last):
        raise HoursError(text, f'"{text}" has a year on one side only', EXPECTED, in_key=True)
    if not dates.yearly and dates.first > dates.last:
        raise HoursError(text, f'"{text}" ends before it begins', EXPECTED, in_key=True)
    return dates


def met_twice(written: Sequence[Dates]) -> Iterator[tuple[int, int]]:
    """Where two of them claim the same day: the later one's index, and the earlier one's."""
    for index, later in enumerate(written):
        for before in range(index):
            if later.meets(written[before]):
                yield index, before


def _date(text: str, written: str) -> _Written:
    match = _DATE.fullmatch(written)
    if match is None:
        raise HoursError(text, f'"{written}" is no date', EXPECTED, in_key=True)
    year, month, day = int(match[1] or _LEAP_YEAR), int(match[2]), int(match[3])
    try:
        date(year, month, day)
    except ValueError:
        raise HoursError(text, f'"{written}" is in no calendar', EXPECTED, in_key=True) from None
    return (month, day) if match[1] is None else (year, month, day)


def _days_of(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)
