"""What a value is when it is to be spoken: the number, the day, the time of day or the seconds that its text says. A
value that says none is None; nothing raises. How they are spoken is decided elsewhere.
"""

import re
from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal, localcontext

from ivr.flow.expressions import Value
from ivr.speaking.currencies import CURRENCIES
from ivr.speaking.phrases import DURATION_LIMIT_S

LIMIT = 10**15
"""Numbers from here on are not said as numbers."""

PLACES = 6
"""Decimal places that are said at most."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,30})?")
_DAY = re.compile(r"([0-9]{4}-?[0-9]{2}-?[0-9]{2})(?:[T ].*)?")
_TIME = re.compile(r"(?:.*[T ])?([0-9]{1,2}):([0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?")
_LONGEST = 64


def meant(value: Value, format: str, argument: str) -> Decimal | int | date | time | None:
    """What the value is in that format: a number (`number`, `money`), a whole one (`ordinal`; `duration`: seconds),
    a day or a time of day; None if it is none."""
    match format:
        case "number":
            return number_of(value, int(argument or PLACES))
        case "money":
            return number_of(value, CURRENCIES[argument].places)
        case "ordinal":
            return whole_number_of(value)
        case "date":
            return day_of(value)
        case "time":
            return time_of(value)
        case _:
            seconds = number_of(value, 0)
            return None if seconds is None or not 0 <= seconds < DURATION_LIMIT_S else int(seconds)


def number_of(value: Value, places: int = PLACES) -> Decimal | None:
    """The number, rounded to so many decimal places (halves away from zero); None if it is none or not below LIMIT."""
    match value:
        case bool() | None:
            return None
        case str():
            text = value.strip()
            if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
                return None
            number = Decimal(text.replace(",", ""))
        case _:
            number = Decimal(value)
    if not number.is_finite() or abs(number) >= LIMIT:
        return None
    with localcontext(prec=LIMIT.bit_length()):
        rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return rounded if abs(rounded) < LIMIT else None


def whole_number_of(value: Value) -> int | None:
    """The number if it is a whole one from 0 on."""
    number = number_of(value)
    return int(number) if number is not None and number >= 0 and number == int(number) else None


def day_of(value: Value) -> date | None:
    """The day of an ISO date (2026-11-22, 20261122), also where a time follows it."""
    found = _DAY.fullmatch(_text(value))
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def time_of(value: Value) -> time | None:
    """The time of day of 14:05 or 14:05:30 (24 hours), also where a date stands before it. Seconds are dropped."""
    found = _TIME.fullmatch(_text(value))
    try:
        return time(int(found[1]), int(found[2])) if found else None
    except ValueError:
        return None


def _text(value: Value) -> str:
    text = str(value).strip()
    return text if len(text) <= _LONGEST else ""
