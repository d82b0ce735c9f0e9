"""When reports fall due, and when a mail is tried again."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from recording.reports.schedule import LATE_AT_MOST, Schedule, due, next_due, retry_after

pytestmark = pytest.mark.unit

ZONE = ZoneInfo("Asia/Shanghai")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def schedule(report: str, made_at: datetime = LONG_AGO) -> Schedule:
    order: dict[str, object] = {"report": report}
    return Schedule(name="x", order=order, at=time(7), recipients=("a@b.c",), made_at=made_at)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("report", "now", "last", "then"),
    [
        ("day", "2026-11-22 06:59", "2026-11-20", "2026-11-22 07:00"),
        ("day", "2026-11-22 07:00", "2026-11-21", "2026-11-23 07:00"),
        ("week", "2026-11-23 06:00", "2026-W46", "2026-11-23 07:00"),
        ("week", "2026-11-24 06:00", "2026-W47", "2026-11-30 07:00"),
        ("month", "2026-12-01 08:00", "2026-11", "2027-01-01 07:00"),
        ("quarter", "2027-01-01 06:00", "2026-Q3", "2027-01-01 07:00"),
        ("hour", "2026-11-22 10:20", "2026-11-22T09", "2026-11-22 11:00"),
    ],
)
def test_a_report_falls_due_when_its_time_is_over_and_the_hour_has_come(
    report: str, now: str, last: str, then: str
) -> None:
    assert due(schedule(report), at(now), ZONE)[-1].name == last
    assert next_due(schedule(report), at(now), ZONE) == at(then)


def test_who_was_away_sends_the_last_few_and_a_new_schedule_nothing_that_was_before_it() -> None:
    now = at("2026-11-22 12:00")
    assert [one.name for one in due(schedule("day"), now, ZONE)][-2:] == ["2026-11-20", "2026-11-21"]
    assert len(due(schedule("day"), now, ZONE)) == LATE_AT_MOST + 1
    assert due(schedule("day", made_at=at("2026-11-22 07:01")), now, ZONE) == []
    assert len(due(schedule("day", made_at=at("2026-11-22 06:59")), now, ZONE)) == 1


def test_a_mail_is_tried_again_ever_more_seldom_for_some_days_and_then_no_more() -> None:
    waits: list[timedelta] = []
    while (wait := retry_after(len(waits) + 1)) is not None:
        waits.append(wait)
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert waits == sorted(waits)
    assert timedelta(days=2) < sum(waits, timedelta()) < timedelta(days=4)
