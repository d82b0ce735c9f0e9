"""Over which time a figure is: half hours, hours, days, ISO weeks, months, quarters and any range, in the centre's time
zone. A day has 46 to 50 half hours, for clocks are put forward and back.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

HALF_HOUR_S = 1800


class Unit(StrEnum):
    """How long a period is."""

    HALF_HOUR = "half_hour"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"  # ISO: Monday to Sunday
    MONTH = "month"
    QUARTER = "quarter"
    RANGE = "range"


class PeriodError(ValueError):
    """A text that names no period, or one that ends before it begins."""

    id = "figures-period-invalid"


@dataclass(frozen=True, slots=True)
class Period:
    """`start` is included, `end` is not; both are aware, in the centre's zone, and stand on whole half hours there."""

    start: datetime
    end: datetime
    unit: Unit = Unit.RANGE

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None or self.start.timestamp() >= self.end.timestamp():
            raise PeriodError(f"period {self.start} to {self.end}: expected aware times, the earlier one first")

    @property
    def zone(self) -> ZoneInfo:
        """The centre's time zone. Raises PeriodError where the times have another kind of zone."""
        if not isinstance(self.start.tzinfo, ZoneInfo):
            raise PeriodError(f"period that starts at {self.start}: expected the centre's own time zone")
        return self.start.tzinfo

    @property
    def since(self) -> datetime:
        """The start, as stored: UTC."""
        return self.start.astimezone(UTC)

    @property
    def until(self) -> datetime:
        """The end, as stored: UTC."""
        return self.end.astimezone(UTC)

    @property
    def length_ms(self) -> int:
        """How long it really is; an hour more or less on a day when clocks are changed."""
        return round((self.until - self.since).total_seconds() * 1000)

    @property
    def name(self) -> str:
        """As `parse` takes it: 2026-11-22T10:30, 2026-11-22T10, 2026-11-22, 2026-W47, 2026-11, 2026-Q4, a..b."""
        if self.unit is Unit.RANGE:
            return f"{self.start:%Y-%m-%dT%H:%M}..{self.end:%Y-%m-%dT%H:%M}"
        if self.unit is Unit.QUARTER:
            return f"{self.start:%Y}-Q{(self.start.month + 2) // 3}"
        return format(self.start, _NAMED[self.unit])

    @classmethod
    def at(cls, unit: Unit, moment: datetime, zone: ZoneInfo) -> Self:
        """The period of this unit, other than RANGE, that `moment` is in."""
        if unit is Unit.RANGE:
            raise PeriodError("a range has no unit; expected its start and its end")
        if unit in (Unit.HALF_HOUR, Unit.HOUR):
            begun = floor(moment, zone, HALF_HOUR_S if unit is Unit.HALF_HOUR else 2 * HALF_HOUR_S)
            return cls(begun, later(begun, HALF_HOUR_S if unit is Unit.HALF_HOUR else 2 * HALF_HOUR_S), unit)
        first = _first_day(unit, moment.astimezone(zone).date())
        return cls(midnight(first, zone), midnight(_next(unit, first), zone), unit)

    @classmethod
    def day(cls, day: date, zone: ZoneInfo) -> Self:
        """This day."""
        return cls(midnight(day, zone), midnight(day + timedelta(days=1), zone), Unit.DAY)

    @classmethod
    def between(cls, start: datetime, end: datetime, zone: ZoneInfo) -> Self:
        """Any range; widened to whole half hours."""
        first, last = floor(start, zone), floor(end, zone)
        return cls(first, last if last.timestamp() == end.timestamp() else later(last, HALF_HOUR_S), Unit.RANGE)

    @classmethod
    def parse(cls, text: str, zone: ZoneInfo) -> Self:
        """A period by its name, as `name` has it; a range's ends may be days (the last one included) or times.

        Raises PeriodError.
        """
        try:
            return cls._parse(text, zone)
        except PeriodError:
            raise
        except (ValueError, OverflowError) as error:
            raise PeriodError(f"period {text!r}; {_EXPECTED}") from error

    @classmethod
    def _parse(cls, text: str, zone: ZoneInfo) -> Self:
        if ".." in text:
            first, _, last = text.partition("..")
            start, end = (cls._parse(one, zone) for one in (first, last))
            at_time = end.unit in (Unit.HALF_HOUR, Unit.HOUR)
            return cls(start.start, end.start if at_time else end.end, Unit.RANGE)
        if found := _WEEK.fullmatch(text):
            return cls.at(Unit.WEEK, midnight(date.fromisocalendar(int(found[1]), int(found[2]), 1), zone), zone)
        if found := _QUARTER.fullmatch(text):
            return cls.at(Unit.QUARTER, midnight(date(int(found[1]), 3 * int(found[2]) - 2, 1), zone), zone)
        for unit, form in _NAMED.items():
            try:
                moment = datetime.strptime(text, form)
            except ValueError:
                continue
            if moment.minute % 30:
                raise PeriodError(f"period {text!r} begins within a half hour; {_EXPECTED}")
            return cls.at(unit, moment.replace(tzinfo=zone), zone)
        raise PeriodError(f"period {text!r}; {_EXPECTED}")

    def split(self, step: Unit) -> Iterator[Self]:
        """The periods of this unit that lie in it, in order; those at its ends are cut to it."""
        at = self.start
        while at.timestamp() < self.end.timestamp():
            whole = type(self).at(step, at, self.zone)
            if whole.start.timestamp() >= self.start.timestamp() and whole.end.timestamp() <= self.end.timestamp():
                yield whole
            else:
                start = max(whole.start, self.start, key=datetime.timestamp)
                yield type(self)(start, min(whole.end, self.end, key=datetime.timestamp), Unit.RANGE)
            at = whole.end

    def whole_days(self) -> tuple[date, date] | None:
        """The first of the days of the calendar that lie in it as a whole, and the day after the last of them."""
        first, after = self.start.date(), self.end.date()
        if midnight(first, self.zone).timestamp() < self.start.timestamp():
            first += timedelta(days=1)
        return (first, after) if first < after else None

    def shifted(self, *, days: int) -> Self:
        """The same stretch of local time so many days later, or earlier: a day a week before begins at midnight, too.
        A month or quarter so becomes a range."""
        by = timedelta(days=days)
        start, end = (one.replace(tzinfo=None) + by for one in (self.start, self.end))
        unit = self.unit
        if unit in (Unit.MONTH, Unit.QUARTER) or (unit is Unit.WEEK and days % 7):
            unit = Unit.RANGE
        return type(self)(_real(start, self.zone), _real(end, self.zone), unit)

    def before(self) -> Self:
        """The one of its unit just before; of a range the stretch of the same length."""
        if self.unit is Unit.RANGE:
            return type(self)(later(self.start, -self.length_ms / 1000), self.start, Unit.RANGE)
        return type(self).at(self.unit, later(self.start, -1), self.zone)


