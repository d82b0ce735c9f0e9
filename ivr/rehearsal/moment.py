"""The moment at which a rehearsed call comes, as people say it: "Sunday 22:00", "tomorrow 9:00", "2026-11-22 22:00"."""

import re
from datetime import datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FORMS = '"now", "22:00", "Sunday 22:00", "tomorrow 9:00", "2026-11-22 22:00", or a moment of ISO 8601'

_TIME = re.compile(r"(?:(?P<day>[a-z]+|[0-9]{4}-[0-9]{2}-[0-9]{2})\s+)?(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})")


class MomentError(ValueError):
    """No moment."""

    id: ClassVar[str] = "bad-moment"

    def __init__(self, text: str) -> None:
        super().__init__(f'"{text}" is no moment; expected {FORMS}')


def parse_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment, in the zone. What names no date is the next such moment, `now` included; a time that the zone's
    clocks leave out in that night is as much later as they are put on. Raises MomentError.

    Days can be cut to three letters.
    """
    here = now.astimezone(zone)
    words = " ".join(text.lower().split())
    if words == "now":
        return here
    if (match := _TIME.fullmatch(words)) is None:
        return _iso(text, zone)
    try:
        time = here.replace(hour=int(match["hour"]), minute=int(match["minute"]), second=0, microsecond=0, fold=0)
        day = match["day"] or ""
        if day[:1].isdigit():
            date = datetime.fromisoformat(day)
            time = time.replace(year=date.year, month=date.month, day=date.day)
        else:
            time += timedelta(days=_days_ahead(day, time, here))
    except ValueError:
        raise MomentError(text) from None
    return _real(time)


def _days_ahead(day: str, time: datetime, here: datetime) -> int:
    past = _real(time) < here.replace(second=0, microsecond=0)
    match day:
        case "":
            return 1 if past else 0
        case "today":
            return 0
        case "tomorrow":
            return 1
        case _:
            found = [number for number, name in enumerate(DAYS) if len(day) >= 3 and name.startswith(day)]
            if not found:
                raise ValueError(day)
            ahead = (found[0] - time.weekday()) % 7
            return 7 if ahead == 0 and past else ahead


def _iso(text: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise MomentError(text) from None
    if ":" not in text:  # a day alone is no moment
        raise MomentError(text)
    return _real(moment.replace(tzinfo=zone)) if moment.tzinfo is None else moment.astimezone(zone)


def _real(time: datetime) -> datetime:
    """The same moment as the zone's clocks show it."""
    assert time.tzinfo is not None
    return datetime.fromtimestamp(time.timestamp(), time.tzinfo)
