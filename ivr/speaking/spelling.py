"""Digits one by one and codes sign by sign, in groups with a breath between them, as people read them to each other.

A piece that ends a group but not the whole has a comma: the synthesiser lets its voice hang there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, product

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOST = 40
"""Signs that are read at most; nobody listens to more."""

_SEPARATORS = " -().\u00a0"
_SIZES = {5: (3, 2), 6: (3, 3), 7: (3, 4), 9: (3, 3, 3), 10: (3, 3, 4), 11: (3, 4, 4)}


@dataclass(frozen=True, slots=True)
class Signs:
    """How one language names signs: `names` holds every digit and the signs it has words for, letters are their own
    names. `between` stands between two digits of a piece, `comma` ends a group."""

    names: Mapping[str, str]
    between: str
    comma: str

    def name(self, sign: str) -> str | None:
        """What the sign is called; None if it cannot be said."""
        return self.names.get(sign) or (sign.upper() if sign.upper() in LETTERS and sign else None)

    def signs(self) -> frozenset[str]:
        """Every sign by itself: all that reading sign by sign needs."""
        return frozenset((*self.names.values(), *LETTERS))

    def spelled(self) -> frozenset[str]:
        """Every sign by itself and at the end of a group."""
        return self.signs() | {f"{sign}{self.comma}" for sign in self.signs()}

    def counted(self) -> frozenset[str]:
        """Every digit and every two digits, also at the end of a group, and the plus of a number."""
        digits = [self.names[digit] for digit in DIGITS]
        said = {*digits, *(self.between.join(two) for two in product(digits, repeat=2))}
        return frozenset(said | {f"{digit}{self.comma}" for digit in said} | {self.names["+"]})

    def read(self, text: str) -> tuple[str, ...]:
        """Sign by sign, without groups: what is left where a value is not what its format says."""
        names = (self.name(sign) for sign in text[:MOST])
        return tuple(name for name in names if name is not None)

    def spell(self, text: str) -> tuple[str, ...]:
        """A code, sign by sign, in groups."""
        written = text[:MOST].replace("-", "- ")  # a breath after each dash
        groups = [[name for sign in group if (name := self.name(sign))] for group in groups_of(written, " ")]
        return self._breathing([group for group in groups if group])

    def count(self, text: str) -> tuple[str, ...] | None:
        """A number digit by digit, two and two, in groups; None if it is no number of digits."""
        text = text.strip()
        plus = text.startswith("+")
        digits = text[plus:].strip()
        signs = set(digits) - set(_SEPARATORS)
        if not signs or not signs <= set(DIGITS) or len(digits) > MOST:
            return None
        said = [_twos([self.names[digit] for digit in group], self.between) for group in groups_of(digits, _SEPARATORS)]
        return (*([self.names["+"]] if plus else []), *self._breathing(said))

    def _breathing(self, groups: Sequence[Sequence[str]]) -> tuple[str, ...]:
        ended = ([*group[:-1], f"{group[-1]}{self.comma}"] for group in groups[:-1])
        return (*(piece for group in ended for piece in group), *(piece for group in groups[-1:] for piece in group))


def groups_of(text: str, separators: str) -> list[str]:
    """The text in the groups it is written in, long ones in threes and fours."""
    for separator in separators:
        text = text.replace(separator, " ")
    return [group for written in text.split() for group in _in_threes_and_fours(written)]


def _in_threes_and_fours(text: str) -> list[str]:
    """5 is 3-2, 6 is 3-3, 7 is 3-4, 9 is 3-3-3, 10 is 3-3-4, 11 is 3-4-4 (a Chinese mobile), 8, 12 and 16 (a bank card)
    are fours; a remainder comes last."""
    sizes = _SIZES.get(len(text)) or (4,) * -(-len(text) // 4)
    ends = list(accumulate(sizes))
    return [text[end - size : end] for size, end in zip(sizes, ends, strict=True)]


def _twos(names: Sequence[str], between: str) -> list[str]:
    return [between.join(names[at : at + 2]) for at in range(0, len(names), 2)]
