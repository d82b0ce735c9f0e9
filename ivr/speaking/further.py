"""Values in languages that have no module of their own here: whole phrases, worded by num2words and Babel, which are
synthesised during the call. Digits and letters are read one by one, all of them made beforehand, like anything that
these libraries cannot say.
"""

from datetime import date, time
from decimal import Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit
from num2words import num2words

from ivr.flow.expressions import Value
from ivr.speaking.phrases import parts_of
from ivr.speaking.spelling import DIGITS, Signs
from ivr.speaking.values import meant

SIGNS = Signs({digit: digit for digit in DIGITS} | {"+": "+"}, " ", ",")
"""The synthesiser knows what its language calls a digit."""

_DAYS = {"": "long", "weekday": "full", "near": "full", "short": "medium"}
_UNITS = ("duration-day", "duration-hour", "duration-minute", "duration-second")


@cache
def locale_of(language: str) -> Locale | None:
    """What Babel knows of the language (such as fr or pt-br); None: it does not know it."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def phrase(value: Value, format: str, argument: str, language: str) -> str | None:
    """The value in words or figures, for a synthesiser of that language; None where it or the language is not known."""
    locale, known = locale_of(language), meant(value, format, argument)
    words = None if locale is None or known is None else _worded(known, format, argument, locale)
    return None if words is None else " ".join(words.split())  # no spaces that only typesetters tell apart


def _worded(known: Decimal | int | date | time, format: str, argument: str, locale: Locale) -> str | None:
    match known:
        case Decimal() if format == "money":
            return _money(known, argument, locale)
        case Decimal():
            return _number(known, locale)
        case int():
            return _ordinal(known, locale) if format == "ordinal" else _duration(known, locale)
        case time():
            return str(format_time(known, "short", locale=locale))
        case _:
            return str(format_date(known, _DAYS[argument], locale))


def _number(value: Decimal, locale: Locale) -> str:
    """In words, or in figures where num2words does not have the language."""
    plain = int(value) if value == int(value) else value.normalize()
    try:
        return str(num2words(plain, lang=str(locale)))
    except (NotImplementedError, OverflowError):
        return str(format_decimal(plain, format="0.######", locale=locale))  # no thousands: they would be read apart


def _money(amount: Decimal, currency: str, locale: Locale) -> str:
    plain, whole = (int(amount), True) if amount == int(amount) else (amount, False)
    return str(
        format_currency(
            plain, currency, format_type="name", locale=locale, group_separator=False, currency_digits=not whole
        )
    )


def _ordinal(value: int, locale: Locale) -> str | None:
    try:
        return str(num2words(value, lang=str(locale), to="ordinal"))
    except (NotImplementedError, OverflowError):
        return None


def _duration(seconds: int, locale: Locale) -> str | None:
    parts = [(number, unit) for number, unit in zip(parts_of(seconds), _UNITS, strict=True) if number]
    said = [format_unit(number, unit, locale=locale) for number, unit in parts or [(0, _UNITS[-1])]]
    words = str(format_list(said, style="unit", locale=locale))
    return None if "duration-" in words else words  # the unit's key stands where Babel has no word for it
