"""Weekly hours: open and closed, through midnight and through nights on which clocks are changed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.hours import DAYS, HoursError, WeeklyHours, parse_hours

pytestmark = pytest.mark.unit

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
HAVANA = ZoneInfo("America/Havana")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # changes its clocks by half an hour


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def changes(hours: WeeklyHours, start: datetime, count: int) -> list[str]:
    """The next changes, in the time on the wall with its offset, + for opening and - for closing."""
    told = []
    for _ in range(count):
        following = hours.next_change(start)
        assert following is not None
        start = following
        wall = start.astimezone(hours.zone)
        told.append(f"{'+' if hours.is_open(start) else '-'}{wall:%a %H:%M %z}")
    return told


def test_office_hours_with_a_lunch_break_are_open_from_each_beginning_to_each_end() -> None:
    hours = parse_hours({"mon-fri": "09:00-12:00, 13:00-18:00", "sat": "10:00-14:00"}, SHANGHAI)
    friday = at("2026-11-20T08:59:59")
    assert not hours.is_open(friday)
    assert hours.is_open(at("2026-11-20T09:00"))
    assert not hours.is_open(at("2026-11-20T12:00"))
    assert [one[:10] for one in changes(hours, friday, 7)] == [
        "+Fri 09:00", "-Fri 12:00", "+Fri 13:00", "-Fri 18:00", "+Sat 10:00", "-Sat 14:00", "+Mon 09:00",
    ]  # fmt: skip


def test_a_night_shift_belongs_to_the_day_it_begins_on() -> None:
    hours = parse_hours({"mon-fri": "18:00-09:00"}, SHANGHAI)
    assert hours.is_open(at("2026-11-21T08:59"))  # Saturday morning is Friday's night
    assert not hours.is_open(at("2026-11-23T08:59"))  # Monday morning is nobody's
    assert hours.next_change(at("2026-11-21T08:59")) == at("2026-11-21T09:00")
    assert hours.next_change(at("2026-11-21T09:00")) == at("2026-11-23T18:00")


def test_days_may_go_over_the_weekend_and_stand_in_a_list() -> None:
    hours = parse_hours({"fri-mon": "10:00-12:00", "tue, thu": "14:00-16:00"}, SHANGHAI)
    opened = [one[1:4] for one in changes(hours, at("2026-11-23T13:00"), 12) if one[0] == "+"]
    assert opened == ["Tue", "Thu", "Fri", "Sat", "Sun", "Mon"]


@pytest.mark.parametrize("written", [{"daily": "00:00-24:00"}, {"daily": "08:00-08:00"}])
def test_day_and_night_never_closes(written: dict[str, str]) -> None:
    hours = parse_hours(written, BERLIN)
    assert hours.is_open(at("2026-03-29T02:30", BERLIN))
    assert hours.next_change(at("2026-03-29T02:30", BERLIN)) is None


def test_no_hours_at_all_never_open() -> None:
    assert parse_hours({}, SHANGHAI).next_change(at("2026-11-20T09:00")) is None


def test_when_clocks_go_forward_a_shift_over_night_is_an_hour_shorter_and_has_no_break() -> None:
    hours = parse_hours({"daily": "22:00-06:00"}, BERLIN)
    assert changes(hours, at("2026-03-28T12:00", BERLIN), 2) == ["+Sat 22:00 +0100", "-Sun 06:00 +0200"]
    opened, closed = at("2026-03-28T22:00", BERLIN), at("2026-03-29T06:00", BERLIN)
    assert closed.astimezone(UTC) - opened.astimezone(UTC) == timedelta(hours=7)


def test_a_time_that_the_night_leaves_out_is_the_moment_of_the_change() -> None:
    opens = parse_hours({"sun": "02:30-10:00"}, BERLIN)
    assert changes(opens, at("2026-03-29T00:00", BERLIN), 2) == ["+Sun 03:00 +0200", "-Sun 10:00 +0200"]
    closes = parse_hours({"sun": "00:00-02:30"}, BERLIN)
    assert changes(closes, at("2026-03-28T12:00", BERLIN), 2) == ["+Sun 00:00 +0100", "-Sun 03:00 +0200"]
    none = parse_hours({"sun": "02:15-02:45"}, BERLIN)
    assert changes(none, at("2026-03-29T00:00", BERLIN), 1) == ["+Sun 02:15 +0200"]  # a week later
    half = parse_hours({"sun": "02:10-09:00"}, LORD_HOWE)
    assert changes(half, at("2026-10-03T12:00", LORD_HOWE), 1) == ["+Sun 02:30 +1100"]


def test_a_time_that_comes_twice_is_the_first_to_begin_and_the_second_to_end() -> None:
    hours = parse_hours({"sun": "02:30-10:00"}, BERLIN)
    assert changes(hours, at("2026-10-25T00:00", BERLIN), 2) == ["+Sun 02:30 +0200", "-Sun 10:00 +0100"]
    hours = parse_hours({"sat": "20:00-02:30"}, BERLIN)
    assert changes(hours, at("2026-10-24T12:00", BERLIN), 2) == ["+Sat 20:00 +0200", "-Sun 02:30 +0100"]


def test_where_clocks_are_put_back_to_the_very_time_of_an_end_it_is_the_first() -> None:
    hours = parse_hours({"sat": "00:00-24:00"}, HAVANA)  # there Sunday begins twice
    assert changes(hours, at("2027-11-06T12:00", HAVANA), 2) == ["-Sun 00:00 -0400", "+Sat 00:00 -0500"]
    hours = parse_hours({"sat": "20:00-02:00"}, BERLIN)
    assert changes(hours, at("2026-10-24T12:00", BERLIN), 2) == ["+Sat 20:00 +0200", "-Sun 02:00 +0200"]


@pytest.mark.parametrize(
    ("written", "wrong", "in_key"),
    [
        ({"monday": "09:00-18:00"}, '"monday" is no day', True),
        ({"mon-": "9-18"}, '"9-18" does not fit', False),
        ({"mon": "09:00"}, '"09:00" does not fit', False),
        ({"mon": "09:00-25:00"}, '"09:00-25:00" does not fit', False),
        ({"mon": "09:00-24:30"}, '"09:00-24:30" does not fit', False),
        ({"mon": "24:00-09:00"}, '"24:00-09:00" does not fit', False),
        ({"mon": "09:00-13:00, 12:00-18:00"}, "has spans that overlap", False),
        ({"mon-wed": "09:00-12:00", "tue": "13:00-14:00"}, "tue stands here twice", True),
        ({"mon, mon": "09:00-12:00"}, '"mon, mon" names a day twice', True),
    ],
)
def test_hours_that_cannot_be_read_say_where_and_what_was_expected(
    written: dict[str, str], wrong: str, in_key: bool
) -> None:
    with pytest.raises(HoursError) as caught:
        parse_hours(written, SHANGHAI)
    assert wrong in caught.value.wrong
    assert caught.value.expected
    assert (caught.value.key in written, caught.value.in_key) == (True, in_key)


MINUTE = st.integers(0, 24 * 60 - 1)
WRITTEN = st.dictionaries(
    st.sampled_from(DAYS),
    st.tuples(MINUTE, MINUTE).map(lambda span: "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in span)),
)
MOMENT = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC))


@given(WRITTEN, MOMENT, st.sampled_from([SHANGHAI, BERLIN, LORD_HOWE, ZoneInfo("America/New_York")]))
def test_between_two_changes_nothing_changes_and_at_each_it_does(
    written: dict[str, str], moment: datetime, zone: ZoneInfo
) -> None:
    hours = parse_hours(written, zone)
    following = hours.next_change(moment)
    if following is None:
        assert len({hours.is_open(moment + timedelta(hours=hour)) for hour in range(24 * 8)}) == 1
        return
    assert following > moment
    assert hours.is_open(following) is not hours.is_open(moment)
    for part in range(1, 20):
        assert hours.is_open(moment + (following - moment) * part / 20) is hours.is_open(moment)
