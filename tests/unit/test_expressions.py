"""Expressions over the data of a call: how they are read, what they are worth, and that nothing breaks them."""

import pickle
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.flow.evaluation import Data, fitting
from ivr.flow.expression_trees import Tree, Value
from ivr.flow.expressions import LONGEST, Expression, ExpressionError, is_name, parse
from tests.unit.expression_cases import data, is_number, plain, trees

pytestmark = pytest.mark.unit

CALL: Data = {
    "caller.vip": True,
    "caller.number": "13800138000",
    "topic": "sales",
    "balance": Decimal("120.50"),
    "age": 30,
    "account": "00418",
    "empty": "",
    "number": 7,
    "zero": 0,
}


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a", "a"),
        ("caller.vip  AND\ttopic='sales'", "caller.vip and topic = 'sales'"),
        ("((a))", "a"),
        ("a or b and not c", "a or b and not c"),
        ("(a or b) and c", "(a or b) and c"),
        ("not (a and b)", "not (a and b)"),
        ("not a = b", "not a = b"),
        ("(not a) = b", "(not a) = b"),
        ("1+2*3-4", "1 + 2 * 3 - 4"),
        ("1-(2-3)", "1 - (2 - 3)"),
        ("(1-2)-3", "(1 - 2) - 3"),
        ("-(a+1)", "-(a + 1)"),
        ("--1", "--1"),
        ('a = "it\'s"', "a = 'it''s'"),
        ("a = 'it''s'", "a = 'it''s'"),
        ("a in ('x',2 , null)", "a in ('x', 2, null)"),
        ("a not in (true)", "a not in (true)"),
        ("a starts  with '1'", "a starts with '1'"),
        ("length( a )>=1.50", "length(a) >= 1.50"),
        ("number(number)", "number(number)"),
        ("007", "7"),
    ],
)
def test_a_text_has_one_canonical_form(text: str, canonical: str) -> None:
    assert str(parse(text)) == canonical
    assert str(parse(canonical)) == canonical
    assert parse(canonical) == parse(text)


@pytest.mark.parametrize(
    ("text", "column", "wrong", "expected"),
    [
        ("", 1, "the text ends here", "a name, a number"),
        ("a =", 4, "the text ends here", "a name, a number"),
        ("a = = b", 5, "= does not fit here", "a name, a number"),
        ("a b", 3, "b does not fit here", "and, or, a comparison, or the end"),
        ("a = b = c", 7, "= does not fit here", "and, or, a comparison, or the end"),
        ("(a or b", 8, "the text ends here", "and, or, a comparison, or )"),
        ("a)", 2, ") does not fit here", "the end"),
        ("a = 'b", 5, "a quoted text has no end", "a text in quotes"),
        ("a not b", 7, "b does not fit here", "in"),
        ("a starts 'x'", 10, "'x' does not fit here", "with"),
        ("a in 'x'", 6, "'x' does not fit here", "( and a list"),
        ("a in ()", 7, ") does not fit here", "a name, a number"),
        ("a in ('x' 'y')", 11, "'y' does not fit here", ", or )"),
        ("size(a)", 1, "there is no function size", "one of: digits, length, number"),
        ("A = 1", 1, "A does not fit here", "small letters"),
        ("名 = 1", 1, "名 does not fit here", "small letters"),
        ("a.b.c", 1, "a.b.c does not fit here", "small letters"),
        ("a.__class__", 1, "a.__class__ does not fit here", "small letters"),
        ("3x", 1, "3x does not fit here", "a name, a number"),
        ("1.2.3", 1, "1.2.3 does not fit here", "a name, a number"),
        ("a == b", 4, "= does not fit here", "a name, a number"),
        ("a && b", 3, "& does not fit here", "and, or"),
        ("1" * 29, 1, f"{'1' * 29} does not fit here", "a number of at most 28 digits"),
        ("(" * 21 + "a", 21, "nested too deep", "at most 20 levels"),
        ("not " * 100 + "a", 85, "nested too deep", "at most 20 levels"),
        ("-" * 900 + "1", 22, "nested too deep", "at most 20 levels"),
        ("a + " * 300 + "a", LONGEST + 1, "the expression is too long", "at most 1000 characters"),
    ],
)
def test_a_fault_is_told_with_its_column_and_what_was_expected(
    text: str, column: int, wrong: str, expected: str
) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert (caught.value.id, caught.value.column, caught.value.wrong) == ("expression-invalid", column, wrong)
    assert expected in caught.value.expected
    assert f"column {column}" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("topic", "sales"),
        ("nowhere", None),
        ("nowhere = null", True),
        ("caller.vip and topic = 'sales'", True),
        ("topic in ('returns', 'sales')", True),
        ("topic not in ('returns', 'sales')", False),
        ("nowhere not in ('x')", True),
        ("caller.number starts with '138' and caller.number ends with '000'", True),
        ("topic contains 'ale'", True),
        ("age contains '3'", False),
        ("account = 418", False),
        ("account != 418", True),
        ("number(account) = 418", True),
        ("number('4.18e3')", None),
        ("number('１２')", None),
        ("number(' -0.50 ')", Decimal("-0.50")),
        ("number(caller.vip)", None),
        ("age >= 18 and age < 65", True),
        ("age >= '18'", False),
        ("nowhere < 1 or nowhere >= 1", False),
        ("'b' > 'a'", True),
        ("true > false", False),
        ("true = 1", False),
        ("false = null", False),
        ("30.0 = age", True),
        ("balance - 20", Decimal("100.50")),
        ("0.1 + 0.2 = 0.3", True),
        ("2 + 3 * 4", 14),
        ("7 / 2", Decimal("3.5")),
        ("7 / zero", None),
        ("topic + 1", None),
        ("true + 1", None),
        ("-topic", None),
        ("9999999999999999999999999999 + 1", None),
        ("length(topic)", 5),
        ("length(nowhere)", 0),
        ("length(age)", None),
        ("digits('+86 10-62')", "861062"),
        ("digits(balance)", "12050"),
        ("digits(nowhere)", None),
        ("not (empty or zero or nowhere or false)", True),
        ("not (topic and age and '0')", False),
    ],
)
def test_an_expression_is_worth_what_the_page_says(text: str, value: Value) -> None:
    found = parse(text).value(CALL)
    assert found == value
    assert isinstance(found, bool) is isinstance(value, bool)


