"""What a judgement is worth: exact, never out of 0 to 100, and no better mark ever lowers it."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.quality.errors import JudgementUnfit
from recording.quality.scoring import score, share
from recording.quality.sheets import Judgement, Mark, ScoreSheet, TimeMark
from tests.quality import item, judged, sheet

pytestmark = pytest.mark.unit


@st.composite
def sheets(draw: st.DrawFn) -> ScoreSheet:
    count = draw(st.integers(1, 8))
    items = [
        item(f"i{n}", draw(st.integers(1, 1000)), draw(st.integers(1, 100)), not_applicable=draw(st.booleans()))
        for n in range(count)
    ]
    return sheet(*items, fatal={"a": draw(st.integers(0, 100)), "b": 0})


@st.composite
def judgements(draw: st.DrawFn, of: ScoreSheet) -> Judgement:
    items = list(of.items())
    marks = {
        one.name: draw(st.integers(0, one.most) | st.none() if one.not_applicable else st.integers(0, one.most))
        for one in items
    }
    if all(value is None for value in marks.values()):
        marks[items[0].name] = items[0].most
    return judged({}, **marks)


pairs = sheets().flatmap(lambda made: st.tuples(st.just(made), judgements(made)))


@given(pairs)
def test_a_score_is_from_0_to_100_with_two_decimals_and_right_to_the_half_of_a_hundredth(
    pair: tuple[ScoreSheet, Judgement],
) -> None:
    made, judgement = pair
    result = score(made, judgement)
    assert 0 <= result.score <= 100
    assert result.score.as_tuple().exponent == -2
    parts = [(one.weight, part) for one in made.items() if (part := share(one, judgement)) is not None]
    exact = sum((Fraction(100 * weight, sum(w for w, _ in parts)) * part for weight, part in parts), Fraction(0))
    assert abs(Fraction(result.score) - exact) <= Fraction(1, 200)
    assert result.hundredths == result.score * 100


@given(pairs)
def test_a_better_mark_never_lowers_the_score(pair: tuple[ScoreSheet, Judgement]) -> None:
    made, judgement = pair
    before = score(made, judgement).score
    for one in made.items():
        value = judgement.marks[one.name].value
        if value is not None and value < one.most:
            better = judgement.model_copy(update={"marks": {**judgement.marks, one.name: Mark(value=value + 1)}})
            assert score(made, better).score >= before


@given(pairs, st.integers(2, 50))
def test_weights_count_beside_each_other_only(pair: tuple[ScoreSheet, Judgement], times: int) -> None:
    made, judgement = pair
    heavier = sheet(*(one.model_copy(update={"weight": one.weight * times}) for one in made.items()))
    assert score(heavier, judgement).plain == score(made, judgement).plain


@given(pairs)
def test_an_item_that_does_not_apply_is_as_if_the_sheet_had_none(pair: tuple[ScoreSheet, Judgement]) -> None:
    made, judgement = pair
    there = [one for one in made.items() if judgement.marks[one.name].value is not None]
    without = judgement.model_copy(update={"marks": {one.name: judgement.marks[one.name] for one in there}})
    assert score(sheet(*there), without).plain == score(made, judgement).plain


@given(pairs)
def test_a_fatal_error_wins_over_every_mark(pair: tuple[ScoreSheet, Judgement]) -> None:
    made, judgement = pair
    plain, cap = score(made, judgement).score, Decimal(made.fatal[0].cap)
    assert score(made, judgement.model_copy(update={"fatal": {"a": "it was"}})).score == min(plain, cap)
    both = score(made, judgement.model_copy(update={"fatal": {"a": "it was", "b": "that too"}}))
    assert (both.score, both.plain) == (Decimal(0), plain)


def test_a_score_computed_by_hand() -> None:
    made = sheet(item("hello", 10), item("right", 30, 5), item("held", 20, not_applicable=True), item("kind", 5, 3))
    result = score(made, judged(hello=1, right=4, held=None, kind=2))
    assert result.score == Decimal("82.96")  # (10 + 30 * 4/5 + 5 * 2/3) / 45 = 0.82962…
    assert result.sections == {"s0": Decimal("85.00"), "s2": Decimal("66.67")}
    assert result.passed


def test_a_section_in_which_nothing_applies_has_no_score() -> None:
    made = sheet(item("a"), item("b"), item("c", not_applicable=True))
    assert score(made, judged(a=1, b=0, c=None)).sections["s2"] is None


@pytest.mark.parametrize(
    ("judgement", "wrong"),
    [
        (judged(right=4, held=None), "hello: there is no mark; expected 1 (yes) or 0 (no)"),
        (judged(hello=2, right=4, held=None), "hello: 2 does not fit; expected 1 (yes) or 0 (no)"),
        (judged(hello=1, right=-1, held=None), "right: -1 does not fit; expected a mark from 0 to 5"),
        (judged(hello=1, right=None, held=None), "right: it always applies; expected a mark from 0 to 5"),
        (judged(hello=1, right=2, held=None), "right: a comment is missing; expected one for a mark below 3"),
        (judged(hello=1, right=4, held=None, sang=1), "marks: the sheet has no item 'sang'"),
        (judged({"lied": " "}, hello=1, right=4, held=None), "lied: a comment is missing; expected what happened"),
        (judged({"stole": "a pen"}, hello=1, right=4, held=None), "fatal: the sheet has no fatal error 'stole'"),
    ],
)
def test_a_judgement_that_does_not_fit_is_refused_with_what_was_expected(judgement: Judgement, wrong: str) -> None:
    made = sheet(item("hello"), item("right", most=5, comment_below=3), item("held", not_applicable=True),
                 fatal={"lied": 0})  # fmt: skip
    with pytest.raises(JudgementUnfit) as refused:
        score(made, judgement)
    assert [one for one in refused.value.problems if one.startswith(wrong)]


def test_a_call_to_which_nothing_applies_has_no_score() -> None:
    with pytest.raises(JudgementUnfit, match="no item applies"):
        score(sheet(item("a", not_applicable=True)), judged(a=None))


def test_a_time_mark_names_an_item_of_the_sheet_or_none() -> None:
    marked = judged(a=1).model_copy(update={"time_marks": (TimeMark(at_ms=1, comment="!", item="b"),)})
    with pytest.raises(JudgementUnfit, match="time mark 1: the sheet has no item 'b'"):
        score(sheet(item("a")), marked)
