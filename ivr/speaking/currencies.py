"""The currencies that amounts of money can be in: how many decimal places they have, and what their units are called.

Codes are those of ISO 4217.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Currency:
    """`english`: unit, units; small unit, small units. `mandarin`: unit, then the small unit, or the tenth and the
    hundredth of the unit where Mandarin counts in both."""

    places: int
    english: tuple[str, ...]
    mandarin: tuple[str, ...]


CURRENCIES: Mapping[str, Currency] = {
    "AUD": Currency(2, ("Australian dollar", "Australian dollars", "cent", "cents"), ("澳元", "澳分")),
    "CAD": Currency(2, ("Canadian dollar", "Canadian dollars", "cent", "cents"), ("加元", "加分")),
    "CNY": Currency(2, ("yuan", "yuan", "fen", "fen"), ("元", "角", "分")),
    "EUR": Currency(2, ("euro", "euros", "cent", "cents"), ("欧元", "欧分")),
    "GBP": Currency(2, ("pound", "pounds", "penny", "pence"), ("英镑", "便士")),
    "HKD": Currency(2, ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"), ("港元", "角", "分")),
    "JPY": Currency(0, ("yen", "yen"), ("日元",)),
    "KRW": Currency(0, ("won", "won"), ("韩元",)),
    "SGD": Currency(2, ("Singapore dollar", "Singapore dollars", "cent", "cents"), ("新加坡元", "角", "分")),
    "USD": Currency(2, ("dollar", "dollars", "cent", "cents"), ("美元", "美分")),
}
