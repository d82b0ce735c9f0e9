"""What a language has to know to speak values: the phrase of each kind as words, and the pieces these are made of."""

from collections.abc import Collection, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Protocol

from ivr.speaking.spelling import Signs

Words = Sequence[str]

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
DURATION_LIMIT_S = 100 * DAY_S
"""Durations from here on are not said as such."""

FAMILIAR_YEARS = range(1950, 2050)
"""Years that are said in one piece."""

DATE_ARGUMENTS = ("", "weekday", "short", "near")
"""How a day is said: with its year; with weekday and year; without year; as today, tomorrow or yesterday, or else with
weekday and without year."""


class Phrases(Protocol):
    """One language. `between` stands between two words of a piece; of each kind, `…_pieces` is what its phrases are
    made of, once they are cut into the longest. Numbers are below values.LIMIT, durations below DURATION_LIMIT_S."""

    between: str
    signs: Signs
    yes_no: tuple[str, str]

    def number(self, number: Decimal) -> Words: ...
    def number_pieces(self) -> Collection[str]: ...
    def ordinal(self, number: int) -> Words: ...
    def ordinal_pieces(self) -> Collection[str]: ...
    def money(self, amount: Decimal, currency: str) -> Words: ...
    def money_pieces(self, currency: str) -> Collection[str]: ...
    def day(self, day: date, how: str, today: date | None) -> Words: ...
    def day_pieces(self, how: str) -> Collection[str]: ...
    def time(self, at: time) -> Words: ...
    def time_pieces(self) -> Collection[str]: ...
    def duration(self, seconds: int) -> Words: ...
    def duration_pieces(self) -> Collection[str]: ...


def parts_of(seconds: int) -> tuple[int, int, int, int]:
    """Days, hours, minutes and seconds."""
    days, rest = divmod(seconds, DAY_S)
    hours, rest = divmod(rest, HOUR_S)
    return days, hours, *divmod(rest, MINUTE_S)


def split_amount(amount: Decimal, places: int) -> tuple[int, int]:
    """Units and small units of an amount that has no more decimal places than that."""
    whole = int(abs(amount))
    return whole, int((abs(amount) - whole).scaleb(places))
