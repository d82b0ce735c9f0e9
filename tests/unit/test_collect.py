"""Keyed input: what counts as an answer, when it is complete, and what star, 0 and silence do meanwhile. The list is
long, for it is one of cases: each way in and out of an input.
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import collect_words
from ivr.flow.model import Flow
from ivr.flow.parts import KEYS
from ivr.flow.steps import (
    Answered,
    Ask,
    Digit,
    Done,
    Enqueue,
    Finished,
    Hangup,
    Paused,
    PauseRecording,
    Piece,
    Play,
    ResumeRecording,
    Timeout,
)
from ivr.walker import Walker
from tests.unit.collecting import ASKED, answers, collecting, flow, keyed, words

pytestmark = pytest.mark.unit


def test_the_question_ends_at_the_first_key_and_each_further_key_is_waited_for_as_long_as_the_flow_says() -> None:
    walker, step = collecting(timeout_s=7, between_s=2)
    assert step == Ask((ASKED,), KEYS, 7000)
    assert keyed(walker, "1") == Ask((), KEYS, 2000)
    assert keyed(walker, "2345") == Ask((), KEYS, 2000)


def test_the_last_key_of_a_fixed_length_completes_it_at_once() -> None:
    walker, _ = collecting("123456")
    assert walker.node == "right"
    assert walker.data["account"] == "123456"
    assert answers(walker) == ["keyed"]


def test_the_facts_of_an_answer_do_not_hold_its_digits() -> None:
    walker, _ = collecting("123456")
    assert not any("123456" in str(mark) for mark in walker.trail if isinstance(mark, Answered))


@pytest.mark.parametrize(
    ("keys", "collect", "value"),
    [
        ("12#", {"length": [2, 5]}, "12"),
        ("12-", {"length": [2, 5]}, "12"),
        ("12345#", {"length": [2, 5]}, "12345"),
        ("12345-", {"length": [2, 5]}, "12345"),
        ("12345", {"length": [2, 5], "terminator": "none"}, "12345"),
        ("12-", {"length": [2, 5], "terminator": "none"}, "12"),
        ("129", {"length": [2, 5], "terminator": "9"}, "12"),
        ("12*", {"length": [2, 5], "terminator": "*"}, "12"),
        ("000000", {}, "000000"),
        ("0", {"length": 1}, "0"),
        ("0#", {"length": [1, 3]}, "0"),
        ("13800138000", {"length": [5, 18], "pattern": "1[3-9]XXXXXXXXX | 0XX."}, "13800138000"),
        ("0101#", {"length": [3, 18], "pattern": "1[3-9]XXXXXXXXX | 0XX."}, "0101"),
        ("98*123456", {}, "123456"),
        ("98*76*123456", {}, "123456"),
    ],
)
def test_an_answer_is_kept_when_it_is_complete(keys: str, collect: dict[str, Any], value: str) -> None:
    walker, _ = collecting(keys, **collect)
    assert (walker.node, walker.data["account"]) == ("right", value)


@pytest.mark.parametrize(
    ("keys", "collect"),
    [
        ("12345#", {}),
        ("12345-", {}),
        ("#", {}),
        ("1#", {"length": [2, 5]}),
        ("123456#", {"length": [2, 5]}),
        ("12#-", {"length": 6, "terminator": "none"}),
        ("12345#", {"length": 6, "terminator": "none"}),
        ("12000138000", {"length": 11, "pattern": "1[3-9]XXXXXXXXX"}),
        ("12345A", {}),
        ("A12345", {}),
    ],
)
def test_what_is_no_answer_is_said_to_be_none_and_asked_again(keys: str, collect: dict[str, Any]) -> None:
    walker, step = collecting(keys, **collect)
    assert words(step) == ["That is not it.", ASKED.text]
    assert answers(walker) == ["invalid"]
    assert "account" not in walker.data


def test_an_input_of_several_lengths_is_not_cut_off_where_it_is_too_long() -> None:
    walker, step = collecting("1234567890" * 4, length=[2, 6])
    assert step == Ask((), KEYS, 3000)
    assert words(keyed(walker, "-")) == ["That is not it.", ASKED.text]
    walker, step = collecting("1" * 64, length=[2, 6])
    assert words(step) == ["That is not it.", ASKED.text]


def test_forty_digits_in_a_second_lead_to_an_answer_or_to_the_way_for_wrong_ones() -> None:
    walker = Walker({"test": flow(confirm=True)}, "test")
    step = walker.start()
    for digit in "1" + "3456789345678934567893456789345678934567":
        given = Finished() if isinstance(step, Play) and digit not in step.escape_digits else Digit(digit)
        step = walker.feed(given)
        if isinstance(step, Hangup):
            break
    assert walker.node in ("number", "wrong")
    assert isinstance(step, Play | Ask | Hangup)


def test_silence_is_a_strike_and_after_the_last_one_the_flow_goes_on_elsewhere() -> None:
    walker, step = collecting("--")
    assert words(step) == ["Nothing came.", ASKED.text]
    assert words(keyed(walker, "-")) == ["Nothing came."]
    assert words(keyed(walker, ".")) == ["Goodbye."]
    assert answers(walker) == ["timeout", "timeout", "timeout"]


def test_without_words_for_it_the_last_strike_leads_on_at_once() -> None:
    walker, step = collecting("-", timeout={}, tries=1)
    assert (walker.node, words(step)) == ("wrong", ["Goodbye."])


def test_star_begins_anew_and_with_nothing_keyed_it_leads_back() -> None:
    walker, step = collecting("123*")
    assert step == Ask((ASKED,), KEYS, 5000)
    assert answers(walker) == []
    keyed(walker, "*")
    assert walker.node == "first"
    assert answers(walker) == ["*"]


@pytest.mark.parametrize("end", ["#", "-"])
def test_0_alone_leads_to_an_agent(end: str) -> None:
    walker, step = collecting("0")
    assert (walker.node, step) == ("number", Ask((), KEYS, 3000))
    assert isinstance(keyed(walker, end), Enqueue)
    assert answers(walker) == ["0"]


def test_0_leads_to_an_agent_at_once_where_no_answer_can_begin_so() -> None:
    walker, step = collecting("0", length=11, pattern="1[3-9]XXXXXXXXX")
    assert isinstance(step, Enqueue)
    assert answers(walker) == ["0"]


def test_0_in_an_answer_is_a_digit() -> None:
    walker, _ = collecting("10-", length=[1, 6])
    assert walker.data["account"] == "10"


def test_a_key_that_would_have_ended_the_input_means_nothing_after_it() -> None:
    walker, _ = collecting("123456")
    assert words(keyed(walker, "#")) == ["And now?"]
    assert words(keyed(walker, "#")) == ["And now?"]  # now it is a wrong choice
    marks = [mark.choice for mark in walker.trail if isinstance(mark, Answered) and mark.node == "right"]
    assert marks == ["invalid"]


@pytest.mark.parametrize("end", ["#", "*"])
def test_nor_does_it_where_a_pattern_was_complete_before_the_greatest_length(end: str) -> None:
    walker, step = collecting("13800138000", length=[6, 18], pattern="1[3-9]XXXXXXXXX | 0XX.", terminator=end)
    asked = words(step)
    assert asked == ["And now?"]
    assert words(walker.feed(Digit(end))) == asked
    assert answers(walker)[-1] == "keyed"


def test_the_key_that_has_ended_the_input_is_a_wrong_choice_after_it() -> None:
    walker, _ = collecting("12#", length=[2, 5])
    keyed(walker, "#")
    assert Answered("right", "invalid") in walker.trail


def test_keys_pressed_during_words_before_it_are_the_beginning_of_the_answer() -> None:
    nodes = flow().model_dump(by_alias=True, exclude_none=True)
    nodes["nodes"]["first"] = {"kind": "say", "text": {"en": "Welcome."}, "next": "number"}
    walker = Walker({"test": Flow.model_validate(nodes)}, "test")
    step = walker.start()
    assert isinstance(step, Play)
    assert set("123456789") <= set(step.escape_digits)
    assert walker.feed(Digit("1")) == Ask((), KEYS, 3000)
    keyed(walker, "23456")
    assert walker.data["account"] == "123456"


def test_words_that_are_heard_out_are_asked_after() -> None:
    walker, step = collecting(barge_in=False)
    assert step == Play((ASKED,), "")
    assert keyed(walker, ".") == Ask((), KEYS, 5000)


class TestConfirming:
    def test_digits_are_read_back_and_asked_after_with_the_first_words_heard_out(self) -> None:
        walker, step = collecting("123456", confirm=True)
        first, *digits = collect_words.read_back("123456", "en")
        assert step == Play((first,), "*")
        assert walker.node == "number"
        assert keyed(walker, ".") == Ask((*digits, collect_words.is_it_right("en")), KEYS, 5000)
        keyed(walker, "1")
        assert (walker.node, walker.data["account"]) == ("right", "123456")

    @pytest.mark.parametrize("no", [".2", "*", ".*"])
    def test_who_finds_them_wrong_keys_them_again(self, no: str) -> None:
        walker, step = collecting("123456" + no, confirm=True)
        assert step == Ask((ASKED,), KEYS, 5000)
        keyed(walker, "654321.1")
        assert walker.data["account"] == "654321"

    def test_who_says_neither_is_asked_again_and_at_last_sent_elsewhere(self) -> None:
        walker, step = collecting("123456.-", confirm=True)
        assert words(step) == ["Nothing came.", "You have entered"]
        assert words(keyed(walker, ".7")) == ["That is not it.", "You have entered"]
        assert words(keyed(walker, ".-")) == ["Nothing came."]
        assert (words(keyed(walker, ".")), walker.node) == (["Goodbye."], "wrong")
        assert "account" not in walker.data

    def test_0_leads_to_an_agent(self) -> None:
        assert isinstance(collecting("123456.0", confirm=True)[1], Enqueue)

    def test_all_its_words_are_known_before_any_call(self) -> None:
        known = set(collect_words.needed(["en", "cmn"], confirm=True, secret=True))
        for language in ("en", "cmn"):
            said: set[Piece] = {
                *collect_words.read_back("0123456789" * 4, language),
                *collect_words.read_back("13800138000", language),
                collect_words.is_it_right(language),
                collect_words.not_safe(language),
            }
            assert said <= known


inputs = st.lists(st.sampled_from([*KEYS, "-", ".", "safe", "unsafe", "done"]), max_size=60)


@given(inputs, st.booleans(), st.booleans(), st.sampled_from([6, [1, 3], [2, 40]]))
def test_whatever_a_caller_does_every_pause_ends_and_no_step_is_unexpected(
    given: list[str], secret: bool, confirm: bool, length: Any
) -> None:
    walker, step = collecting(secret=secret, confirm=confirm and not secret, length=length)
    paused = False
    for one in given:
        match step:
            case PauseRecording():
                paused = one != "unsafe"
                step = walker.feed(Paused(safe=paused))
            case ResumeRecording():
                assert paused
                paused = False
                step = walker.feed(Done())
            case Play(escape_digits=keys):
                step = walker.feed(Digit(one) if one in keys else Finished())
            case Ask(digits=keys):
                step = walker.feed(Digit(one) if one in keys else Timeout())
            case _:
                break
        assert not paused or walker.node == "number"
