"""Weekly hours of service in a time zone: whether it is open at a moment, and when that changes next. Pure.

A span is written in the time on the wall, and is open without a break from its beginning to its end, also through the
night on which clocks are changed. A time that this night leaves out is the moment of the change; of a time that comes
twice a beginning is the first and an end the second, but where clocks are put back to just that time.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Protocol
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAILY = "daily"
_DAY_MIN = 24 * 60
_TIME = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")
_LOOK_AHEAD_DAYS = 9
"""A week repeats itself: what does not change within it and a night on either side never does."""


class HoursError(ValueError):
    """Hours that cannot be read: what is wrong, what was expected, and the key it stands at."""

    id = "hours-invalid"

    def __init__(self, key: str, wrong: str, expected: str, *, in_key: bool = False) -> None:
        super().__init__(f"{wrong}; expected {expected}")
        self.key, self.wrong, self.expected, self.in_key = key, wrong, expected, in_key


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one minute of a day to another, counted from midnight; beyond 1,440 it is the morning after."""

    start_min: int
    end_min: int


class Schedule(Protocol):
    """When service is open. Moments are aware datetimes of any zone."""

    def is_open(self, at: datetime) -> bool:
        """Whether service is open at this moment."""

    def next_change(self, at: datetime) -> datetime | None:
        """The first moment after this at which it may open or close (UTC); None: not for a long time, or never."""


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """The spans that begin on each weekday, Monday first. Moments are aware datetimes of any zone."""

    zone: ZoneInfo
    days: tuple[tuple[Span, ...], ...]

    def is_open(self, at: datetime) -> bool:
        """Whether service is open at this moment; at the very end of a span it no longer is."""
        return any(start <= at < end for start, end in self._stretches(at))

    def next_change(self, at: datetime) -> datetime | None:
        """The first moment after this at which service opens or closes (UTC); None: never."""
        stretches = list(self._stretches(at))
        for start, end in stretches:
            if at < start:
                return start
            if at < end:
                return None if end - at > timedelta(days=_LOOK_AHEAD_DAYS - 2) else end
        return None

    def spans(self, day: date) -> tuple[Span, ...]:
        """The spans that begin on this day."""
        return self.days[day.weekday()]

    def _stretches(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Beginnings and ends of service around `at`, in order; stretches that touch are one."""
        today = at.astimezone(self.zone).date()
        now: tuple[datetime, datetime] | None = None
        for offset in range(-1, _LOOK_AHEAD_DAYS):
            day = today + timedelta(days=offset)
            for span in self.spans(day):
                start, end = stretch(self.zone, day, span)
                if start >= end:  # all of it in an hour that is left out
                    continue
                if now is not None and start <= now[1]:
                    now = (now[0], max(now[1], end))
                    continue
                if now is not None:
                    yield now
                now = (start, end)
        if now is not None:
            yield now


NEVER = WeeklyHours(ZoneInfo("UTC"), ((),) * len(DAYS))
"""Hours that do not begin."""


def stretch(zone: ZoneInfo, day: date, span: Span) -> tuple[datetime, datetime]:
    """When the span that begins on this day begins and ends (UTC). The end is not after the beginning where all of it
    lies in an hour that is left out."""
    return moment(zone, day, span.start_min), _end(zone, day, span.end_min)


def _end(zone: ZoneInfo, day: date, minute: int) -> datetime:
    """The moment from which on the wall shows no earlier time any more. Where clocks are put back to the very time of
    the end, as to midnight, that is when it comes first: a day does not reach into the next."""
    first, last = moment(zone, day, minute), moment(zone, day, minute, fold=1)
    just_before = (last - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
    return first if just_before > last.astimezone(zone).replace(tzinfo=None) else last


def moment(zone: ZoneInfo, day: date, minute: int, *, fold: int = 0) -> datetime:
    """The moment (UTC) of a time on the wall, in minutes from the day's midnight: of a time that comes twice the first,
    or with fold 1 the second; of one that is left out the moment of the change."""
    day += timedelta(days=minute // _DAY_MIN)
    wall = datetime.combine(day, time(minute % _DAY_MIN // 60, minute % 60), zone).replace(fold=fold)
    found = wall.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return found
    return _change(zone, wall.replace(fold=1).astimezone(UTC), wall.replace(fold=0).astimezone(UTC))


def parse_hours(written: Mapping[str, str], zone: ZoneInfo) -> WeeklyHours:
    """Hours as they are written: `{"mon-fri": "09:00-12:00, 13:00-18:00", "sat": "10:00-14:00"}`. A key is a day, days
    (`mon-fri`, `fri-mon`, `sat, sun`) or `daily`; a span that ends at or before its beginning ends on the next day.

    Raises HoursError.
    """
    days: list[tuple[Span, ...]] = [() for _ in DAYS]
    for key, text in written.items():
        spans = parse_spans(key, text)
        for number in _days(key):
            if days[number]:
                raise HoursError(key, f"{DAYS[number]} stands here twice", "each day once", in_key=True)
            days[number] = spans
    return WeeklyHours(zone, tuple(days))


def parse_spans(key: str, text: str) -> tuple[Span, ...]:
    """The spans of one day as they are written: `09:00-12:00, 13:00-18:00`. Raises HoursError, of this key."""
    spans = sorted(_span(key, part.strip()) for part in text.split(","))
    for before, after in pairwise(spans):
        if after.start_min < before.end_min:
            raise HoursError(key, f'"{text}" has spans that overlap', "spans one after another")
    return tuple(spans)


def _days(key: str) -> list[int]:
    expected = f"days such as mon-fri, or sat, or {DAILY}"
    if key.strip() == DAILY:
        return list(range(len(DAYS)))
    found: list[int] = []
    for part in key.split(","):
        first, _, last = (name.strip() for name in part.partition("-"))
        last = last or first
        if first not in DAYS or last not in DAYS:
            raise HoursError(key, f'"{part.strip()}" is no day', expected, in_key=True)
        start, end = DAYS.index(first), DAYS.index(last)
        found += [number % len(DAYS) for number in range(start, end + 1 + (len(DAYS) if end < start else 0))]
    if len(found) > len(set(found)):
        raise HoursError(key, f'"{key}" names a day twice', "each day once", in_key=True)
    return found


def _span(key: str, text: str) -> Span:
    expected = 'times such as "09:00-18:00"'
    first, dash, last = (part.strip() for part in text.partition("-"))
    start, end = _minute(first), _minute(last)
    if not dash or start is None or end is None or start == _DAY_MIN:
        raise HoursError(key, f'"{text}" does not fit', expected)
    return Span(start, end if end > start else end + _DAY_MIN)


def _minute(text: str) -> int | None:
    if (match := _TIME.fullmatch(text)) is None:
        return None
    minute = int(match[1]) * 60 + int(match[2])
    return minute if minute <= _DAY_MIN else None


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The moment, to the second, at which the zone's clocks are changed between these two."""
    old = before.astimezone(zone).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)
