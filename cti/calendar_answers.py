"""What a calendar says of a moment, with what callers hear of a closure; for calls, and for rehearsed ones."""

from collections.abc import Callable
from datetime import datetime

from acd.calendars import CLOSED, Calendar, CalendarState
from acd.closures import Closures
from ivr.closure_words import words_of
from ivr.flow.steps import Announced, CalendarIs
from ivr.flow.words import Speech


def calendar_says(
    name: str,
    calendar: Calendar | None,
    closures: Closures,
    words: Speech,
    language: str,
    at: datetime,
    is_there: Callable[[str], bool] = bool,
) -> CalendarIs:
    """What this calendar says of a moment. `words` are its own for a closure of which nothing has been recorded, or
    whose recording is not there any more."""
    if (closure := closures.of(name)) is not None:
        if is_there(closure.announcement):
            return CalendarIs(CalendarState.EMERGENCY, (Announced(closure.announcement, language),), recorded=True)
        return CalendarIs(CalendarState.EMERGENCY, (words_of(words, language),))
    reading = CLOSED if calendar is None else calendar.at(at)
    return CalendarIs(reading.state, holiday=reading.holiday)
