"""Which shift a call belongs to: the planned one, across midnight, too, and the day where none is planned."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from recording.inputs.plan import Plan
from recording.inputs.shifts import Assignment, Pattern
from recording.quality.shifts import drawable_days, shifts_of

pytestmark = pytest.mark.unit

ZONE = ZoneInfo("Asia/Shanghai")
NIGHTS = Pattern.model_validate(
    {"name": "nights", "shifts": [{"day": day, "start": "18:00", "end": "09:00"} for day in (1, 2)]}
)
HALVES = (("08:00", "12:00"), ("16:00", "20:00"))
SPLIT = Pattern.model_validate(
    {"name": "split", "shifts": [{"day": 1, "start": start, "end": end} for start, end in HALVES]}
)
MONDAY = date(2026, 11, 23)
PLAN = Plan(
    ZONE,
    [NIGHTS, SPLIT],
    [Assignment(agent=agent, since=MONDAY, pattern=name) for agent, name in (("1001", "nights"), ("1002", "split"))],
    [],
)


@pytest.mark.parametrize(
    ("agent", "at", "shift"),
    [
        ("1001", "2026-11-23T18:00", "2026-11-23 18:00"),
        ("1001", "2026-11-24T03:00", "2026-11-23 18:00"),
        ("1001", "2026-11-24T09:20", "2026-11-23 18:00"),  # a call that lasted into the morning's end
        ("1001", "2026-11-24T17:50", "2026-11-24 18:00"),
        ("1001", "2026-11-25T08:59", "2026-11-24 18:00"),
        ("1001", "2026-11-27T10:00", "2026-11-27"),  # not a day of his
        ("1002", "2026-11-23T13:59", "2026-11-23 08:00"),
        ("1002", "2026-11-23T14:01", "2026-11-23 16:00"),
        ("1003", "2026-11-23T23:30", "2026-11-23"),
    ],
)
def test_a_call_belongs_to_a_shift(agent: str, at: str, shift: str) -> None:
    name_of = shifts_of(PLAN, ["1001", "1002", "1003"], MONDAY, date(2026, 11, 29), ZONE)
    assert name_of(agent, datetime.fromisoformat(at).replace(tzinfo=ZONE)).name == shift


@pytest.mark.parametrize(
    ("agent", "at", "ends"),
    [
        ("1001", "2026-11-23T23:00", "2026-11-24T09:00"),
        ("1001", "2026-11-24T09:20", "2026-11-24T09:20"),  # it goes on as long as he works
        ("1003", "2026-11-23T23:30", "2026-11-24T00:00"),
    ],
)
def test_a_shift_is_over_at_its_end_and_a_day_at_midnight(agent: str, at: str, ends: str) -> None:
    worked = shifts_of(PLAN, ["1001", "1003"], MONDAY, date(2026, 11, 29), ZONE)
    assert worked(agent, datetime.fromisoformat(at).replace(tzinfo=ZONE)).ends_at == datetime.fromisoformat(
        ends
    ).replace(tzinfo=ZONE)


def test_work_can_be_drawn_on_the_days_after_planned_shifts() -> None:
    found = drawable_days(PLAN, ["1001", "1002", "1003"], MONDAY)
    assert found == {"1001": (24, 25), "1002": (24,)}
    assert drawable_days(PLAN, ["1001"], date(2026, 12, 1)) == {"1001": (1, 2, 8, 9, 15, 16, 22, 23, 29, 30)}
