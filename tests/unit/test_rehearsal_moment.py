"""The moment of a rehearsed call, from what people write."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.rehearsal.moment import MomentError, parse_moment

pytestmark = pytest.mark.unit

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 10, 30, 15, tzinfo=SHANGHAI)  # a Sunday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", "2026-11-22T10:30:15+08:00"),
        ("22:00", "2026-11-22T22:00:00+08:00"),
        ("9:00", "2026-11-23T09:00:00+08:00"),
        ("10:30", "2026-11-22T10:30:00+08:00"),
        ("today 9:00", "2026-11-22T09:00:00+08:00"),
        ("tomorrow 00:00", "2026-11-23T00:00:00+08:00"),
        ("Sunday 22:00", "2026-11-22T22:00:00+08:00"),
        ("sunday  9:00", "2026-11-29T09:00:00+08:00"),
        ("Mon 08:59", "2026-11-23T08:59:00+08:00"),
        ("sat 12:00", "2026-11-28T12:00:00+08:00"),
        ("thurs 12:00", "2026-11-26T12:00:00+08:00"),
        ("2026-12-24 18:00", "2026-12-24T18:00:00+08:00"),
        ("2026-12-24T18:00:30", "2026-12-24T18:00:30+08:00"),
        ("2026-12-24T18:00Z", "2026-12-25T02:00:00+08:00"),
        ("2026-12-24T18:00+01:00", "2026-12-25T01:00:00+08:00"),
        ("2025-01-01 00:00", "2025-01-01T00:00:00+08:00"),
    ],
)
def test_a_moment_is_read_as_it_is_meant(text: str, expected: str) -> None:
    assert parse_moment(text, NOW.astimezone(UTC), SHANGHAI).isoformat() == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "noon",
        "Sunday",
        "2026-11-22",
        "25:00",
        "9:60",
        "someday 9:00",
        "su 9:00",
        "2026-13-01 9:00",
        "12",
        "9:00 pm",
    ],
)
def test_what_is_no_moment_is_refused_with_the_forms_that_are(text: str) -> None:
    with pytest.raises(MomentError, match="is no moment; expected") as refused:
        parse_moment(text, NOW, SHANGHAI)
    assert refused.value.id == "bad-moment"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-29 02:30", "2026-03-29T03:30:00+02:00"),  # left out
        ("2026-10-25 02:30", "2026-10-25T02:30:00+02:00"),  # comes twice: the first
        ("Sunday 12:00", "2026-03-29T12:00:00+02:00"),
    ],
)
def test_a_night_in_which_clocks_are_changed_is_no_trap(text: str, expected: str) -> None:
    now = datetime(2026, 3, 28, 12, tzinfo=BERLIN)
    assert parse_moment(text, now, BERLIN).isoformat() == expected
