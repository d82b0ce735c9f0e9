"""What a calendar of the centre says, with what callers hear of a closure: the answer to a flow's `hours` node."""

from collections.abc import Callable
from datetime import UTC, datetime

from acd.calendars import CLOSED, Calendar, CalendarState
from acd.closures import Closures
from cti.administration import Administration
from ivr.closure_words import words_of
from ivr.flow.steps import Announced, CalendarIs
from ivr.flow.words import Speech


class CalendarPort:
    """Looks at the calendars as the files have them now, and at the closures that are on. `now_ms` is the time."""

    def __init__(self, administration: Administration, closures: Closures, now_ms: Callable[[], int]) -> None:
        self._administration = administration
        self._closures = closures
        self._now_ms = now_ms

    def __call__(self, name: str, language: str) -> CalendarIs:
        """What it says now; callers of an earlier edit may still ask for a calendar that is in the file no more."""
        at = datetime.fromtimestamp(self._now_ms() / 1000, UTC)
        words = self._administration.centre.closure_words.get(name, {})
        return calendar_says(name, self._administration.calendar(name), self._closures, words, language, at)


def calendar_says(
    name: str, calendar: Calendar | None, closures: Closures, words: Speech, language: str, at: datetime
) -> CalendarIs:
    """What this calendar says of a moment. `words` are its own for a closure of which nothing has been recorded."""
    if (closure := closures.of(name)) is not None:
        spoken = words_of(words, language)
        announced = Announced(closure.announcement, language) if closure.announcement else spoken
        return CalendarIs(CalendarState.EMERGENCY, (announced,), recorded=bool(closure.announcement))
    reading = CLOSED if calendar is None else calendar.at(at)
    return CalendarIs(reading.state, holiday=reading.holiday)
