"""The tree a requirement is read into, and the one text each tree has.

Leaves are comparisons; `not` is carried to them while reading, so that a tree has none.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne
from typing import TypeAlias

AGENT = "agent"
"""The name that stands for the agent's number."""

COMPARE = {">=": ge, ">": gt, "<=": le, "<": lt, "=": eq, "!=": ne}
"""What the operators say of two levels."""

KEYWORDS = ("and", "or", "not", "in", "any")

WORD = r"\w[\w.-]*"
"""A name, a number, or a value that needs no quotes."""


@dataclass(frozen=True, slots=True)
class Level:
    """The agent's level in `skill` compared with `level` (0 to 10); 0 is the level of a skill he lacks."""

    skill: str
    operator: str
    level: int

    def __str__(self) -> str:
        return f"{self.skill} {self.operator} {self.level}"


@dataclass(frozen=True, slots=True)
class Attribute:
    """The agent's attribute is among `values`; or, where `among` is False, is none of them or is missing."""

    name: str
    values: tuple[str, ...]
    among: bool = True

    def __str__(self) -> str:
        values = [self._quoted(value) for value in self.values]
        if len(values) == 1:
            return f"{self.name} {'=' if self.among else '!='} {values[0]}"
        return f"{self.name} {'in' if self.among else 'not in'} ({', '.join(values)})"

    def _quoted(self, value: str) -> str:
        plain = re.fullmatch(WORD, value) and value.lower() not in KEYWORDS
        if plain and (self.name == AGENT or not is_number(value)):
            return value
        return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'


@dataclass(frozen=True, slots=True)
class All:
    """Every part is met; without parts, anyone is."""

    parts: tuple["Tree", ...]

    def __str__(self) -> str:
        if not self.parts:
            return "any"
        return " and ".join(f"({part})" if isinstance(part, Either) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part is met. It has two parts or more."""

    parts: tuple["Tree", ...]

    def __str__(self) -> str:
        return " or ".join(str(part) for part in self.parts)


Tree: TypeAlias = Level | Attribute | All | Either

ANYONE = All(())


def join(kind: type[All] | type[Either], trees: Iterable[Tree]) -> Tree:
    """The trees as one: parts of the same kind in one row, none twice, none that says nothing."""
    parts: dict[Tree, None] = {}
    for tree in trees:
        if kind is Either and tree == ANYONE:
            return ANYONE
        parts.update(dict.fromkeys(tree.parts if isinstance(tree, kind) else (tree,)))
    return next(iter(parts)) if len(parts) == 1 else kind(tuple(parts))


def leaves(tree: Tree) -> Iterator[Level | Attribute]:
    """All comparisons of a tree."""
    match tree:
        case All(parts) | Either(parts):
            for part in parts:
                yield from leaves(part)
        case leaf:
            yield leaf


def is_number(text: str) -> bool:
    """Whether an unquoted word would be read as a level."""
    return text.isascii() and text.isdigit()
