"""Schedules as spans: patterns, nights, rotations, exceptions, clocks put forward and back, against a plain reading."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from recording.inputs.clock_times import at
from recording.inputs.plan import Plan
from recording.inputs.shifts import Assignment, Break, ExceptionKind, Pattern, PatternShift, Shift, ShiftException
from recording.inputs.spans import Span, total_ms

pytestmark = pytest.mark.unit

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)


def night(day: int, week: int = 1) -> PatternShift:
    breaks = (Break(start=60, end=90, paid=True), Break(start=22 * 60, end=22 * 60 + 30))
    return PatternShift(week=week, day=day, start=18 * 60, end=9 * 60, breaks=breaks)


def early(day: int, week: int = 1) -> PatternShift:
    return PatternShift(week=week, day=day, start=8 * 60, end=16 * 60)


WEEKLY = Pattern(name="nights", shifts=(night(1),))
ROTATION = Pattern(name="rotation", weeks=2, shifts=(*(early(day, 1) for day in range(1, 6)), night(7, 2)))


def plan(*exceptions: ShiftException, zone: ZoneInfo = SHANGHAI, week: int = 1) -> Plan:
    assigned = [
        Assignment(agent="1001", since=MONDAY, pattern="nights"),
        Assignment(agent="1002", since=MONDAY, pattern="rotation", week=week),
        Assignment(agent="1002", since=MONDAY + timedelta(days=21), pattern=""),
    ]
    return Plan(zone, [WEEKLY, ROTATION], assigned, exceptions)


def hours(plan: Plan, agent: str, day: date, days: int = 1, zone: ZoneInfo = SHANGHAI) -> list[str]:
    spans = plan.working(agent, at(day, 0, zone), at(day + timedelta(days=days), 0, zone))
    return [f"{s.start.astimezone(zone):%d %H:%M}-{s.end.astimezone(zone):%H:%M}" for s in spans]


def away(kind: str, day: date = MONDAY, agent: str = "1001", **given: object) -> ShiftException:
    return ShiftException.model_validate({"agent": agent, "day": day, "kind": kind, **given})


def test_a_night_shift_crosses_midnight_with_its_breaks_left_out() -> None:
    assert hours(plan(), "1001", MONDAY, 2) == ["23 18:00-22:00", "23 22:30-01:00", "24 01:30-09:00"]
    assert hours(plan(), "1001", MONDAY + timedelta(days=1)) == ["24 00:00-01:00", "24 01:30-09:00"]
    (shift,) = plan().shifts("1001", MONDAY, MONDAY + timedelta(days=6))
    assert [one.paid for one in shift.breaks] == [True, False]
    assert shift.span == Span(at(MONDAY, 1080, SHANGHAI), at(MONDAY + timedelta(days=1), 540, SHANGHAI))


@pytest.mark.parametrize(("week", "begins"), [(1, [23, 24, 25, 26, 27]), (2, [29])])
def test_a_rotation_begins_in_the_week_that_is_said(week: int, begins: list[int]) -> None:
    shifts = plan(week=week).shifts("1002", MONDAY, MONDAY + timedelta(days=6))
    assert [shift.day.day for shift in shifts] == begins
    again = plan(week=week).shifts("1002", MONDAY + timedelta(days=14), MONDAY + timedelta(days=20))
    assert [shift.day - timedelta(days=14) for shift in again] == [shift.day for shift in shifts]
    assert plan(week=week).shifts("1002", MONDAY + timedelta(days=21), MONDAY + timedelta(days=40)) == ()


@pytest.mark.parametrize(
    ("exceptions", "expected"),
    [
        ((away("leave"),), []),
        ((away("sick", start="20:00", end="23:00"),), ["23 18:00-20:00", "23 23:00-01:00", "24 01:30-09:00"]),
        (
            (away("absent", MONDAY + timedelta(days=1), start="03:00", end="10:00"),),
            ["23 18:00-22:00", "23 22:30-01:00", "24 01:30-03:00"],
        ),
        ((away("swap", other="1002"),), ["23 08:00-16:00"]),
        ((away("changed", start="10:00", end="12:00"),), ["23 10:00-12:00"]),
        ((away("leave"), away("overtime", start="23:00", end="01:00")), ["23 23:00-01:00"]),
        (
            (away("overtime", start="17:00", end="23:00"),),  # what is worked besides covers the break
            ["23 17:00-01:00", "24 01:30-09:00"],
        ),
    ],
)
def test_single_days_differ(exceptions: tuple[ShiftException, ...], expected: list[str]) -> None:
    assert hours(plan(*exceptions), "1001", MONDAY, 2) == expected


def test_who_does_not_belong_to_the_centre_has_no_shift() -> None:
    left = Plan(
        SHANGHAI,
        [WEEKLY],
        [Assignment(agent="1001", since=MONDAY, pattern="nights")],
        [],
        lambda agent, day: day <= MONDAY,
    )
    assert len(left.shifts("1001", MONDAY, MONDAY + timedelta(days=30))) == 1


@pytest.mark.parametrize(("day", "length_h"), [(date(2026, 10, 24), 15), (date(2026, 3, 28), 13), (MONDAY, 14)])
def test_a_night_is_as_long_as_the_clock_makes_it(day: date, length_h: int) -> None:
    pattern = Pattern(name="nights", shifts=(night(day.isoweekday()),))
    one = Plan(BERLIN, [pattern], [Assignment(agent="1", since=day, pattern="nights")], [])
    assert (
        total_ms(one.working("1", at(day, 0, BERLIN), at(day + timedelta(days=2), 0, BERLIN))) == length_h * 3_600_000
    )


def test_a_time_that_the_clock_passes_over_is_the_moment_of_the_leap_and_one_passed_twice_the_first() -> None:
    assert at(date(2026, 3, 29), 150, BERLIN) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert at(date(2026, 10, 25), 150, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "bad",
    [
        {"start": "09:00", "end": "17:00", "breaks": [{"start": "08:30", "end": "09:30"}]},
        {"start": "09:00", "end": "17:00", "breaks": [{"start": "16:45", "end": "17:15"}]},
        {"start": "09:00", "end": "17:00", "breaks": [{"start": "12:00", "end": "12:00"}]},
        {
            "start": "09:00",
            "end": "17:00",
            "breaks": [{"start": "12:00", "end": "13:00"}, {"start": "12:30", "end": "14:00"}],
        },
        {"start": "24:00", "end": "17:00"},
        {"start": -1, "end": 10},
    ],
)
def test_a_shift_that_does_not_fit_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Shift.model_validate(bad)


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "swap"},
        {"kind": "swap", "other": "1001"},
        {"kind": "swap", "other": "1002", "start": "08:00", "end": "09:00"},
        {"kind": "leave", "other": "1002"},
        {"kind": "overtime"},
        {"kind": "changed"},
        {"kind": "leave", "start": "08:00"},
    ],
)
def test_an_exception_that_says_nothing_or_too_much_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ShiftException.model_validate({"agent": "1001", "day": MONDAY, **bad})


ZONES = st.sampled_from([BERLIN, SHANGHAI, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")])
DAYS = st.sampled_from(
    [date(2026, 3, 28), date(2026, 10, 24), date(2026, 3, 7), date(2026, 10, 31), date(2026, 4, 4), MONDAY]
)
MINUTES = st.integers(0, 287).map(lambda five: five * 5)


@st.composite
def shifts(draw: st.DrawFn) -> PatternShift:
    start, length = draw(MINUTES), draw(st.integers(1, 288)) * 5
    breaks = []
    if length > 60 and draw(st.booleans()):
        begins = draw(st.integers(0, length // 5 - 7)) * 5
        breaks.append(Break(start=(start + begins) % 1440, end=(start + begins + 30) % 1440, paid=draw(st.booleans())))
    return PatternShift(day=draw(st.integers(1, 7)), start=start, end=(start + length) % 1440, breaks=tuple(breaks))


@given(ZONES, DAYS, st.lists(shifts(), min_size=1, max_size=3, unique_by=lambda one: (one.day, one.start)), st.data())
@settings(max_examples=25)
def test_working_time_is_what_a_plain_reading_minute_by_minute_gives(
    zone: ZoneInfo, first: date, found: list[PatternShift], data: st.DataObject
) -> None:
    pattern = Pattern(name="any", shifts=tuple(found))
    exceptions: list[ShiftException] = []
    for kind in data.draw(st.sets(st.sampled_from([ExceptionKind.LEAVE, ExceptionKind.OVERTIME]))):
        start, end = data.draw(MINUTES), data.draw(MINUTES)
        exceptions.append(ShiftException(agent="1", day=first + timedelta(days=1), kind=kind, start=start, end=end))
    since = first - timedelta(days=7)
    one = Plan(zone, [pattern], [Assignment(agent="1", since=since, pattern="any")], exceptions)
    begin = datetime.combine(first, datetime.min.time(), zone).astimezone(UTC)
    spans = one.working("1", begin, begin + timedelta(days=3))
    expected = _plainly(pattern, exceptions, zone, first, begin)
    step = timedelta(minutes=5)
    said = {
        begin + number * step for number in range(864) if any(s.start <= begin + number * step < s.end for s in spans)
    }
    assert said == expected
    assert total_ms(spans) == len(expected) * 300_000


def _plainly(
    pattern: Pattern, exceptions: list[ShiftException], zone: ZoneInfo, first: date, begin: datetime
) -> set[datetime]:
    """Looks at the clock every five minutes from two days before: what has begun, and not ended, is on."""
    step = timedelta(minutes=5)
    on: list[tuple[datetime, datetime, list[tuple[datetime, datetime]]]] = []
    off: list[tuple[datetime, datetime]] = []

    def wall(day: date, minute: int) -> datetime:
        return datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)

    def both(day: date, start: int, end: int) -> tuple[datetime, datetime]:
        return wall(day, start), wall(day, end if end > start else end + 1440)

    for number in range(-2, 5):
        day = first + timedelta(days=number)
        for one in pattern.shifts:
            if one.day == day.isoweekday():
                breaks = [
                    both(day if pause.start >= one.start else day + timedelta(days=1), pause.start, pause.end)
                    for pause in one.breaks
                ]
                on.append((*both(day, one.start, one.end), breaks))
    for exception in exceptions:
        hours = exception.hours
        assert hours is not None
        if exception.kind is ExceptionKind.OVERTIME:
            on.append((*both(exception.day, hours.start, hours.end), []))
        else:
            off.append(both(exception.day, hours.start, hours.end))
    shown = datetime.min
    found: set[datetime] = set()
    for number in range(-2 * 288, 864):
        moment = begin + number * step
        shown = max(shown, moment.astimezone(zone).replace(tzinfo=None))  # the latest that the clock has shown so far
        working = any(
            start <= shown < end and not any(away <= shown < back for away, back in breaks) for start, end, breaks in on
        )
        if number >= 0 and working and not any(start <= shown < end for start, end in off):
            found.add(moment)
    return found
