"""Calendars: holidays and exceptions upon weekly hours, and both against a plain reading of every minute."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.calendar_dates import Dates, met_twice, parse_dates
from acd.calendars import CLOSED, OPEN, Calendar, CalendarState, Holiday, OtherHours, Reading
from acd.hours import DAYS, HoursError, Span, parse_hours, parse_spans

pytestmark = pytest.mark.unit

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
WEEK = {"mon-fri": "09:00-12:00, 13:00-18:00"}


def calendar(
    week: Mapping[str, str],
    holidays: Mapping[str, str] | None = None,
    exceptions: Mapping[str, str] | None = None,
    zone: ZoneInfo = SHANGHAI,
) -> Calendar:
    return Calendar(
        parse_hours(week, zone),
        tuple(Holiday(parse_dates(dates), name) for dates, name in (holidays or {}).items()),
        tuple(
            OtherHours(parse_dates(dates), () if text == "closed" else parse_spans(dates, text))
            for dates, text in (exceptions or {}).items()
        ),
    )


def said(of: Calendar, text: str) -> str:
    """What it says at this time on its wall: the state, or the holiday's name."""
    reading = of.at(datetime.fromisoformat(text).replace(tzinfo=of.zone))
    return reading.holiday or reading.state


def changes(of: Calendar, start: str, count: int) -> list[str]:
    """The next changes, in the time on the wall, and what it says from then on."""
    at, told = datetime.fromisoformat(start).replace(tzinfo=of.zone), []
    for _ in range(count):
        following = of.next_change(at)
        assert following is not None
        at = following
        reading = of.at(at)
        told.append(f"{at.astimezone(of.zone):%m-%d %H:%M} {reading.holiday or reading.state}")
    return told


def test_a_holiday_goes_before_the_week_and_an_exception_before_both() -> None:
    office = calendar(
        WEEK,
        {"2026-10-01 to 2026-10-07": "National Day"},
        {"2026-10-10": "09:00-12:00", "2026-10-05": "10:00-11:00", "2026-10-12": "closed"},
    )
    assert said(office, "2026-09-30T17:59") == "open"
    assert said(office, "2026-09-30T23:59") == "closed"
    assert said(office, "2026-10-01T00:00") == said(office, "2026-10-07T23:59") == "National Day"
    assert said(office, "2026-10-05T10:30") == "open"
    assert said(office, "2026-10-05T11:00") == "closed"  # not "holiday": the exception is all that holds that day
    assert said(office, "2026-10-08T00:00") == "closed"
    assert said(office, "2026-10-10T09:00") == "open"  # a Saturday that is worked
    assert said(office, "2026-10-12T10:00") == "closed"  # a Monday that is not
    assert changes(office, "2026-09-30T17:00", 5) == [
        "09-30 18:00 closed",
        "10-01 00:00 National Day",
        "10-05 00:00 closed",
        "10-05 10:00 open",
        "10-05 11:00 closed",
    ]


def test_holidays_come_every_year_and_the_one_of_a_year_goes_before_them() -> None:
    office = calendar(
        {"daily": "00:00-24:00"},
        {"05-01": "Labour Day", "12-24 to 01-02": "Christmas", "2026-05-01 to 2026-05-05": "Labour Day holiday"},
        {"12-31": "08:00-12:00", "2027-12-31": "closed"},
    )
    assert said(office, "2026-05-01T12:00") == "Labour Day holiday"
    assert said(office, "2027-05-01T12:00") == "Labour Day"
    assert said(office, "2027-05-02T12:00") == "open"
    assert [said(office, f"{day}T13:00") for day in ("2026-12-24", "2027-01-02", "2027-01-03")] == [
        "Christmas",
        "Christmas",
        "open",
    ]
    assert (said(office, "2026-12-31T11:59"), said(office, "2026-12-31T12:00")) == ("open", "closed")
    assert said(office, "2027-12-31T11:00") == "closed"


def test_the_night_before_a_holiday_runs_into_its_morning_and_its_own_night_does_not_begin() -> None:
    night = calendar({"daily": "18:00-09:00"}, {"2026-05-01": "Labour Day"})
    assert changes(night, "2026-04-30T12:00", 6) == [
        "04-30 18:00 open",
        "05-01 09:00 Labour Day",
        "05-02 00:00 closed",
        "05-02 18:00 open",
        "05-03 09:00 closed",
        "05-03 18:00 open",
    ]