def test_data_that_no_call_can_have_are_null_or_rounded() -> None:
    """A look-up's answer may hold any number; none may make a text of a million digits."""
    assert fitting(0.5) is None
    assert fitting([]) is None
    assert fitting(10**28) is None
    for text in ("NaN", "sNaN", "Infinity", "1e28", "-1E+999999999"):
        assert fitting(Decimal(text)) is None
    assert str(fitting(Decimal("1e5"))) == "100000"
    assert str(fitting(Decimal("0e9999"))) == "0"
    assert fitting(Decimal("1e-999999999")) == 0
    assert fitting(Decimal("0.12345678901234567890123456789")) == Decimal("0.1234567890123456789012345679")
    assert parse("a + 1").value({"a": Decimal("NaN")}) is None


@pytest.mark.parametrize(
    ("text", "right"),
    [("a", True), ("a_1", True), ("caller.vip", True), ("number", True)]
    + [(text, False) for text in ("", "1a", "_a", "A", "a-b", "a.b.c", "a.", "and", "null", "ä", "a\n")],
)
def test_names_are_small_letters_digits_and_underscores(text: str, right: bool) -> None:
    assert is_name(text) is right


def test_the_names_an_expression_looks_at_are_told() -> None:
    names = parse("not a = 'b' or length(-c) in (d, e * 2) and caller.vip").names
    assert names == {"a", "c", "d", "e", "caller.vip"}


def test_an_expression_can_be_copied_to_another_process() -> None:
    expression = parse("a and 1 < 2")
    assert pickle.loads(pickle.dumps(expression)) == expression


@given(trees, data)
@settings(max_examples=200)
def test_every_expression_is_worth_what_a_plain_reading_says(tree: Tree, known: dict[str, Value]) -> None:
    expression = parse(str(tree))
    found, wanted = expression.value(known), plain(tree, known)
    assert found == wanted
    assert is_number(found) is is_number(wanted)
    assert not isinstance(found, float)


@given(trees)
@settings(max_examples=200)
def test_every_expression_is_read_back_from_its_text(tree: Tree) -> None:
    assert parse(str(tree)).tree == tree


WORDS = "a 1 2.5 'x' ( ) = != < + - * / , and or not in starts with contains length number true null"


def _fault_of(text: str, known: dict[str, Value]) -> ExpressionError | None:
    try:
        parse(text).value(known)
    except ExpressionError as error:
        return error
    return None


@given(st.text(st.sampled_from("ab1.9 '\"()=<>!+-*/,|{}\n名") | st.characters(), max_size=60), data)
@settings(max_examples=300)
def test_no_text_raises_anything_but_its_own_error(text: str, known: dict[str, Value]) -> None:
    fault = _fault_of(text, known)
    assert fault is None or 1 <= fault.column <= len(text) + 1


@given(st.lists(st.sampled_from(WORDS.split()), max_size=400))
@settings(max_examples=200)
def test_no_row_of_words_raises_anything_but_its_own_error(words: list[str]) -> None:
    fault = _fault_of(" ".join(words), {"a": 1})
    assert fault is None or (fault.wrong and fault.expected)


@given(trees, st.dictionaries(st.sampled_from(["a", "b2"]), st.decimals() | st.integers() | st.floats() | st.binary()))
def test_no_data_whatever_make_an_expression_raise(tree: Tree, known: dict[str, Value]) -> None:
    Expression(tree).value(known)
