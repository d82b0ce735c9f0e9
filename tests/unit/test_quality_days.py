"""Days in quality are those of the centre's clock, also where it is put forward or back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.quality.candidates import days_between
from recording.quality.evaluations import Phase, StepKind
from recording.quality.life import days_later, due, take
from tests.quality import AGENT, SHEET, drawn, judged, step

pytestmark = pytest.mark.unit

ZONES = (
    *("Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Havana", "Australia/Lord_Howe"),
    *("Africa/Casablanca", "America/Santiago", "Asia/Kathmandu", "UTC"),
)
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))
LEAP = timedelta(hours=1)


@given(at=INSTANTS, days=st.integers(1, 400), zone=st.sampled_from(ZONES))
def test_so_many_days_later_the_clock_shows_the_same_time(at: datetime, days: int, zone: str) -> None:
    clock = ZoneInfo(zone)
    then, later = at.astimezone(clock), days_later(at, days, zone).astimezone(clock)
    assert days_between(at, later, clock) == days
    wished = then.replace(tzinfo=None) + timedelta(days=days)
    assert timedelta(0) <= later.replace(tzinfo=None) - wished <= LEAP, "later only where the clock never shows it"
    if later.replace(tzinfo=None) > wished:
        unshown = wished.replace(tzinfo=clock)
        assert unshown.astimezone(UTC).astimezone(clock).replace(tzinfo=None) != wished
    assert later.fold == 0


@given(first=INSTANTS, length=st.timedeltas(timedelta(0), timedelta(days=90)), zone=st.sampled_from(ZONES))
def test_days_between_are_the_midnights_passed(first: datetime, length: timedelta, zone: str) -> None:
    clock = ZoneInfo(zone)
    last = first + length
    days, day = 0, first.astimezone(clock).date()
    while day < last.astimezone(clock).date():
        day += timedelta(days=1)
        days += 1
    assert days_between(first, last, clock) == days


def test_an_appeal_over_the_change_of_clocks_is_possible_until_the_same_time_of_day() -> None:
    """In Berlin the clock is put back on 2026-10-25: the week has 169 hours."""
    released = datetime(2026, 10, 20, 8, tzinfo=UTC)  # ten o'clock in summer
    judgement = judged(hello=1, right=5)
    one = drawn(zone="Europe/Berlin", drawn_at=released)
    for kind in (StepKind.CLAIM, StepKind.SCORE, StepKind.RELEASE):
        one = take(one, SHEET, step(kind, at=released, judgement=judgement if kind is StepKind.SCORE else None))
    assert one.due_at == datetime(2026, 10, 27, 9, tzinfo=UTC), "ten o'clock in winter"
    late = step(StepKind.APPEAL, AGENT, at=one.due_at, note="I did greet")
    assert take(one, SHEET, late).phase is Phase.APPEALED


def test_what_was_drawn_before_zones_were_kept_is_due_after_days_of_24_hours() -> None:
    at = datetime(2026, 10, 20, 8, tzinfo=UTC)
    assert due(at, 7, "") == at + timedelta(days=7)
    assert due(at, 0, "Europe/Berlin") is None
