"""What a calendar of the centre says now, with what callers hear of a closure: the answer to a flow's `hours` node."""

from collections.abc import Callable
from datetime import UTC, datetime

from acd.calendars import CLOSED, CalendarState
from acd.closures import Closures
from cti.administration import Administration
from ivr.closure_words import words_of
from ivr.flow.steps import Announced, CalendarIs


class CalendarPort:
    """Looks at the calendars as the files have them now, and at the closures that are on. `now_ms` is the time."""

    def __init__(self, administration: Administration, closures: Closures, now_ms: Callable[[], int]) -> None:
        self._administration = administration
        self._closures = closures
        self._now_ms = now_ms

    def __call__(self, name: str, language: str) -> CalendarIs:
        """What it says; callers of an earlier edit may still ask for a calendar that is in the file no more."""
        if (closure := self._closures.of(name)) is not None:
            words = words_of(self._administration.centre.closure_words.get(name, {}), language)
            announced = Announced(closure.announcement, language) if closure.announcement else words
            return CalendarIs(CalendarState.EMERGENCY, (announced,), recorded=bool(closure.announcement))
        calendar = self._administration.calendar(name)
        at = datetime.fromtimestamp(self._now_ms() / 1000, UTC)
        reading = CLOSED if calendar is None else calendar.at(at)
        return CalendarIs(reading.state, holiday=reading.holiday)
