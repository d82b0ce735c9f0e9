"""Numbers read back from their words, for tests: written from the grammar of each language, not from our speakers."""

from collections.abc import Sequence
from decimal import Decimal

_ENGLISH = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_CHINESE = {**{sign: value for value, sign in enumerate("零一二三四五六七八九")}, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}


def from_english(words: Sequence[str]) -> Decimal:
    """The number that English words say. Raises ValueError for what is no number."""
    sign = -1 if words[0] == "minus" else 1
    whole, _, places = " ".join(words).removeprefix("minus ").partition(" point ")
    total, group = 0, 0
    for word in whole.replace("-", " ").split():
        if word in _SCALES:
            total, group = total + group * _SCALES[word], 0
        elif word == "hundred":
            group *= 100
        elif word in _TENS:
            group += (_TENS.index(word) + 2) * 10
        else:
            group += _ENGLISH.index(word)
    digits = "".join(str(_ENGLISH.index(word)) for word in places.split())
    return sign * Decimal(f"{total + group}.{digits or 0}")


def from_mandarin(words: str) -> Decimal:
    """The number that Mandarin words say. Raises KeyError for what is no number."""
    sign = -1 if words.startswith("负") else 1
    whole, _, places = words.removeprefix("负").partition("点")
    digits = "".join(str(_CHINESE[figure]) for figure in places)
    return sign * Decimal(f"{_whole(whole)}.{digits or 0}")


def _whole(words: str) -> int:
    for scale, power in (("亿", 10**8), ("万", 10**4)):
        high, found, low = words.rpartition(scale)
        if found:
            return _whole(high) * power + (_whole(low) if low else 0)
    total, figure = 0, 0
    for index, sign in enumerate(words):
        if sign in _UNITS:
            total, figure = total + (figure or (1 if index == 0 else 0)) * _UNITS[sign], 0
        else:
            figure = _CHINESE[sign]
    return total + figure
