"""What an expression is worth with the data of a call. It never raises: what cannot be told is null.

A missing name is null. Two values are equal if they are alike (two numbers, two texts, two truths, two nulls) and the
same; `!=` is the opposite of `=`. The other comparisons are false unless two numbers or two texts stand there (texts by
their characters' code points), `starts with` and its like unless two texts do. Arithmetic with something that is no
number, or that comes to none (a division by zero, too large a result), is null. Where yes or no is asked, null, false,
0 and the empty text are no. Numbers have 28 digits, reckoned exactly or rounded half to even.
"""

import operator
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal

from ivr.flow.expression_trees import (
    All,
    Among,
    Arithmetic,
    Compare,
    Either,
    Function,
    Literal,
    Name,
    Negative,
    Not,
    Tree,
    Value,
)

Data = Mapping[str, Value]
"""The data of a call by name."""

DIGITS = 28
_CONTEXT = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN, Emin=-999_999, Emax=999_999, traps=[])
_TOO_LARGE = 10**DIGITS
_FINEST = Decimal(1).scaleb(-DIGITS)

_NUMBER = re.compile(r"[ \t]*(-?)([0-9]+(?:\.[0-9]+)?)[ \t]*")
_NO_DIGIT = re.compile(r"[^0-9]")

_ORDER: Mapping[str, Callable[[str | int | Decimal, str | int | Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TEXTS: Mapping[str, Callable[[str, str], bool]] = {
    "starts with": str.startswith,
    "ends with": str.endswith,
    "contains": operator.contains,
}
_ARITHMETIC: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": _CONTEXT.add,
    "-": _CONTEXT.subtract,
    "*": _CONTEXT.multiply,
    "/": _CONTEXT.divide,
}


def worth(tree: Tree, data: Data) -> Value:
    """The value of an expression."""
    match tree:
        case Literal(value):
            return value
        case Name(name):
            return fitting(data.get(name))
        case Function(function, argument):
            return _FUNCTIONS[function](worth(argument, data))
        case Negative(operand):
            return _reckoned("-", 0, worth(operand, data))
        case Arithmetic(first, rest):
            total = worth(first, data)
            for sign, part in rest:
                total = _reckoned(sign, total, worth(part, data))
            return total
        case Compare() | Among() | Not() | All() | Either():
            return _truth(tree, data)


def _truth(tree: Compare | Among | Not | All | Either, data: Data) -> bool:
    match tree:
        case Compare(sign, left, right):
            return _compared(sign, worth(left, data), worth(right, data))
        case Among(operand, choices, among):
            value = worth(operand, data)
            return any(_equal(value, worth(choice, data)) for choice in choices) is among
        case Not(operand):
            return not holds(worth(operand, data))
        case All(parts):
            return all(holds(worth(part, data)) for part in parts)
        case Either(parts):
            return any(holds(worth(part, data)) for part in parts)


def holds(value: Value) -> bool:
    """Whether a value is a yes."""
    return bool(value)


def as_text(value: Value) -> str:
    """A value as text: nothing for null, numbers with all their places and without an exponent."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


def fitting(value: object) -> Value:
    """The value as one that a call can have: a number rounded to what is reckoned with; null if that cannot be."""
    match value:
        case str() | bool() | None:
            return value
        case int():
            return value if abs(value) < _TOO_LARGE else None
        case Decimal():
            return _fitting_number(value)
        case _:
            return None


def _fitting_number(number: Decimal) -> Decimal | None:
    rounded = _CONTEXT.plus(number)
    if not rounded.is_finite() or rounded.copy_abs() >= _TOO_LARGE:
        return None
    exponent = rounded.as_tuple().exponent
    if not isinstance(exponent, int) or -DIGITS <= exponent <= 0:
        return rounded
    return rounded.quantize(_FINEST if exponent < 0 else Decimal(1), context=_CONTEXT)


def _reckoned(sign: str, left: Value, right: Value) -> Value:
    if isinstance(left, bool | str | None) or isinstance(right, bool | str | None):
        return None
    result = fitting(_ARITHMETIC[sign](Decimal(left), Decimal(right)))
    if isinstance(left, int) and isinstance(right, int) and isinstance(result, Decimal) and result == int(result):
        return int(result)
    return result


def _compared(sign: str, left: Value, right: Value) -> bool:
    if sign in ("=", "!="):
        return _equal(left, right) is (sign == "=")
    if isinstance(left, str) and isinstance(right, str):
        return _ORDER[sign](left, right) if sign in _ORDER else _TEXTS[sign](left, right)
    if isinstance(left, bool | str | None) or isinstance(right, bool | str | None) or sign not in _ORDER:
        return False
    return _ORDER[sign](left, right)


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, bool | str | None) or isinstance(right, bool | str | None):
        return type(left) is type(right) and left == right
    return left == right


def _length(value: Value) -> Value:
    """Characters of a text; nothing has none."""
    match value:
        case str():
            return len(value)
        case None:
            return 0
        case _:
            return None


def _number(value: Value) -> Value:
    """The number a text is: digits, perhaps with a point and a minus sign."""
    if not isinstance(value, str):
        return None if isinstance(value, bool) else value
    if (found := _NUMBER.fullmatch(value)) is None or len(found[2]) > 2 * DIGITS:
        return None
    number = Decimal(found[1] + found[2])
    return fitting(number if "." in found[2] else int(number))


def _digits(value: Value) -> Value:
    """The digits of a text or a number, as a text."""
    return None if isinstance(value, bool | None) else _NO_DIGIT.sub("", as_text(value))


_FUNCTIONS: Mapping[str, Callable[[Value], Value]] = {"length": _length, "number": _number, "digits": _digits}
