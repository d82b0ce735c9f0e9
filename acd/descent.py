"""Reads a text of a small language piece by piece, for the parsers of requirements (acd.requirement_syntax) and of
expressions (ivr.flow.expression_syntax). What the pieces are and what they mean is decided there.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from re import Pattern


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: what `kind` it is, and where it begins, from 0."""

    kind: str
    text: str
    start: int

    @property
    def keyword(self) -> str:
        """The word in small letters or the sign, for comparison; nothing of a quoted text."""
        return self.text.lower() if self.kind in ("word", "sign") else ""

    def __str__(self) -> str:
        """What is wrong with it where it does not belong."""
        if self.kind == "end":
            return "the text ends here"
        if self.kind == "stray" and self.text in "\"'":
            return "a quoted text has no end"
        shown = self.text if len(self.text) <= 40 else f"{self.text[:40]}…"
        return f"{shown} does not fit here"


class Descent(ABC):
    """A parser by recursive descent; `ahead` is the piece that comes next.

    The groups of `pattern` are the kinds of pieces: `word`, `sign`, `quoted`, `end` and `stray`, which is whatever
    else there is, and those of the language's own.
    """

    def __init__(self, pattern: Pattern[str], text: str, start: int = 0) -> None:
        matches = pattern.finditer(text, start)
        self._tokens = (Token(kind := str(one.lastgroup), one[kind], one.start(kind)) for one in matches)
        self.ahead = next(self._tokens)

    @abstractmethod
    def _error(self, expected: str) -> Exception:
        """Why the piece ahead cannot stand there."""

    def _take(self) -> Token:
        token = self.ahead
        self.ahead = next(self._tokens, token)
        return token

    def _taken(self, keyword: str) -> bool:
        if self.ahead.keyword != keyword:
            return False
        self._take()
        return True

    def _must_take(self, keyword: str, expected: str) -> None:
        if not self._taken(keyword):
            raise self._error(expected)
