"""Values in English: how money, days, times and durations are said. Numbers are those of english_numbers."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal

from ivr.speaking import english_numbers as numbers
from ivr.speaking.currencies import CURRENCIES
from ivr.speaking.english_numbers import HUNDRED
from ivr.speaking.phrases import FAMILIAR_YEARS, parts_of, split_amount
from ivr.speaking.spelling import DIGITS, Signs

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}
_HALVES = ("a.m.", "p.m.")
_NOON, _MIDNIGHT = "noon", "midnight"
_DURATIONS = ("day", "hour", "minute", "second")
_SIGNS = {
    **dict(zip(DIGITS, HUNDRED, strict=False)),
    "-": "dash",
    ".": "point",
    "+": "plus",
    "*": "star",
    "#": "hash",
    "/": "slash",
    "_": "underscore",
    "@": "at",
}


class English:
    """See phrases.Phrases."""

    between = " "
    signs = Signs(_SIGNS, " ", ",")
    yes_no = ("yes", "no")

    def number(self, number: Decimal) -> list[str]:
        """Minus one hundred five point two."""
        return numbers.decimal(number)

    def number_pieces(self) -> frozenset[str]:
        return numbers.pieces()

    def ordinal(self, number: int) -> list[str]:
        """One hundred fifth."""
        return numbers.ordinal(number)

    def ordinal_pieces(self) -> frozenset[str]:
        return numbers.ordinal_pieces()

    def money(self, amount: Decimal, currency: str) -> list[str]:
        """One dollar and five cents; five cents; one dollar."""
        known = CURRENCIES[currency]
        units, small = split_amount(amount, known.places)
        words = ["minus"] if amount < 0 and (units or small) else []
        if units or not small:
            words += [*numbers.cardinal(units), *known.english[units != 1].split()]
        if small:
            words += [*(["and"] if units else []), HUNDRED[small], known.english[2 + (small != 1)]]
        return words

    def money_pieces(self, currency: str) -> frozenset[str]:
        one, many, *small = CURRENCIES[currency].english
        said = {*numbers.pieces(), *one.split(), *many.split(), many, f"one {one}", "and", *small}
        said |= {f"{word} {many}" for word in HUNDRED if word != "one"}
        if small:
            said |= {f"and {word} {small[word != 'one']}" for word in HUNDRED[1:]}
        return frozenset(said)

    def day(self, day: date, how: str, today: date | None) -> list[str]:
        """Sunday, November twenty-second, twenty twenty-six."""
        if how == "near" and today is not None and (near := _NEAR.get((day - today) // timedelta(days=1))):
            return [near]
        month, ordinal = _MONTHS[day.month - 1], numbers.as_ordinal(HUNDRED[day.day])
        weekday = [f"{_WEEKDAYS[day.weekday()]},"] if how in ("weekday", "near") else []
        with_year = how in ("", "weekday")
        return [*weekday, month, f"{ordinal}{',' * with_year}", *(_year(day.year) if with_year else [])]

    def day_pieces(self, how: str) -> frozenset[str]:
        comma = "," * (how in ("", "weekday"))
        said = {*_MONTHS, *(f"{numbers.as_ordinal(HUNDRED[day])}{comma}" for day in range(1, 32))}
        if how in ("weekday", "near"):
            said |= {f"{weekday}," for weekday in _WEEKDAYS}
        if how == "near":
            said |= set(_NEAR.values())
        if comma:
            said |= {*HUNDRED, "hundred", "thousand", "oh", *(" ".join(_year(year)) for year in FAMILIAR_YEARS)}
        return frozenset(said)

    def time(self, at: time) -> list[str]:
        """Two oh five p.m., two p.m., noon."""
        if at.minute == 0 and at.hour % 12 == 0:
            return [_NOON if at.hour else _MIDNIGHT]
        minute = [] if not at.minute else ["oh", HUNDRED[at.minute]] if at.minute < 10 else [HUNDRED[at.minute]]
        return [HUNDRED[(at.hour - 1) % 12 + 1], *minute, _HALVES[at.hour >= 12]]

    def time_pieces(self) -> frozenset[str]:
        phrases = [self.time(time(hour, minute)) for hour in range(24) for minute in range(60)]
        hours, minutes = {phrase[0] for phrase in phrases}, {" ".join(phrase[1:]) for phrase in phrases}
        return frozenset({*hours, *minutes, *(" ".join(phrase) for phrase in phrases if len(phrase) == 2)} - {""})

    def duration(self, seconds: int) -> list[str]:
        """One hour, two minutes and five seconds."""
        parts = [
            [HUNDRED[number], f"{unit}{'s' * (number != 1)}"]
            for number, unit in zip(parts_of(seconds), _DURATIONS, strict=True)
            if number
        ] or [[HUNDRED[0], "seconds"]]
        for part in parts[:-2]:
            part[-1] += ","
        if len(parts) > 1:
            parts[-1].insert(0, "and")
        return [word for part in parts for word in part]

    def duration_pieces(self) -> frozenset[str]:
        return frozenset(_duration_pieces())


def _duration_pieces() -> Iterator[str]:
    yield from (*HUNDRED[1:], "one day", "one day,", "days", "days,", "zero seconds")
    for unit, limit in zip(_DURATIONS[1:], (24, 60, 60), strict=True):
        for number in range(1, limit):
            words = f"{HUNDRED[number]} {unit}{'s' * (number != 1)}"
            yield from (words, f"and {words}")
            if unit == "hour":
                yield f"{words},"


def _year(year: int) -> list[str]:
    """Nineteen oh five, two thousand one, twenty twenty-six."""
    high, low = divmod(year, 100)
    if year < 1000 or (high % 10 == 0 and low < 10):
        return numbers.cardinal(year)
    return [HUNDRED[high], *(["hundred"] if low == 0 else ["oh", HUNDRED[low]] if low < 10 else [HUNDRED[low]])]
