"""Who belongs to the centre, from entries that people have made."""

from datetime import date
from decimal import Decimal

import pytest

from recording.inputs.staffing import StaffEntry, StaffEvent, Staffing

pytestmark = pytest.mark.unit

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def test_who_is_written_to_have_left_twice_has_left_once() -> None:
    """Somebody has entered a later last day and not taken out the first."""
    days = [(date(2026, 1, 1), StaffEvent.JOINED), (date(2026, 11, 10), StaffEvent.LEFT), (LAST, StaffEvent.LEFT)]
    staffing = Staffing(StaffEntry(agent="1001", day=day, event=event) for day, event in days)
    changes = staffing.changes(FIRST, LAST)
    assert [one.day for one in changes.left] == [date(2026, 11, 10)]
    assert changes.turnover == Decimal("3650.00")  # one of a third of a person, in 30 days