def test_a_night_that_an_exception_begins_ends_in_the_morning_as_any_other() -> None:
    one = calendar({}, {"2026-05-01": "Labour Day"}, {"2026-04-30": "20:00-06:00"})
    assert changes(one, "2026-04-30T00:00", 3) == ["04-30 20:00 open", "05-01 06:00 Labour Day", "05-02 00:00 closed"]


def test_the_29_february_of_every_year_is_one_of_leap_years() -> None:
    office = calendar({"daily": "09:00-18:00"}, {"02-29": "Leap day", "02-28 to 03-01": "Spring"})
    assert said(office, "2028-02-29T12:00") == "Leap day"
    assert said(office, "2027-02-28T12:00") == said(office, "2027-03-01T12:00") == "Spring"
    assert said(calendar({}, {"02-29": "Leap day"}), "2027-03-01T12:00") == "closed"


def test_a_calendar_that_changes_no_more_says_so_and_one_far_ahead_is_found() -> None:
    always = calendar({"daily": "00:00-24:00"}, {"2026-10-01": "National Day"})
    assert changes(always, "2025-12-01T00:00", 2) == ["10-01 00:00 National Day", "10-02 00:00 open"]
    after = datetime(2026, 10, 2, tzinfo=SHANGHAI)
    assert always.next_change(after) is None
    assert calendar({"daily": "00:00-24:00"}).next_change(after) is None


def test_a_midnight_that_the_clocks_leave_out_begins_the_day_when_they_are_changed() -> None:
    santiago = ZoneInfo("America/Santiago")  # 2026-09-06 begins at 01:00
    one = calendar({"daily": "00:00-24:00"}, {"2026-09-06": "Holiday"}, zone=santiago)
    assert changes(one, "2026-09-05T12:00", 2) == ["09-06 01:00 Holiday", "09-07 00:00 open"]


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ("1 October", '"1 October" is no date'),
        ("2026-10-1", '"2026-10-1" is no date'),
        ("2026-02-29", '"2026-02-29" is in no calendar'),
        ("02-30", '"02-30" is in no calendar'),
        ("13-01", '"13-01" is in no calendar'),
        ("2026-10-07 to 2026-10-01", "ends before it begins"),
        ("2026-10-01 to 10-07", "has a year on one side only"),
        ("2026-10-01 to ", '"" is no date'),
        ("0000-01-01", '"0000-01-01" is in no calendar'),
    ],
)
def test_dates_that_cannot_be_read_say_what_is_wrong_with_them(written: str, wrong: str) -> None:
    with pytest.raises(HoursError) as caught:
        parse_dates(written)
    assert wrong in caught.value.wrong
    assert (caught.value.key, caught.value.in_key) == (written, True)


def test_days_that_are_claimed_twice_are_found_but_a_year_may_differ_from_the_others() -> None:
    written = ["2026-10-01 to 2026-10-07", "10-01", "2026-10-07", "12-24 to 01-02", "01-01 to 01-03", "2027-01-01"]
    assert list(met_twice([parse_dates(one) for one in written])) == [(2, 0), (4, 3)]


# Against a plain reading: the minutes of a few days one after another, each with the time its wall shows.

ZONES = [
    *("Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Santiago", "America/Havana"),
    *("Australia/Lord_Howe", "Pacific/Auckland", "Africa/Cairo", "Asia/Kathmandu"),
]
ONE_MINUTE = timedelta(minutes=1)
Wall = tuple[date, int]


