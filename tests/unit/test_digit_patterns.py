"""Patterns of digits: what they let through, how they are read, and that nothing makes them slow."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow.digit_patterns import MOST_SIGNS, MOST_WAYS, PatternError, matches, parse

pytestmark = pytest.mark.unit

NUMBERS = "1[3-9]XXXXXXXXX | 0XX."


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (NUMBERS, ["13800138000", "0101", "01012345678"], ["12800138000", "010", "1380013800", "138001380001", ""]),
        ("X", ["0", "9"], ["", "00", "*", "x"]),
        ("110", ["110"], ["11", "1100"]),
        (".", ["0", "0123456789"], ["", "+", "1*"]),
        ("[135-7]", ["1", "3", "5", "6", "7"], ["0", "2", "4", "8", "135"]),
        ("*1X#", ["*12#"], ["*1#", "12"]),
        ("+86.", ["+861"], ["+86", "861", "+86+1"]),
        ("010 XXXX XXXX|12345", ["01012345678", "12345"], ["010 1234 5678"]),
    ],
)
def test_a_pattern_lets_through_what_it_says(pattern: str, good: list[str], bad: list[str]) -> None:
    assert [digits for digits in good if not matches(pattern, digits)] == []
    assert [digits for digits in bad if matches(pattern, digits)] == []


@pytest.mark.parametrize("digits", ["１２", "1\n", "1 ", "²", "1\0", "٣"])
def test_only_the_ten_digits_are_digits(digits: str) -> None:
    assert not matches(".", digits)
    assert not matches("XX", digits)


@pytest.mark.parametrize(
    ("pattern", "column", "wrong"),
    [
        ("", 1, "a way is empty"),
        ("   ", 4, "a way is empty"),
        ("1||2", 3, "a way is empty"),
        ("12 | ", 6, "a way is empty"),
        ("1a", 2, '"a" means nothing here'),
        ("1x", 2, '"x" means nothing here'),
        ("1.2", 3, '"2" stands after "."'),
        ("..", 2, '"." stands after "."'),
        ("1[2", 2, '"[" has no end'),
        ("1[]", 2, '"[]" leaves no digit'),
        ("[9-1]", 2, '"9-1" is no row of digits'),
        ("[1-]", 2, '"1-]" is no row of digits'),
        ("[1", 1, '"[" has no end'),
        ("[1-", 2, '"1-" is no row of digits'),
        ("[a]", 2, '"a" stands between brackets'),
        ("1]", 2, '"]" means nothing here'),
        ("(1+)+", 1, '"(" means nothing here'),
        ("X" * (MOST_SIGNS + 1), MOST_SIGNS + 1, f"a way is longer than {MOST_SIGNS} signs"),
        ("|".join(["1"] * (MOST_WAYS + 1)), 2 * MOST_WAYS, f"there are more than {MOST_WAYS} ways"),
    ],
)
def test_a_mistake_is_named_with_its_column_and_what_was_expected(pattern: str, column: int, wrong: str) -> None:
    with pytest.raises(PatternError) as raised:
        parse(pattern)
    assert (raised.value.column, raised.value.wrong) == (column, wrong)
    assert raised.value.expected
    assert f"column {column}" in str(raised.value)


def test_who_has_keyed_all_that_can_match_need_not_wait() -> None:
    pattern = parse("110 | 12345 | 0XX.")
    assert [digits for digits in ("", "1", "11", "12", "0", "0101234567") if not pattern.goes_on(digits)] == []
    assert [digits for digits in ("110", "12345", "2", "111", "1100") if pattern.goes_on(digits)] == []


@pytest.mark.parametrize(("pattern", "least", "most"), [("110|12345", 3, 5), ("0XX.", 4, None), (".|1", 1, None)])
def test_a_pattern_knows_how_long_its_matches_are(pattern: str, least: int, most: int | None) -> None:
    assert (parse(pattern).least, parse(pattern).most) == (least, most)


signs = st.sampled_from([*"0123456789", "X", "[1-9]", "[135]", "[0-46-9]"])
ways = st.tuples(st.lists(signs, max_size=6), st.booleans()).filter(lambda way: way[0] or way[1])


@given(st.lists(ways, min_size=1, max_size=4), st.text("0123456789", max_size=8))
def test_patterns_mean_what_the_like_regular_expression_means(
    written: list[tuple[list[str], bool]], keyed: str
) -> None:
    text = " | ".join("".join(way) + "." * rest for way, rest in written)
    expression = "|".join("".join(way).replace("X", "[0-9]") + "[0-9]+" * rest for way, rest in written)
    assert matches(text, keyed) == bool(re.fullmatch(expression, keyed))
    begins = any(matches(text, keyed + more) for more in ("0" * n for n in range(1, 9)))
    assert parse(text).goes_on(keyed) or not begins


def test_the_longest_pattern_and_the_longest_number_take_no_time() -> None:
    pattern = "|".join([("X" * MOST_SIGNS) + "."] * MOST_WAYS)
    assert not matches(pattern, "1" * 100_000 + "*")
