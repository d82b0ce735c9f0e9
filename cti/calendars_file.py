"""`dialplans/calendars.yaml`: the model of what administrators may say of calendars, whether it fits, and the calendars
it makes. What a calendar says of a moment is decided in acd/calendars.py.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field

from acd.calendar_dates import Dates, met_twice, parse_dates
from acd.calendars import Calendar, Holiday, OtherHours
from acd.hours import HoursError, Span, parse_hours, parse_spans
from cti.care_file import said_in_each
from ivr.documents import Document, Name, Part, Problem, unknown_name
from ivr.flow.words import Speech
from ivr.yaml_tree import Path

Text = Annotated[str, Field(min_length=1)]

CLOSED = "closed"
"""In the place of an exception's hours."""


class CalendarPart(Part):
    """One calendar: the hours of its week, and what goes before them; docs/calendars.md."""

    title: Text | None = None
    time_zone: Text | None = None
    """The centre's where nothing stands here."""
    hours: dict[str, Text]
    holidays: dict[str, Text] = Field(default_factory=dict)
    """Dates and what the holiday is called."""
    exceptions: dict[str, Text] = Field(default_factory=dict)
    """Dates and their hours, or `closed`."""
    emergency: Speech | None = None
    """What callers hear while it is shut and nothing was recorded; the house's own words where nothing stands here."""


class CalendarsFile(Part):
    """The whole file."""

    calendars: dict[Name, CalendarPart] = Field(default_factory=dict)


def calendar_problems(document: Document[CalendarsFile], languages: tuple[str, ...]) -> Iterator[Problem]:
    """What does not fit together in the file. `languages` are the centre's."""
    for name, part in document.value.calendars.items():
        here: Path = ("calendars", name)
        if part.time_zone is not None:
            yield from zone_problems(document, (*here, "time_zone"), part.time_zone)
        try:
            parse_hours(part.hours, ZoneInfo("UTC"))
        except HoursError as error:
            yield document.problem((*here, "hours", error.key), error.wrong, error.expected, key=error.in_key)
        yield from _dates(document, (*here, "holidays"), part.holidays)
        yield from _dates(document, (*here, "exceptions"), part.exceptions)
        yield from _exceptions(document, (*here, "exceptions"), part.exceptions)
        if part.emergency is not None:
            yield from said_in_each(document, (*here, "emergency"), part.emergency, languages)


def zone_problems(document: Document[Any], path: Path, name: str) -> Iterator[Problem]:
    """Whether this is a time zone."""
    if name not in (known := available_timezones()):
        wrong, _ = unknown_name("time zone", name, known)
        yield document.problem(path, wrong, "a name of the IANA time zone database")


def calendars_of(file: CalendarsFile, zone: ZoneInfo) -> Mapping[str, Calendar]:
    """The calendars; `zone` is the centre's. The file must have been checked."""
    return {name: _calendar(part, zone) for name, part in file.calendars.items()}


def _calendar(part: CalendarPart, zone: ZoneInfo) -> Calendar:
    return Calendar(
        parse_hours(part.hours, zone if part.time_zone is None else ZoneInfo(part.time_zone)),
        tuple(Holiday(parse_dates(dates), name) for dates, name in part.holidays.items()),
        tuple(OtherHours(parse_dates(dates), _spans(dates, text)) for dates, text in part.exceptions.items()),
    )


def _spans(dates: str, text: str) -> tuple[Span, ...]:
    return () if text == CLOSED else parse_spans(dates, text)


def _dates(document: Document[CalendarsFile], path: Path, written: Mapping[str, str]) -> Iterator[Problem]:
    read: dict[str, Dates] = {}
    for text in written:
        try:
            read[text] = parse_dates(text)
        except HoursError as error:
            yield document.problem((*path, text), error.wrong, error.expected, key=True)
    texts = list(read)
    for later, before in met_twice(list(read.values())):
        wrong = f'"{texts[later]}" has a day of "{texts[before]}"'
        yield document.problem((*path, texts[later]), wrong, "each day once", key=True)


def _exceptions(document: Document[CalendarsFile], path: Path, written: Mapping[str, str]) -> Iterator[Problem]:
    for dates, text in written.items():
        try:
            _spans(dates, text)
        except HoursError as error:
            yield document.problem((*path, dates), error.wrong, f'{error.expected}, or "{CLOSED}"')
