"""Values spoken properly: a value in a format becomes pieces of a finite vocabulary, so that all of them can be made
before the first call and a call never waits. Pure.

A value that does not fit its format is read sign by sign; nothing raises here but an unknown language or format, which
are found when a flow is checked (`problem_with`).
"""

from collections.abc import Mapping
from datetime import date
from functools import cache

from ivr.documents import unknown_name
from ivr.flow.expressions import Value
from ivr.flow.steps import Prompt
from ivr.speaking.currencies import CURRENCIES
from ivr.speaking.cutting import cut
from ivr.speaking.english import English
from ivr.speaking.mandarin import Mandarin
from ivr.speaking.phrases import DATE_ARGUMENTS, DURATION_LIMIT_S, Phrases, Words
from ivr.speaking.values import PLACES, day_of, number_of, time_of, whole_number_of

LANGUAGES: Mapping[str, Phrases] = {"cmn": Mandarin(), "en": English()}

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
        return f'format "{format}" says not of what', f"one of: {', '.join(known)}"
    return unknown_name(f"{format} format", argument, known)


def pieces(value: Value, format: str, argument: str, language: str, *, today: date | None = None) -> tuple[Prompt, ...]:
    """The value in words, as pieces of `vocabulary(format, argument, language)`; none for a value that is not known.

    Only `date near` looks at `today`. Raises KeyError for a format, argument or language that does not exist.
    """
    if argument not in FORMATS[format]:
        raise KeyError(argument)
    spoken = LANGUAGES[language]
    if isinstance(value, bool):
        texts: Words = (spoken.yes_no[not value],)
    elif value is None:
        texts = ()
    elif format == "spell":
        texts = spoken.signs.spell(str(value))
    elif format == "digits":
        counted = spoken.signs.count(str(value))
        texts = spoken.signs.read(str(value)) if counted is None else counted
    else:
        words = _words(value, format, argument, spoken, today)
        known = _texts(format, argument, language)
        texts = spoken.signs.read(str(value)) if words is None else cut(words, known, spoken.between)
    return tuple(Prompt(text, language) for text in texts)


def vocabulary(format: str, argument: str, language: str) -> frozenset[Prompt]:
    """Every piece that any value in this format can need. Raises KeyError like `pieces`."""
    if argument not in FORMATS[format]:
        raise KeyError(argument)
    return frozenset(Prompt(text, language) for text in _texts(format, argument, language))


def _words(value: Value, format: str, argument: str, spoken: Phrases, today: date | None) -> Words | None:
    """The phrase of a value that fits its format; None if it does not."""
    match format:
        case "number":
            number = number_of(value, int(argument or PLACES))
            return None if number is None else spoken.number(number)
        case "ordinal":
            place = whole_number_of(value)
            return None if place is None else spoken.ordinal(place)
        case "money":
            amount = number_of(value, CURRENCIES[argument].places)
            return None if amount is None else spoken.money(amount, argument)
        case "date":
            day = day_of(value)
            return None if day is None else spoken.day(day, argument, today)
        case "time":
            at = time_of(value)
            return None if at is None else spoken.time(at)
        case _:
            seconds = number_of(value, 0)
            return spoken.duration(int(seconds)) if seconds is not None and 0 <= seconds < DURATION_LIMIT_S else None


@cache
def _texts(format: str, argument: str, language: str) -> frozenset[str]:
    spoken = LANGUAGES[language]
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