class PlainReading:
    """Every minute of seven days from a date on, by what the wall shows: a span is open from the first minute that is
    not before its beginning to the last one before its end."""

    def __init__(self, of: Calendar, day: date) -> None:
        self._of = of
        first = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
        self.minutes = [first + number * ONE_MINUTE for number in range(7 * 24 * 60)]
        local = [minute.astimezone(of.zone) for minute in self.minutes]
        self.walls: list[Wall] = [(one.date(), one.hour * 60 + one.minute) for one in local]
        self._open = [False] * len(self.minutes)
        for offset in range(-2, 8):
            self._take(day + timedelta(days=offset))

    def _take(self, day: date) -> None:
        for span in self._spans(day):
            start, end = self._wall(day, span.start_min), self._wall(day, span.end_min)
            begins = next((index for index, wall in enumerate(self.walls) if wall >= start), len(self.walls))
            lasts = next((i for i in reversed(range(len(self.walls))) if self.walls[i] < end), -1)
            for index in range(begins, lasts + 1):
                self._open[index] = True

    @staticmethod
    def _wall(day: date, minute: int) -> Wall:
        return day + timedelta(days=minute // 1440), minute % 1440

    def _spans(self, day: date) -> Sequence[Span]:
        for found in (self._entry(self._of.exceptions, day), self._entry(self._of.holidays, day)):
            if found is not None:
                return found.spans if isinstance(found, OtherHours) else ()
        return self._of.weekly.days[day.weekday()]

    @staticmethod
    def _entry(entries: Sequence[Holiday | OtherHours], day: date) -> Holiday | OtherHours | None:
        there = [entry for entry in entries if day in entry.dates]
        dated = [entry for entry in there if not entry.dates.yearly]
        return next(iter(dated or there), None)

    def __getitem__(self, index: int) -> Reading:
        if self._open[index]:
            return OPEN
        day = self.walls[index][0]
        exception, holiday = self._entry(self._of.exceptions, day), self._entry(self._of.holidays, day)
        if exception is None and isinstance(holiday, Holiday):
            return Reading(CalendarState.HOLIDAY, holiday.name)
        return CLOSED


def _clocks_change(zone: ZoneInfo, year: int) -> list[date]:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]
    noons = [datetime(day.year, day.month, day.day, 12, tzinfo=zone).utcoffset() for day in days]
    return [day for day, before, after in zip(days[1:], noons, noons[1:], strict=False) if before != after]


TIME = st.integers(0, 24 * 4 - 1).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
SPANS = st.tuples(TIME, TIME).map("-".join)


@st.composite
def calendars_and_days(draw: st.DrawFn) -> tuple[Calendar, date]:
    """A calendar whose holidays and exceptions lie about a day on which something may go wrong."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    year = draw(st.sampled_from([2026, 2027, 2028]))
    odd = [date(year, 12, 31), date(year, 2, 28), date(year, 5, 1), *_clocks_change(zone, year)]
    day = draw(st.sampled_from(odd))
    near = st.integers(-2, 4).map(lambda offset: day + timedelta(days=offset))

    def written(last_days: int) -> st.SearchStrategy[Dates]:
        def of(first: date, length: int, yearly: bool) -> Dates:
            ends = (first, first + timedelta(days=length))
            if yearly:
                return Dates(*((one.month, one.day) for one in ends))
            return Dates(*((one.year, one.month, one.day) for one in ends))

        return st.builds(of, near, st.integers(0, last_days), st.booleans())

    week = draw(st.dictionaries(st.sampled_from(DAYS), SPANS))
    holidays = draw(st.lists(st.builds(Holiday, written(3), st.sampled_from(["one", "other"])), max_size=3))
    spans = st.one_of(st.just(()), SPANS.map(lambda text: parse_spans("", text)))
    exceptions = draw(st.lists(st.builds(OtherHours, written(1), spans), max_size=3))
    return Calendar(parse_hours(week, zone), tuple(holidays), tuple(exceptions)), day


@given(calendars_and_days(), st.data())
def test_it_says_what_a_plain_reading_of_every_minute_says(drawn: tuple[Calendar, date], data: st.DataObject) -> None:
    of, day = drawn
    plain = PlainReading(of, day)
    inner = range(24 * 60, 6 * 24 * 60)  # spans that reach beyond the days that are read are not judged
    assert [of.at(plain.minutes[index]) for index in inner[::7]] == [plain[index] for index in inner[::7]]
    index = data.draw(st.sampled_from(inner))
    following = of.next_change(plain.minutes[index])
    differs = next((one for one in inner if one > index and plain[one] != plain[index]), None)
    if differs is not None:
        assert following == plain.minutes[differs]
    else:
        assert following is None or following > plain.minutes[inner[-1]]
