"""Times of the clock on the wall as instants. A time of day is whole minutes from midnight, 0 to 1439."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAY_MINUTES = 1440


def at(day: date, minute: int, zone: tzinfo) -> datetime:
    """The first instant at which the clock shows this time of this day or a later one, in UTC. So a time that the clock
    passes twice, when it is put back, is the first of both, and one that it passes over is the moment of the leap."""
    wall = datetime.combine(day, time(minute // 60, minute % 60))
    found = wall.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall:
        return found
    before, after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), found
    second = timedelta(seconds=1)
    while after - before > second:
        middle = before + ((after - before) // 2 // second) * second
        if middle.astimezone(zone).replace(tzinfo=None) >= wall:
            after = middle
        else:
            before = middle
    return after


def parse_time(text: str) -> int:
    """ "18:30" → 1110. Raises ValueError."""
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text.strip())
    if match is None:
        raise ValueError(f"{text!r}: expected a time such as 18:30")
    return int(match[1]) * 60 + int(match[2])


def time_text(minute: int) -> str:
    """1110 → "18:30"."""
    return f"{minute // 60:02}:{minute % 60:02}"
