"""Texts with slots: how they are read, what they give, and what is told of those that cannot be read."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.documents import Part, read_document
from ivr.flow.expressions import Data, ExpressionError, parse
from ivr.flow.templates import LONGEST, Literal, Slot, parse_template
from ivr.flow.written import expression_problems, template_problems

pytestmark = pytest.mark.unit

CALL: Data = {"name": "Wang", "balance": Decimal("12.50"), "due": 3, "caller.vip": False, "nothing": None}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("", ""),
        ("Hello {name}, you owe {balance|money CNY}.", "Hello Wang, you owe 12.50."),
        ("{balance - 0.5}", "12.00"),
        ("{ name }{name}", "WangWang"),
        ("{nowhere}", ""),
        ("{caller.vip}", "false"),
        ("{{name}} {{{name}}}", "{name} {Wang}"),
        ("{name = 'a}|b'}", "false"),
        ("{due / 2 * 100000}", "150000.0"),
        ("您好，{name}。", "您好，Wang。"),
    ],
)
def test_values_stand_in_the_place_of_slots(text: str, result: str) -> None:
    assert parse_template(text).text(CALL) == result


def test_a_template_of_one_slot_keeps_the_kind_of_its_value() -> None:
    assert parse_template("{due}").value(CALL) == 3
    assert parse_template("{balance}").value(CALL) == Decimal("12.50")
    assert parse_template("{nothing}").value(CALL) is None
    assert parse_template("{caller.vip}").value(CALL) is False
    assert parse_template("{due}0").value(CALL) == "30"
    assert parse_template("sales").value(CALL) == "sales"


def test_the_parts_of_a_template_are_told() -> None:
    template = parse_template("Due: {due + 1|number}, {balance | money  CNY } {{")
    assert template.parts == (
        Literal("Due: "),
        Slot(parse("due + 1"), "number", "", 6),
        Literal(", "),
        Slot(parse("balance"), "money", "CNY", 24),
        Literal(" {"),
    )
    assert template.names == {"due", "balance"}
    assert [slot.format for slot in template.slots] == ["number", "money"]


@pytest.mark.parametrize(
    ("text", "column", "wrong", "expected"),
    [
        ("Hello {name", 12, "the text ends here", "}, or | and a format"),
        ("Hello {}", 8, "} does not fit here", "a name, a number"),
        ("Hello }", 7, "} closes nothing", "}} for a brace"),
        ("{a b}", 4, "b does not fit here", "}, or | and a format"),
        ("{a|}", 4, "no format stands here", "a format such as money CNY"),
        ("{a|money", 4, "no format stands here", "a format such as money CNY"),
        ("{a|money {b}}", 4, "no format stands here", "a format such as money CNY"),
        ("{a|Money}", 4, "no format stands here", "a format such as money CNY"),
        ("您好 {账号}", 5, "账号 does not fit here", "small letters"),
        ("x" * (LONGEST + 1), LONGEST + 1, "the text is too long", "at most 4000 characters"),
    ],
)
def test_a_fault_is_told_with_its_column_and_what_was_expected(
    text: str, column: int, wrong: str, expected: str
) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_template(text)
    assert (caught.value.column, caught.value.wrong) == (column, wrong)
    assert expected in caught.value.expected


def test_a_text_that_doubles_itself_at_every_round_stays_bounded() -> None:
    template, text = parse_template("{a}{a}"), "x"
    for _ in range(100):
        text = template.text({"a": text})
    assert len(text) == LONGEST


@given(st.text(st.sampled_from("ab1 '\"(){}|=.") | st.characters(), max_size=60))
@settings(max_examples=500)
def test_no_text_raises_anything_but_its_own_error(text: str) -> None:
    fault: ExpressionError | None = None
    try:
        parse_template(text).text({"a": 1, "b": "x"})
    except ExpressionError as error:
        fault = error
    assert fault is None or 1 <= fault.column <= len(text) + 1


@given(st.text(max_size=60))
def test_any_text_can_be_written_with_its_braces_doubled(text: str) -> None:
    assert parse_template(text.replace("{", "{{").replace("}", "}}")).text({}) == text


class _Node(Part):
    when: str
    text: str


def test_what_is_wrong_is_told_at_its_place_in_the_file_with_the_nearest_name(tmp_path: Path) -> None:
    file = tmp_path / "flow.yaml"
    file.write_text("when: caler.vip and topic = 1\ntext: '{nam} owes {balance|monee CNY}'\n")
    document = read_document(file, _Node)
    names = ("caller.vip", "topic", "name", "balance")

    def problem_with(format_: str, argument: str) -> tuple[str, str] | None:
        return None if format_ == "money" else (f'unknown format "{format_}", did you mean "money"?', "one of: money")

    found = [
        *expression_problems(document, ("when",), document.value.when, names),
        *template_problems(document, ("text",), document.value.text, names, problem_with),
        *template_problems(document, ("text",), "{balance|money CNY}", names),
        *expression_problems(document, ("when",), "topic in", names),
        *template_problems(document, ("text",), "{name", names),
        *expression_problems(document, ("when",), "topic = 'sales'", names),
    ]
    told = [str(problem).removeprefix(f"{file}:") for problem in found]
    assert told == [
        '1:7: unknown name "caler.vip", did you mean "caller.vip"? (expected one of: balance, caller.vip, name, topic)',
        '2:7: unknown name "nam", did you mean "name"? (expected one of: balance, caller.vip, name, topic)',
        '2:7: unknown format "monee", did you mean "money"? (column 12 of the text) (expected one of: money)',
        '2:7: "money" says how to speak, and this is not spoken (column 1 of the text) (expected no | here)',
        '1:7: "topic in" cannot be read at column 9: the text ends here (expected ( and a list of values)',
        '2:7: "{name" cannot be read at column 6: the text ends here (expected }, or | and a format)',
    ]