def floor(moment: datetime, zone: ZoneInfo, step_s: int = HALF_HOUR_S) -> datetime:
    """When the half hour (or other step) of local time began that `moment` is in."""
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    local_s = moment.timestamp() + offset.total_seconds()
    return datetime.fromtimestamp(local_s // step_s * step_s - offset.total_seconds(), zone)


def later(moment: datetime, seconds: float) -> datetime:
    """So much real time later, in the same zone: not what the clock on the wall says."""
    return (moment.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(moment.tzinfo)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When this day begins; where clocks jump over midnight, when they have."""
    return _real(datetime.combine(day, time()), zone)


_EXPECTED = "expected 2026-11-22, 2026-W47, 2026-11, 2026-Q4, 2026-11-22T10, 2026-11-22T10:30 or two of them with .."
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_NAMED = {
    Unit.HALF_HOUR: "%Y-%m-%dT%H:%M",
    Unit.HOUR: "%Y-%m-%dT%H",
    Unit.DAY: "%Y-%m-%d",
    Unit.MONTH: "%Y-%m",
    Unit.WEEK: "%G-W%V",
}


def _real(local: datetime, zone: ZoneInfo) -> datetime:
    """This wall time; one that clocks jump over is what they show then."""
    return local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)


def _first_day(unit: Unit, day: date) -> date:
    match unit:
        case Unit.WEEK:
            return day - timedelta(days=day.weekday())
        case Unit.MONTH:
            return day.replace(day=1)
        case Unit.QUARTER:
            return day.replace(month=day.month - (day.month - 1) % 3, day=1)
        case _:
            return day


def _next(unit: Unit, first: date) -> date:
    match unit:
        case Unit.WEEK:
            return first + timedelta(days=7)
        case Unit.MONTH | Unit.QUARTER:
            months = first.month + (1 if unit is Unit.MONTH else 3)
            return first.replace(year=first.year + (months - 1) // 12, month=(months - 1) % 12 + 1)
        case _:
            return first + timedelta(days=1)
