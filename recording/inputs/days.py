"""Which days people may enter: those of a calendar that a centre can have. Nobody's "for ever" (9999-12-31) comes in:
the day after it is none, and a cost shared out until then is nothing.
"""

from datetime import date, datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator

FIRST, LAST = date(1970, 1, 1), date(2199, 12, 31)


Time = TypeVar("Time", bound=date)


def within_calendar(value: Time) -> Time:
    """The day, or the moment, itself. Raises ValueError where it is none that a centre can have."""
    day = value.date() if isinstance(value, datetime) else value
    if not FIRST <= day <= LAST:
        raise ValueError(f"expected a day from {FIRST} to {LAST}")
    return value


Day = Annotated[date, AfterValidator(within_calendar)]
Moment = Annotated[datetime, AfterValidator(within_calendar)]
