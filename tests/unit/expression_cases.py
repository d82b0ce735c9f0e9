"""Random expressions, and a plain reading of what each is worth to hold the real one against."""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import TypeGuard

from hypothesis import strategies as st

from ivr.flow.expression_trees import (
    COMPARISONS,
    FUNCTIONS,
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

NAMES = ("a", "b2", "caller.vip", "number", "nowhere")

texts = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=6) | st.sampled_from(
    ["sales", "12", "-3.50", "it's", '"', "''", "{x|y}"]
)
numbers = st.integers(0, 10**6) | st.decimals(0, 10**6, places=2)
values: st.SearchStrategy[Value] = st.none() | st.booleans() | texts | numbers | st.integers(-50, 50)
data = st.dictionaries(st.sampled_from(NAMES[:-1]), values)


def _grown(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Function, st.sampled_from(FUNCTIONS), inner),
        st.builds(Negative, inner),
        st.builds(Not, inner),
        st.builds(Compare, st.sampled_from(COMPARISONS), inner, inner),
        st.builds(Among, inner, st.lists(inner, min_size=1, max_size=3).map(tuple), st.booleans()),
        st.builds(All, several),
        st.builds(Either, several),
        *(
            st.builds(
                Arithmetic,
                inner,
                st.lists(st.tuples(st.sampled_from(signs), inner), min_size=1, max_size=2).map(tuple),
            )
            for signs in ("+-", "*/")
        ),
    )


trees: st.SearchStrategy[Tree] = st.recursive(
    st.builds(Literal, st.none() | st.booleans() | texts | numbers) | st.builds(Name, st.sampled_from(NAMES)),
    _grown,
    max_leaves=8,
)


def plain(tree: Tree, known: Mapping[str, Value]) -> Value:  # noqa: PLR0911, PLR0912 (a rule a case)
    """What the tree is worth, read from the rules as the page of the language tells them."""
    match tree:
        case Literal(value):
            return value
        case Name(name):
            return known.get(name)
        case Function("length", argument):
            value = plain(argument, known)
            return len(value or "") if isinstance(value, str | None) else None
        case Function("digits", argument):
            value = plain(argument, known)
            return None if is_truth(value) or value is None else "".join(c for c in shown(value) if c in "0123456789")
        case Function(_, argument):
            return as_number(plain(argument, known))
        case Negative(operand):
            return reckoned("-", 0, plain(operand, known))
        case Arithmetic(first, rest):
            total = plain(first, known)
            for sign, part in rest:
                total = reckoned(sign, total, plain(part, known))
            return total
        case Compare(sign, left, right):
            return compared(sign, plain(left, known), plain(right, known))
        case Among(operand, choices, among):
            found = [choice for choice in choices if same(plain(operand, known), plain(choice, known))]
            return (len(found) > 0) == among
        case Not(operand):
            return plain(operand, known) in (None, "", 0, False)
        case All(parts):
            return not any(plain(part, known) in (None, "", 0, False) for part in parts)
        case Either(parts):
            return not all(plain(part, known) in (None, "", 0, False) for part in parts)


def is_truth(value: Value) -> bool:
    return value is True or value is False


def is_number(value: Value) -> TypeGuard[int | Decimal]:
    return isinstance(value, int | Decimal) and not is_truth(value)


def shown(value: Value) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def as_number(value: Value) -> Value:
    if not isinstance(value, str):
        return value if is_number(value) else None
    text = value.strip(" \t")
    whole, point, fraction = text.removeprefix("-").partition(".")
    if not all(sign in "0123456789" for sign in whole + fraction) or not whole or (point and not fraction):
        return None
    return Decimal(text) if point else int(text)


def reckoned(sign: str, left: Value, right: Value) -> Value:
    if not is_number(left) or not is_number(right):
        return None
    one, other = Decimal(left), Decimal(right)
    if sign == "/" and other == 0:
        return None
    with localcontext() as context:
        context.prec, context.rounding = 28, ROUND_HALF_EVEN
        result = {"+": one.__add__, "-": one.__sub__, "*": one.__mul__, "/": one.__truediv__}[sign](other)
    if abs(result) >= 10**28:
        return None
    if isinstance(left, int) and isinstance(right, int) and result == round(result):
        return round(result)
    return round(result, 28) if abs(result) < 1 and len(f"{result:f}") > 30 else result


def same(left: Value, right: Value) -> bool:
    kinds = [(is_truth(value), is_number(value), isinstance(value, str)) for value in (left, right)]
    return kinds[0] == kinds[1] and left == right


def compared(sign: str, left: Value, right: Value) -> bool:
    if sign in ("=", "!="):
        return same(left, right) == (sign == "=")
    if isinstance(left, str) and isinstance(right, str):
        answers = {
            "starts with": left[: len(right)] == right,
            "ends with": left[len(left) - len(right) :] == right if len(right) <= len(left) else False,
            "contains": left.find(right) >= 0,
            "<": left < right,
            "<=": left <= right,
            ">": left > right,
            ">=": left >= right,
        }
        return answers[sign]
    if not is_number(left) or not is_number(right) or " " in sign or sign == "contains":
        return False
    difference = Decimal(left).compare(Decimal(right))
    return {"<": difference < 0, "<=": difference <= 0, ">": difference > 0, ">=": difference >= 0}[sign]
