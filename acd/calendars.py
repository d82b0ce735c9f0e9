"""Calendars: weekly hours with holidays and exceptions, in a time zone. What a calendar says of a moment, and when it
says something else. Pure.

An exception goes before a holiday and a holiday before the week, day by day; a date of one year before one of every
year. A span belongs to the day it begins on, whatever the day after is: who works on the night before a holiday works
until its morning, and a holiday's own night does not begin. Only a day of its date is called a holiday, midnight to
midnight; what is closed on an exception's day is closed.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from acd.calendar_dates import Dates
from acd.hours import Span, WeeklyHours, moment, stretch

AHEAD_DAYS = 400
"""How far a change is looked for: a year and its holidays."""


class CalendarState(StrEnum):
    """What a calendar says of a moment. Only a closure that somebody has declared makes an emergency."""

    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days on which nothing begins, and what they are called."""

    dates: Dates
    name: str


@dataclass(frozen=True, slots=True)
class OtherHours:
    """Days with spans of their own, none to be closed."""

    dates: Dates
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a calendar says of a moment; `holiday` is its name where it is one."""

    state: CalendarState
    holiday: str = ""


OPEN = Reading(CalendarState.OPEN)
CLOSED = Reading(CalendarState.CLOSED)


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar, also a Schedule. Moments are aware datetimes of any zone."""

    weekly: WeeklyHours
    holidays: tuple[Holiday, ...] = ()
    exceptions: tuple[OtherHours, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which its times are meant."""
        return self.weekly.zone

    def at(self, at: datetime) -> Reading:
        """What it says of this moment; at the very end of a span that is over."""
        today = at.astimezone(self.zone).date()
        for day in (today - timedelta(days=1), today):
            for span in self.spans(day):
                start, end = stretch(self.zone, day, span)
                if start <= at < end:
                    return OPEN
        holiday = self._holiday(today)
        return Reading(CalendarState.HOLIDAY, holiday) if holiday else CLOSED

    def is_open(self, at: datetime) -> bool:
        """Whether service is open at this moment."""
        return self.at(at) is OPEN

    def next_change(self, at: datetime) -> datetime | None:
        """The first moment after this of which it says something else (UTC); None: it does not within AHEAD_DAYS."""
        if not self.holidays and not self.exceptions:
            return self.weekly.next_change(at)
        now = self.at(at)
        return next((change for change in self._changes(at) if change > at and self.at(change) != now), None)

    def spans(self, day: date) -> tuple[Span, ...]:
        """The spans that begin on this day."""
        exception = _first(self.exceptions, day)
        if exception is not None:
            return exception.spans
        return () if _first(self.holidays, day) is not None else self.weekly.spans(day)

    def _holiday(self, day: date) -> str:
        holiday = None if _first(self.exceptions, day) is not None else _first(self.holidays, day)
        return "" if holiday is None else holiday.name

    def _changes(self, at: datetime) -> Iterator[datetime]:
        """All moments, in order, from yesterday on, at which it may say something else: a span begins or ends, or a
        day does that is a holiday or follows one."""
        today = at.astimezone(self.zone).date()
        ahead: list[datetime] = []
        before = self._holiday(today - timedelta(days=2))
        for offset in range(-1, AHEAD_DAYS):
            day = today + timedelta(days=offset)
            midnight = moment(self.zone, day, 0)
            while ahead and ahead[0] <= midnight:
                yield heapq.heappop(ahead)
            if (holiday := self._holiday(day)) != before:
                heapq.heappush(ahead, midnight)
            before = holiday
            for span in self.spans(day):
                for end in stretch(self.zone, day, span):
                    heapq.heappush(ahead, end)


Entry = TypeVar("Entry", Holiday, OtherHours)


def _first(entries: Sequence[Entry], day: date) -> Entry | None:
    """The entry of this day, that of this year's date if there is one."""
    yearly = None
    for entry in entries:
        if day in entry.dates:
            if not entry.dates.yearly:
                return entry
            yearly = yearly or entry
    return yearly
