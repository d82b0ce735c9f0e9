"""What a calendar of the centre that holds says now: the answer to a flow's `hours` node."""

from collections.abc import Callable
from datetime import UTC, datetime

from acd.closures import Closures
from cti.administration import Administration
from cti.calendar_answers import calendar_says
from ivr.flow.steps import CalendarIs


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
