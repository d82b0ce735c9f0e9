"""Where a value stands in a JSON answer, and what becomes of answers that are not as expected."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow.expressions import Value
from ivr.flow.parts import Datum
from ivr.look_ups.failures import Failure, LookUpFailed
from ivr.look_ups.json_paths import LONGEST, JsonPathError, parse_path
from ivr.look_ups.json_texts import read, write

pytestmark = pytest.mark.unit

ANSWER = """\ufeff{
  "customer": {"name": "王 小明", "vip": true, "balance": 120.50, "c d": ["x", {"é": null}], "it's": "a\\nb"},
  "orders": [3, 12345678901234567890, -0.1e1], "big": 1e40, "huge": 99999999999999999999999999999, "long": "%s"
}""" % ("x" * 1001)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.customer.name", "王 小明"),
        ("$['customer']['vip']", True),
        ("$.customer.balance", Decimal("120.50")),
        ("$.customer['c d'][0]", "x"),
        ('$.customer["c d"][-1].é', None),
        ("$.customer['it\\'s']", "a b"),
        ("$.customer['\\u0063 d'][0]", "x"),
        ("$ .orders[ 1 ]", 12345678901234567890),
        ("$.orders[-1]", Decimal("-1")),
        ("$.customer.nobody", Failure.VALUE_MISSING),
        ("$.orders[3]", Failure.VALUE_MISSING),
        ("$.orders[-4]", Failure.VALUE_MISSING),
        ("$.orders.name", Failure.VALUE_MISSING),
        ("$.customer[0]", Failure.VALUE_MISSING),
        ("$.customer.name[0]", Failure.VALUE_MISSING),
        ("$.customer", Failure.VALUE_UNFIT),
        ("$", Failure.VALUE_UNFIT),
        ("$.big", Failure.VALUE_UNFIT),
        ("$.huge", Failure.VALUE_UNFIT),
        ("$.long", Failure.VALUE_UNFIT),
    ],
)
def test_a_path_names_one_value_or_says_why_not(path: str, value: Value | Failure) -> None:
    if not isinstance(value, Failure):
        found = read(ANSWER.encode(), {"x": path})["x"]
        assert found == value
        assert type(found) is type(value)
        return
    with pytest.raises(LookUpFailed) as caught:
        read(ANSWER.encode(), {"x": path})
    assert caught.value.failure is value


@pytest.mark.parametrize(
    ("text", "column", "wrong"),
    [
        ("", 1, "a path begins with $"),
        ("customer.name", 1, "a path begins with $"),
        ("$.", 2, ". does not fit here"),
        ("$.customer.", 11, ". does not fit here"),
        ("$customer", 2, "customer does not fit here"),
        ("$.a.0", 4, ".0 does not fit here"),
        ("$.a-b", 4, "-b does not fit here"),
        ("$[01]", 2, "[01] does not fit here"),
        ("$[-0]", 2, "[-0] does not fit here"),
        ("$['a", 2, "['a does not fit here"),
        ("$['a\\q']", 5, "\\q stands for nothing"),
        ("$.a ", 5, "the path ends here"),
        ("$.*", 2, "this picks several values"),
        ("$..name", 2, "this picks several values"),
        ("$.a[*]", 4, "this picks several values"),
        ("$.a[?@.b]", 4, "this picks several values"),
        ("$" + ".a" * 250, LONGEST + 1, "the path is too long"),
    ],
)
def test_a_path_that_cannot_be_read_is_told_with_its_column(text: str, column: int, wrong: str) -> None:
    with pytest.raises(JsonPathError) as caught:
        parse_path(text)
    assert (caught.value.column, caught.value.wrong) == (column, wrong)
    assert caught.value.expected


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"\xff\xfe{",
        b'{"a": NaN}',
        b'{"a": 1} 2',
        b"[" * 60_000,
        b"9" * 5_000,
        b'{"a": 1e999999999999999999}',
    ],
)
def test_an_answer_that_is_no_json_is_told_as_such(answer: bytes) -> None:
    with pytest.raises(LookUpFailed) as caught:
        read(answer, {"x": "$.a"})
    assert caught.value.failure in (Failure.NOT_JSON, Failure.VALUE_UNFIT)


def test_an_answer_from_which_nothing_is_wanted_need_not_be_json() -> None:
    assert read(b"OK", {}) == {}


def test_a_body_keeps_the_kinds_of_its_values_and_quotes_the_rest() -> None:
    body: dict[str, Datum] = {
        "account": "{account}",
        "due": "{due}",
        "note": 'a "{account}"',
        "vip": True,
        "rate": 1.5,
        "none": "{x}",
    }
    written = write(body, {"account": '"}, 王\n', "due": Decimal("12.50")})
    assert written == (
        '{"account": "\\"}, \\u738b\\n", "due": 12.50, "note": "a \\"\\"}, \\u738b\\n\\"", "vip": true, "rate": 1.5,'
        ' "none": null}'
    )


@given(st.text(st.sampled_from("$.[]'\"\\ab0-*?: ") | st.characters(), max_size=40))
def test_no_text_raises_anything_but_its_own_error(text: str) -> None:
    fault: JsonPathError | None = None
    try:
        parse_path(f"${text}")
    except JsonPathError as error:
        fault = error
    assert fault is None or 1 <= fault.column <= len(text) + 2


@given(st.binary(max_size=60) | st.text(st.sampled_from('{}[]":,a0.-eE '), max_size=60).map(str.encode))
def test_no_answer_raises_anything_but_a_failed_look_up(answer: bytes) -> None:
    failure = None
    try:
        read(answer, {"x": "$.a"})
    except LookUpFailed as error:
        failure = error.failure
    assert failure is None or failure.startswith("look-up-")
