"""What a calendar says of a moment, with what callers hear of a closure; for calls, and for rehearsed ones."""

from datetime import datetime

from acd.calendars import CLOSED, Calendar, CalendarState
from acd.closures import Closures
from ivr.closure_words import words_of
from ivr.flow.steps import Announced, CalendarIs
from ivr.flow.words import Speech


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
