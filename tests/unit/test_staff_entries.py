"""Who belongs to the centre, from entries that people have made."""

from datetime import date
from decimal import Decimal

import pytest

from recording.inputs.staffing import StaffEntry, StaffEvent, Staffing, moved

pytestmark = pytest.mark.unit

JOINED = StaffEvent.JOINED
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def test_who_is_written_to_have_left_twice_has_left_once() -> None:
    """Somebody has entered a later last day and not taken out the first."""
    days = [(date(2026, 1, 1), StaffEvent.JOINED), (date(2026, 11, 10), StaffEvent.LEFT), (LAST, StaffEvent.LEFT)]
    staffing = Staffing(StaffEntry(agent="1001", day=day, event=event) for day, event in days)
    changes = staffing.changes(FIRST, LAST)
    assert [one.day for one in changes.left] == [date(2026, 11, 10)]
    assert changes.turnover == Decimal("3650.00")  # one of a third of a person, in 30 days


def test_who_joins_on_another_day_has_joined_on_that_alone_unless_he_left_between() -> None:
    def one(day: int, event: StaffEvent, agent: str = "1001") -> StaffEntry:
        return StaffEntry(agent=agent, day=date(2026, 11, day), event=event)

    known = [one(23, JOINED), one(23, JOINED, "1002"), one(25, StaffEvent.LEFT), one(26, JOINED)]
    assert moved(known, [one(2, JOINED)]) == [known[0]], "not who came back after he left"
    assert moved(known, [one(24, JOINED)]) == [known[0]]
    assert moved(known, [one(28, JOINED)]) == [known[3]]
    assert moved(known, [one(23, JOINED)]) == [], "it is written over"
    assert moved(known, [one(2, StaffEvent.CHANGED)]) == []
    assert moved(known[:2], [one(2, JOINED), one(10, StaffEvent.LEFT)]) == [], "he came back on the 23rd"
    assert moved(known[:2], [one(2, JOINED), one(23, StaffEvent.LEFT)]) == [known[0]]
