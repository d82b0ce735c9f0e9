"""Values in Mandarin: how money, days, times and durations are said. Numbers are those of mandarin_numbers.

"Two" of something is 两 where the phrase begins with it, and 二 after larger units: 两元二角, 两分零二秒.
"""

from datetime import date, time, timedelta
from decimal import Decimal

from ivr.speaking import mandarin_numbers as numbers
from ivr.speaking.currencies import CURRENCIES
from ivr.speaking.phrases import FAMILIAR_YEARS, parts_of, split_amount
from ivr.speaking.spelling import DIGITS, Signs

_WEEKDAYS = tuple(f"星期{day}" for day in "一二三四五六日")
_NEAR = {-1: "昨天", 0: "今天", 1: "明天"}
_TIMES = ((0, "凌晨"), (6, "早上"), (9, "上午"), (12, "中午"), (13, "下午"), (18, "晚上"))
"""From which hour on a time of day is called so."""

_SIGNS = {
    **dict(zip(DIGITS, numbers.FIGURES, strict=True)),
    "1": "幺",
    "-": "杠",
    ".": "点",
    "+": "加",
    "*": "星号",
    "#": "井号",
    "/": "斜杠",
    "_": "下划线",
    "@": "艾特",
}
_NUMBERS = (numbers.counted, numbers.cardinal)
_TENTHS = 3
"""Names of a currency that is counted in unit, tenth and hundredth."""


class Mandarin:
    """See phrases.Phrases."""

    between = ""
    signs = Signs(_SIGNS, "", "，")
    yes_no = ("是", "否")

    def number(self, number: Decimal) -> list[str]:
        """负一百零五点二"""
        return list(numbers.decimal(number))

    def number_pieces(self) -> frozenset[str]:
        return numbers.pieces()

    def ordinal(self, number: int) -> list[str]:
        """第一百零五"""
        return list(numbers.ordinal(number))

    def ordinal_pieces(self) -> frozenset[str]:
        return numbers.pieces() | {"第", *(numbers.ordinal(number) for number in range(100))}

    def money(self, amount: Decimal, currency: str) -> list[str]:
        """两元零五分, 十二元五角, 五角五分; 两美元五美分"""
        known = CURRENCIES[currency]
        units, small = split_amount(amount, known.places)
        words = ["负"] if amount < 0 and (units or small) else []
        if units or not small:
            words += [*numbers.counted(units), known.mandarin[0]]
        if len(known.mandarin) != _TENTHS:
            return [*words, *_following(small, known.mandarin[1], bool(units))] if small else words
        tenths, hundredths = divmod(small, 10)
        if tenths:
            words += _following(tenths, known.mandarin[1], bool(units), zero=False)
        if hundredths:
            words += _following(hundredths, known.mandarin[2], bool(units or tenths), zero=bool(units) and not tenths)
        return words

    def money_pieces(self, currency: str) -> frozenset[str]:
        unit, *small = CURRENCIES[currency].mandarin
        said = {*numbers.pieces(), unit, *small, *(f"{numbers.counted(number)}{unit}" for number in range(100))}
        for name in small:
            most = 10 if len(small) == _TENTHS - 1 else 100
            said |= {f"{numbers.cardinal(number)}{name}" for number in range(1, most)}
            said |= {f"零{numbers.cardinal(number)}{name}" for number in range(1, 10)}
            said.add(f"两{name}")
        return frozenset(said)

    def day(self, day: date, how: str, today: date | None) -> list[str]:
        """二零二六年十一月二十二日星期日"""
        if how == "near" and today is not None and (near := _NEAR.get((day - today) // timedelta(days=1))):
            return [near]
        words = [f"{numbers.cardinal(day.month)}月", f"{numbers.cardinal(day.day)}日"]
        if how in ("", "weekday"):
            words = [*numbers.figures(str(day.year)), "年", *words]
        return [*words, _WEEKDAYS[day.weekday()]] if how in ("weekday", "near") else words

    def day_pieces(self, how: str) -> frozenset[str]:
        said = {f"{numbers.cardinal(month)}月" for month in range(1, 13)}
        said |= {f"{numbers.cardinal(day)}日" for day in range(1, 32)}
        if how in ("weekday", "near"):
            said |= set(_WEEKDAYS)
        if how in ("", "weekday"):
            said |= {*numbers.FIGURES, "年", *(f"{numbers.figures(str(year))}年" for year in FAMILIAR_YEARS)}
        return frozenset(said | set(_NEAR.values()) if how == "near" else said)

    def time(self, at: time) -> list[str]:
        """下午两点零五分, 下午两点半, 中午十二点"""
        name = next(name for hour, name in reversed(_TIMES) if at.hour >= hour)
        hour = at.hour if at.hour <= 12 else at.hour - 12
        return [name, f"{numbers.counted(hour)}点", *([_minute(at.minute)] if at.minute else [])]

    def time_pieces(self) -> frozenset[str]:
        hours = {"".join(self.time(time(hour))) for hour in range(24)}
        return frozenset(hours | {_minute(minute) for minute in range(1, 60)})

    def duration(self, seconds: int) -> list[str]:
        """一小时零五分二十秒, 两分零五秒, 五分钟"""
        days, hours, minutes, rest = parts_of(seconds)
        units = ((days, "天"), (hours, "小时"), (minutes, "分" if rest else "分钟"), (rest, "秒"))
        words: list[str] = []
        skipped = False
        for number, unit in units:
            if number:
                zero = skipped or (number < 10 and unit != "小时")
                words += _following(number, unit, bool(words), zero=zero)
            skipped = bool(words) and not number
        return words or ["零秒"]

    def duration_pieces(self) -> frozenset[str]:
        said = {"零秒", "零"}
        for unit, limit in (("天", 100), ("小时", 24), ("分", 60), ("分钟", 60), ("秒", 60)):
            said |= {f"{spoken(number)}{unit}" for number in range(1, limit) for spoken in _NUMBERS}
            said |= {f"零{numbers.cardinal(number)}{unit}" for number in range(1, 10) if unit != "天"}
        return frozenset(said)


def _following(number: int, unit: str, follows: bool, *, zero: bool | None = None) -> list[str]:
    """A number of units: after larger ones it says 二, not 两, and 零 before it (`zero`, by default below ten)."""
    if not follows:
        return [f"{numbers.counted(number)}{unit}"]
    says_zero = number < 10 if zero is None else zero
    return [*("零" * says_zero), f"{numbers.cardinal(number)}{unit}"]


def _minute(minute: int) -> str:
    return "半" if minute == 30 else f"{'零' * (minute < 10)}{numbers.cardinal(minute)}分"
