"""What digits a caller may key, or a number may be, as a pattern that people can read: `1[3-9]XXXXXXXXX | 0XX.`

A digit, `*`, `#` or `+` stands for itself, `X` for any digit, `[1-9]` or `[135]` for one of these digits, `.` at the
end for one digit or more of any kind (as in Asterisk's dialplan), `|` between ways that are as good as each other.
Spaces mean nothing. Whether something matches is found in time linear in its length: there is nothing to go back over.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

ANY = frozenset("0123456789")
THEMSELVES = ANY | frozenset("*#+")
MOST_SIGNS = 64
"""Of one way. No number of the world's telephones is longer than 15 digits (ITU-T E.164), no card's than 19."""
MOST_WAYS = 100


class PatternError(Exception):
    """A pattern cannot be read. `column` counts from 1 within it."""

    id: ClassVar[str] = "digit-pattern-invalid"

    def __init__(self, column: int, wrong: str, expected: str) -> None:
        super().__init__(f"column {column}: {wrong} (expected {expected})")
        self.column = column
        self.wrong = wrong
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Way:
    """One way of a pattern: what may stand at each place, and whether one digit or more follow."""

    places: tuple[frozenset[str], ...]
    rest: bool = False

    def begins(self, digits: str) -> bool:
        """Whether something that goes this way begins with `digits`, or is just these."""
        if len(digits) > len(self.places) and not self.rest:
            return False
        return all(digit in place for digit, place in zip(digits, self.places, strict=False)) and ANY.issuperset(
            digits[len(self.places) :]
        )

    def matches(self, digits: str) -> bool:
        """Whether `digits` go this way to its end."""
        enough = len(digits) > len(self.places) if self.rest else len(digits) == len(self.places)
        return enough and self.begins(digits)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that was read. `text` is how it was written."""

    text: str
    ways: tuple[Way, ...]

    def matches(self, digits: str) -> bool:
        """Whether `digits`, all of them, are as the pattern says."""
        return any(way.matches(digits) for way in self.ways)

    def goes_on(self, digits: str) -> bool:
        """Whether something longer that begins with `digits` matches."""
        return any(way.begins(digits) and (way.rest or len(digits) < len(way.places)) for way in self.ways)

    @property
    def least(self) -> int:
        """How many digits the shortest match has."""
        return min(len(way.places) + way.rest for way in self.ways)

    @property
    def most(self) -> int | None:
        """How many digits the longest match has; None: as many as one likes."""
        return None if any(way.rest for way in self.ways) else max(len(way.places) for way in self.ways)


@lru_cache(maxsize=256)
def parse(text: str) -> Pattern:
    """The pattern that `text` says. Raises PatternError."""
    return Pattern(text, _Reader(text).ways())


def matches(pattern: str, digits: str) -> bool:
    """Whether `digits`, all of them, are as `pattern` says. Raises PatternError for a pattern that cannot be read."""
    return parse(pattern).matches(digits)


class _Reader:
    """Reads a pattern from left to right, once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def ways(self) -> tuple[Way, ...]:
        ways = [self._way()]
        while self._at < len(self._text):  # a way ends there or at a |
            if len(ways) == MOST_WAYS:
                raise self._error(f"there are more than {MOST_WAYS} ways", f"{MOST_WAYS} at most")
            self._at += 1
            ways.append(self._way())
        return tuple(ways)

    def _way(self) -> Way:
        places: list[frozenset[str]] = []
        rest = False
        while self._at < len(self._text) and (sign := self._text[self._at]) != "|":
            if sign == " ":
                self._at += 1
                continue
            if rest:
                raise self._error(f'"{sign}" stands after "."', '"." at the end of a way')
            if sign == ".":
                rest = True
                self._at += 1
            elif len(places) == MOST_SIGNS:
                raise self._error(f"a way is longer than {MOST_SIGNS} signs", f"{MOST_SIGNS} at most")
            else:
                places.append(self._place(sign))
        if not places and not rest:
            raise self._error("a way is empty", "digits, X, [1-9] or .")
        return Way(tuple(places), rest)

    def _place(self, sign: str) -> frozenset[str]:
        if sign == "[":
            return self._choice()
        if sign != "X" and sign not in THEMSELVES:
            expected = '"X" for any digit' if sign == "x" else "a digit, *, #, +, X, [1-9], . or |"
            raise self._error(f'"{sign}" means nothing here', expected)
        self._at += 1
        return ANY if sign == "X" else frozenset(sign)

    def _choice(self) -> frozenset[str]:
        """One of some digits: what stands between brackets, of which the first is here."""
        opened = self._at
        self._at += 1
        choice: set[str] = set()
        while (sign := self._text[self._at : self._at + 1]) != "]":
            if sign == "":
                self._at = opened
                raise self._error('"[" has no end', '"]" after the digits')
            if sign not in ANY:
                raise self._error(f'"{sign}" stands between brackets', "digits, such as [135] or [1-9]")
            last = sign
            if self._text[self._at + 1 : self._at + 2] == "-":
                last = self._text[self._at + 2 : self._at + 3]
                if last == "" or last not in ANY or last < sign:
                    raise self._error(f'"{sign}-{last}" is no row of digits', "the smaller digit first, such as 1-9")
                self._at += 2
            choice.update(chr(code) for code in range(ord(sign), ord(last) + 1))
            self._at += 1
        if not choice:
            self._at = opened
            raise self._error('"[]" leaves no digit', "digits, such as [135] or [1-9]")
        self._at += 1
        return frozenset(choice)

    def _error(self, wrong: str, expected: str) -> PatternError:
        return PatternError(self._at + 1, wrong, expected)
