"""What an expression is made of, the bounds of what it may be, and its one canonical text. How it is written is told in
expression_syntax, what it is worth in evaluation.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

Value = str | int | Decimal | bool | None
"""What a datum of a call can be. Numbers are exact: money is never a float."""

LONGEST = 1_000
"""Characters of an expression."""

DEEPEST = 20
"""How deep parentheses, functions, `not` and signs may be nested: more than anyone reads, less than the stack bears."""

FUNCTIONS = ("length", "number", "digits")
"""Only with a parenthesis behind: a datum may bear the same name."""

KEYWORDS = frozenset({"and", "or", "not", "in", "starts", "ends", "with", "contains", "true", "false", "null"})
"""No datum can bear these names."""

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=", "starts with", "ends with", "contains")

_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?")


def is_name(text: str) -> bool:
    """Whether a datum can be called so: small letters, digits and _, a letter first, of two such parts at most."""
    return _NAME.fullmatch(text) is not None and text not in KEYWORDS


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written out; numbers are not negative."""

    value: Value

    def __str__(self) -> str:
        match self.value:
            case None:
                return "null"
            case bool(value):
                return "true" if value else "false"
            case str(text):
                return "'" + text.replace("'", "''") + "'"
            case number:
                return format(number, "f") if isinstance(number, Decimal) else str(number)


@dataclass(frozen=True, slots=True)
class Name:
    """A datum of the call."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Function:
    """One of FUNCTIONS, of one argument."""

    function: str
    argument: "Tree"

    def __str__(self) -> str:
        return f"{self.function}({self.argument})"


@dataclass(frozen=True, slots=True)
class Negative:
    """The number with the other sign."""

    operand: "Tree"

    def __str__(self) -> str:
        return "-" + _within(self.operand, _SIGN)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """From left to right; the operators are all of one rank: + and -, or * and /."""

    first: "Tree"
    rest: tuple[tuple[str, "Tree"], ...]

    def __str__(self) -> str:
        inner = _rank(self) + 1
        return _within(self.first, inner) + "".join(f" {sign} {_within(part, inner)}" for sign, part in self.rest)


@dataclass(frozen=True, slots=True)
class Compare:
    """One of COMPARISONS."""

    operator: str
    left: "Tree"
    right: "Tree"

    def __str__(self) -> str:
        return f"{_within(self.left, _SUM)} {self.operator} {_within(self.right, _SUM)}"


@dataclass(frozen=True, slots=True)
class Among:
    """Equal to one of the choices, or (`among` false) to none of them."""

    operand: "Tree"
    choices: tuple["Tree", ...]
    among: bool

    def __str__(self) -> str:
        word = "in" if self.among else "not in"
        choices = ", ".join(_within(choice, _SUM) for choice in self.choices)
        return f"{_within(self.operand, _SUM)} {word} ({choices})"


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    operand: "Tree"

    def __str__(self) -> str:
        return f"not {_within(self.operand, _NOT)}"


@dataclass(frozen=True, slots=True)
class All:
    """Two parts or more, joined by `and`."""

    parts: tuple["Tree", ...]

    def __str__(self) -> str:
        return " and ".join(_within(part, _AND + 1) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Either:
    """Two parts or more, joined by `or`."""

    parts: tuple["Tree", ...]

    def __str__(self) -> str:
        return " or ".join(_within(part, _OR + 1) for part in self.parts)


Tree = Literal | Name | Function | Negative | Arithmetic | Compare | Among | Not | All | Either

_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN, _OPERAND = range(8)


_RANKS: Mapping[type, int] = {
    Either: _OR,
    All: _AND,
    Not: _NOT,
    Compare: _COMPARISON,
    Among: _COMPARISON,
    Negative: _SIGN,
}


def _rank(tree: Tree) -> int:
    if isinstance(tree, Arithmetic):
        return _SUM if tree.rest[0][0] in "+-" else _PRODUCT
    return _RANKS.get(type(tree), _OPERAND)


def _within(tree: Tree, least: int) -> str:
    """Its text where something of rank `least` or above is expected."""
    return str(tree) if _rank(tree) >= least else f"({tree})"


def parts(tree: Tree) -> Iterator[Tree]:
    """The tree and all that is in it."""
    yield tree
    inner: tuple[Tree, ...]
    match tree:
        case Literal() | Name():
            return
        case Function(_, operand) | Negative(operand) | Not(operand):
            inner = (operand,)
        case Arithmetic(first, rest):
            inner = (first, *(part for _, part in rest))
        case Compare(_, left, right):
            inner = (left, right)
        case Among(operand, choices):
            inner = (operand, *choices)
        case All(inner) | Either(inner):
            pass
    for part in inner:
        yield from parts(part)
