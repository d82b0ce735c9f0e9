"""What a calendar of the centre that holds says now: the answer to a flow's `hours` node."""

from collections.abc import Callable
from datetime import UTC, datetime

from acd.closures import Closures
from cti.administration import Administration
from cti.calendar_answers import calendar_says
from ivr.flow.steps import CalendarIs


class CalendarPort:
    """Looks at the calendars as the files have them now, and at the closures that are on. `now_ms` is the time,
    `is_there` tells whether there is a recorded announcement of that name."""

    def __init__(
        self,
        administration: Administration,
        closures: Closures,
        now_ms: Callable[[], int],
        is_there: Callable[[str], bool],
    ) -> None:
        self._administration = administration
        self._closures = closures
        self._now_ms = now_ms
        self._is_there = is_there

    def __call__(self, name: str, language: str) -> CalendarIs:
        """What it says now; callers of an earlier edit may still ask for a calendar that is in the file no more."""
        at = datetime.fromtimestamp(self._now_ms() / 1000, UTC)
        words = self._administration.centre.closure_words.get(name, {})
        calendar = self._administration.calendar(name)
        return calendar_says(name, calendar, self._closures, words, language, at, self._is_there)
