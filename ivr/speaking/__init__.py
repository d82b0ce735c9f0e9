"""Values spoken properly: a value in a format becomes pieces of a finite vocabulary, so that all of them can be made
before the first call and a call never waits. Mandarin and English are spoken that way; in further languages a phrase is
free text, and only digits and letters are made beforehand. Pure.

A value that does not fit its format is read sign by sign; nothing raises here but an unknown language or format, which
are found when a flow is checked (`problem_with`).
"""

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from functools import cache

from ivr.documents import unknown_name
from ivr.flow.expressions import Value
from ivr.flow.steps import FreeText, Prompt
from ivr.speaking import further
from ivr.speaking.currencies import CURRENCIES
from ivr.speaking.cutting import cut
from ivr.speaking.english import English
from ivr.speaking.mandarin import Mandarin
from ivr.speaking.phrases import DATE_ARGUMENTS, Phrases, Words
from ivr.speaking.values import PLACES, meant

LANGUAGES: Mapping[str, Phrases] = {"cmn": Mandarin(), "en": English()}
"""The languages whose phrases are all made beforehand."""

FORMATS: Mapping[str, tuple[str, ...]] = {
    "number": ("", *map(str, range(PLACES + 1))),
    "ordinal": ("",),
    "money": tuple(CURRENCIES),
    "date": DATE_ARGUMENTS,
    "time": ("",),
    "duration": ("",),
    "digits": ("",),
    "spell": ("",),
}
"""Each format and its arguments; "" is none. number: how many decimal places are said at most. money: the currency.
date: how the day is said. duration: of seconds."""


def problem_with(format: str, argument: str) -> tuple[str, str] | None:
    """What is wrong with a format as a file names it, and what was expected; None if nothing is."""
    if format not in FORMATS:
        return unknown_name("format", format, FORMATS)
    arguments = FORMATS[format]
    if argument in arguments:
        return None
    known = [one for one in arguments if one]
    if not known:
        return f'format "{format}" takes nothing after it, not "{argument}"', f'"{format}"'
    if not argument:
        return f'format "{format}" needs something after it', f"one of: {', '.join(known)}"
    return unknown_name(f"{format} format", argument, known)


def pieces(
    value: Value, format: str, argument: str, language: str, *, today: date | None = None
) -> tuple[Prompt | FreeText, ...]:
    """The value in words, as pieces of `vocabulary(format, argument, language)`, or, in a further language, one free
    text; nothing for a value that is not known.

    Only `date near` looks at `today`. Raises KeyError for a format or argument that does not exist.
    """
    if argument not in FORMATS[format]:
        raise KeyError(argument)
    spoken = LANGUAGES.get(language)
    signs = spoken.signs if spoken else further.SIGNS
    texts: Words | None
    if value is None:
        texts = ()
    elif isinstance(value, bool):
        texts = (spoken.yes_no[not value],) if spoken else signs.read(str(value))
    elif format == "spell":
        texts = signs.spell(str(value))
    elif format == "digits":
        texts = signs.count(str(value))
    elif spoken:
        words = _words(value, format, argument, spoken, today)
        texts = None if words is None else cut(words, _texts(format, argument, language), spoken.between)
    else:
        if (phrase := further.phrase(value, format, argument, language)) is not None:
            return (FreeText(phrase, language),)
        texts = None
    return tuple(Prompt(text, language) for text in (signs.read(str(value)) if texts is None else texts))


def vocabulary(format: str, argument: str, language: str) -> frozenset[Prompt]:
    """Every prompt that any value in this format can need. Raises KeyError like `pieces`."""
    if argument not in FORMATS[format]:
        raise KeyError(argument)
    return frozenset(Prompt(text, language) for text in _texts(format, argument, language))


def _words(value: Value, format: str, argument: str, spoken: Phrases, today: date | None) -> Words | None:
    """The phrase of a value that fits its format; None if it does not."""
    match meant(value, format, argument):
        case None:
            return None
        case Decimal() as amount if format == "money":
            return spoken.money(amount, argument)
        case Decimal() as number:
            return spoken.number(number)
        case int(number):
            return spoken.ordinal(number) if format == "ordinal" else spoken.duration(number)
        case time() as at:
            return spoken.time(at)
        case day:
            return spoken.day(day, argument, today)


@cache
def _texts(format: str, argument: str, language: str) -> frozenset[str]:
    if (spoken := LANGUAGES.get(language)) is None:
        return further.SIGNS.spelled() | further.SIGNS.counted()
    always = spoken.signs.signs() | set(spoken.yes_no)
    match format:
        case "number":
            own = spoken.number_pieces()
        case "ordinal":
            own = spoken.ordinal_pieces()
        case "money":
            own = spoken.money_pieces(argument)
        case "date":
            own = spoken.day_pieces(argument)
        case "time":
            own = spoken.time_pieces()
        case "duration":
            own = spoken.duration_pieces()
        case "digits":
            own = spoken.signs.counted()
        case _:
            own = spoken.signs.spelled()
    return always | set(own)
