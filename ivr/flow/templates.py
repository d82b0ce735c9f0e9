"""Texts with slots for the data of a call: `Hello {name}, you owe {balance|money CNY}`.

A slot is an expression, and perhaps a format with its argument for how it is spoken; `{{` and `}}` are braces. Which
formats there are, and how they are spoken, is not decided here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from acd.descent import Token
from ivr.flow.evaluation import Data, as_text
from ivr.flow.expression_syntax import ExpressionError, read_from
from ivr.flow.expression_trees import Value
from ivr.flow.expressions import Expression

LONGEST = 4_000
"""Characters of a template, and of the text it gives: what is longer is cut off."""

_FORMAT = re.compile(r"[ \t\n]*(?P<format>[a-z]+)(?:[ \t\n]+(?P<argument>[^{}|]*))?(?=[}])")


@dataclass(frozen=True, slots=True)
class Literal:
    """Text as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A value to be put in; `format` and `argument` are empty where the template says none."""

    expression: Expression
    format: str = ""
    argument: str = ""
    column: int = 0
    """Of its opening brace, from 1."""


@dataclass(frozen=True)
class Template:
    """One template, made by `parse_template`."""

    parts: tuple[Literal | Slot, ...]

    @property
    def slots(self) -> Iterator[Slot]:
        """Its slots, from left to right."""
        return (part for part in self.parts if isinstance(part, Slot))

    @cached_property
    def names(self) -> frozenset[str]:
        """The names its slots look at."""
        return frozenset(name for slot in self.slots for name in slot.expression.names)

    def text(self, data: Data) -> str:
        """The text with the values put in, without regard to formats. Never raises."""
        texts = (
            part.text if isinstance(part, Literal) else as_text(part.expression.value(data)) for part in self.parts
        )
        return "".join(texts)[:LONGEST]

    def value(self, data: Data) -> Value:
        """The value of a template that is one slot and nothing else, in its own kind; else its text. Never raises."""
        match self.parts:
            case (Slot() as slot,):
                value = slot.expression.value(data)
                return value[:LONGEST] if isinstance(value, str) else value
            case _:
                return self.text(data)


@lru_cache(maxsize=4096)
def parse_template(text: str) -> Template:
    """The template of a text. Raises ExpressionError."""
    if len(text) > LONGEST:
        raise ExpressionError(LONGEST + 1, "the text is too long", f"at most {LONGEST} characters")
    return Template(tuple(_read(text)))


def _read(text: str) -> Iterator[Literal | Slot]:
    at, words = 0, ""
    while at < len(text):
        sign, pair = text[at], text[at : at + 2]
        if pair in ("{{", "}}"):
            words, at = words + sign, at + 2
        elif sign == "}":
            raise ExpressionError(at + 1, "} closes nothing", "}} for a brace")
        elif sign == "{":
            if words:
                yield Literal(words)
            slot, at, words = *_slot(text, at), ""
            yield slot
        else:
            words, at = words + sign, at + 1
    if words:
        yield Literal(words)


def _slot(text: str, start: int) -> tuple[Slot, int]:
    """The slot whose brace opens at `start`, and where the text goes on behind it."""
    tree, after = read_from(text, start + 1)
    match after.text:
        case "}":
            return Slot(Expression(tree), column=start + 1), after.start + 1
        case "|":
            return _formatted(text, start, Expression(tree), after)
    raise ExpressionError(after.start + 1, str(after), "}, or | and a format")


def _formatted(text: str, start: int, expression: Expression, bar: Token) -> tuple[Slot, int]:
    if (found := _FORMAT.match(text, bar.start + 1)) is None:
        raise ExpressionError(bar.start + 2, "no format stands here", "a format such as money CNY, and }")
    argument = " ".join((found["argument"] or "").split())
    return Slot(expression, found["format"], argument, start + 1), found.end() + 1
