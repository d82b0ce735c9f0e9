"""Whole numbers in Mandarin words, syllable by syllable: groups of four digits (万, 亿), one 零 for zeros in between,
两 before 千, 万 and 亿 and before what is counted, 二 elsewhere. Pure.
"""

from collections.abc import Sequence
from decimal import Decimal

FIGURES = "零一二三四五六七八九"
_UNITS = ((1000, "千"), (100, "百"), (10, "十"))


def cardinal(number: int) -> str:
    """The words of 0 to 10^15 - 1, by themselves: 2 is 二, 10 is 十, 10,010 is 一万零一十."""
    return _beginning(_words(number)) if number else FIGURES[0]


def counted(number: int) -> str:
    """The words of a number of things: 2 is 两."""
    return "两" if number == 2 else cardinal(number)


def decimal(number: Decimal) -> str:
    """The words of a number below 10^15, its decimal places digit by digit; zeros at their end are not said."""
    whole, _, places = f"{abs(number):f}".partition(".")
    words = ("负" if number < 0 else "") + cardinal(int(whole))
    if places := places.rstrip("0"):
        words += "点" + figures(places)
    return words


def figures(digits: str) -> str:
    """Digit by digit: 2026 is 二零二六."""
    return "".join(FIGURES[int(digit)] for digit in digits)


def _words(number: int) -> str:
    for power, scale in ((10**8, "亿"), (10**4, "万")):
        if number >= power:
            high, low = divmod(number, power)
            # 零 where the lower group lacks its highest digit: 105,000 is 十万五千, 100,500 is 十万零五百
            zero = FIGURES[0] if 0 < low < power // 10 else ""
            begins = "两" if high == 2 else _words(high)
            return f"{begins}{scale}{zero}{_words(low)}"
    return _below_ten_thousand(number)


def _below_ten_thousand(number: int) -> str:
    words, gap = "", False
    for value, unit in _UNITS:
        figure = number // value % 10
        if figure:
            words += FIGURES[0] * gap + ("两" if figure == 2 and unit == "千" else FIGURES[figure]) + unit
        gap = bool(words) and not figure
    ones = number % 10
    return words + (FIGURES[0] * gap + FIGURES[ones] if ones else "")


def _beginning(words: str) -> str:
    """Ten to nineteen at the beginning of a number are 十 to 十九, and 一十 elsewhere."""
    return words[1:] if words.startswith("一十") else words


def below_hundred(number: int) -> str:
    """1 to 99 as they stand within a larger number."""
    return _below_ten_thousand(number)


def ordinal(number: int) -> str:
    """第一, 第二, …"""
    return f"第{cardinal(number)}"


def pieces() -> frozenset[str]:
    """What every number is made of: all syllables, and what is said together."""
    small = [below_hundred(number) for number in range(1, 100)]
    large: Sequence[str] = [f"{figure}百" for figure in FIGURES[1:]]
    large = [*large, *(f"{'两' if figure == '二' else figure}千" for figure in FIGURES[1:])]
    return frozenset(
        (
            *"零一二三四五六七八九两十百千万亿负点",
            *small,
            *(cardinal(number) for number in range(10, 20)),
            *large,
            *(f"零{words}" for words in (*small, *large)),
            *(f"{counted(number)}{scale}" for number in range(1, 11) for scale in "万亿"),
        )
    )
