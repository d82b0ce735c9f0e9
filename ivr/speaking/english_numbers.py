"""Whole numbers in English words, without "and" (one hundred five), as the voice is American. Pure."""

from decimal import Decimal

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ("trillion", "billion", "million", "thousand")
_IRREGULAR = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}

HUNDRED = tuple(
    _ONES[number] if number < 20 else _TENS[number // 10 - 2] + (f"-{_ONES[number % 10]}" if number % 10 else "")
    for number in range(100)
)
"""0 to 99, each one word."""


def cardinal(number: int) -> list[str]:
    """The words of 0 to 10^15 - 1."""
    if number == 0:
        return [HUNDRED[0]]
    words: list[str] = []
    for power, scale in zip((12, 9, 6, 3, 0), (*_SCALES, ""), strict=True):
        group = number // 10**power % 1000
        if group >= 100:
            words += [HUNDRED[group // 100], "hundred"]
        if group % 100:
            words.append(HUNDRED[group % 100])
        if group and scale:
            words.append(scale)
    return words


def ordinal(number: int) -> list[str]:
    """The words of the 0th to the (10^15 - 1)th."""
    *words, last = cardinal(number)
    return [*words, as_ordinal(last)]


def as_ordinal(word: str) -> str:
    """The last word of a number, as the last of an ordinal: twenty-one, twenty-first."""
    tens, dash, ones = word.rpartition("-")
    if ones in _IRREGULAR:
        return f"{tens}{dash}{_IRREGULAR[ones]}"
    return f"{word[:-1]}ieth" if word.endswith("y") else f"{word}th"


def decimal(number: Decimal) -> list[str]:
    """The words of a number below 10^15, its decimal places digit by digit; zeros at their end are not said."""
    whole, _, places = f"{abs(number):f}".partition(".")
    words = ["minus"] if number < 0 else []
    words += cardinal(int(whole))
    if places := places.rstrip("0"):
        words += ["point", *(HUNDRED[int(digit)] for digit in places)]
    return words


def pieces() -> frozenset[str]:
    """What every number is made of: all words, and the pairs that are said together."""
    return frozenset(
        (
            *HUNDRED,
            "hundred",
            *_SCALES,
            "minus",
            "point",
            *(f"{word} hundred" for word in HUNDRED[1:10]),
            *(f"{word} thousand" for word in HUNDRED[1:]),
            *(f"point {word}" for word in HUNDRED[:10]),
        )
    )


def ordinal_pieces() -> frozenset[str]:
    """What every ordinal is made of."""
    lasts = frozenset(as_ordinal(word) for word in (*HUNDRED, "hundred", *_SCALES))
    return pieces() | lasts
