"""How callers are walked past the nodes by which they leave something: a message, a wish to be called back, a mark."""

from typing import Any

import pytest

from acd.states import DequeueReason
from ivr.callback_offer import Words, question, words
from ivr.flow.expressions import Value
from ivr.flow.model import Flow
from ivr.flow.parts import KEYS
from ivr.flow.steps import (
    Answered,
    Ask,
    CallbackTaken,
    Digit,
    Enqueue,
    Finished,
    Hangup,
    MessageTaken,
    Play,
    Prompt,
    QueueLeft,
    RequestCallback,
    Step,
    Surveyed,
    TakeMessage,
    Timeout,
    Took,
)
from ivr.walker import UnexpectedInput, Walker

pytestmark = pytest.mark.unit

OWN = "13900000001"


def walker(node: dict[str, Any], number: str | None = OWN, *, operator: bool = False) -> Walker:
    """A caller at this node, which leads to `next` or `otherwise`."""
    ends = {name: {"kind": "hangup", "reason": name} for name in ("next", "otherwise", "agent")}
    written = {"start": {**node, "next": "next"}, **ends}
    head = {"flow": "f", "languages": ["en"], "start": "start", "operator": "agent" if operator else None}
    flow = Flow.model_validate({**head, "nodes": written})
    about: dict[str, Value] = {"caller.number": number}
    return Walker({"f": flow}, "f", about)


def keyed(caller: Walker, keys: str) -> Step:
    """He presses these, one after the other; the last step."""
    step: Step = Hangup("")
    for key in keys:
        step = caller.feed(Digit(key))
    return step


# Messages

SPEAK = {"kind": "voicemail", "queue": "sales", "text": {"en": "Speak."}, "most_s": 20, "otherwise": "otherwise"}


@pytest.mark.parametrize(
    ("taken", "end"),
    [
        (MessageTaken(left=True), "next"),
        (MessageTaken(left=False), "otherwise"),
        (MessageTaken(left=False, operator=True), "agent"),
    ],
)
def test_a_message_that_was_left_none_and_the_wish_for_an_agent_lead_different_ways(
    taken: MessageTaken, end: str
) -> None:
    caller = walker(SPEAK, operator=True)
    assert caller.start() == TakeMessage("sales", (Prompt("Speak.", "en"),), 20_000, review=True, operator=True)
    assert caller.feed(taken) == Hangup(end)


def test_star_leads_from_the_greeting_of_a_message_back_to_the_question_before() -> None:
    ends = {name: {"kind": "hangup", "reason": name} for name in ("next", "otherwise")}
    menu = {"kind": "menu", "text": {"en": "Press 1."}, "choices": {"1": "speak"}, "otherwise": "otherwise"}
    nodes = {"start": menu, "speak": {**SPEAK, "next": "next"}, **ends}
    flow = Flow.model_validate({"flow": "f", "languages": ["en"], "start": "start", "nodes": nodes})
    caller = Walker({"f": flow}, "f", {})
    question = caller.start()
    asked = keyed(caller, "1")
    assert isinstance(asked, TakeMessage)
    assert asked.back
    assert caller.feed(MessageTaken(left=False, back=True)) == question
    assert Answered("speak", "*") in caller.trail


def test_without_an_operator_0_leads_nowhere_and_without_words_the_queues_own_greet() -> None:
    caller = walker({**SPEAK, "text": {}, "review": False})
    assert caller.start() == TakeMessage("sales", (), 20_000, review=False, operator=False, back=False)
    with pytest.raises(UnexpectedInput):
        caller.feed(Finished())


# Call-backs

OFFER = {
    "kind": "callback", "queue": "sales", "text": {"en": "Call back?"}, "otherwise": "otherwise", "priority": 2,
    "skills": {"sales": 3}, "requires": "sales >= 5", "data": {"from": "{caller.number}"},
}  # fmt: skip
ASKED = RequestCallback("sales", OWN, {"sales": 3}, "sales >= 5", 2, {"from": OWN})


def test_who_says_yes_hears_his_number_and_is_called_at_it() -> None:
    caller = walker(OFFER)
    assert caller.start() == Ask((Prompt("Call back?", "en"),), KEYS, 5_000)
    assert keyed(caller, "1") == Ask(question(Words.CALLS_FROM, OWN, "en"), KEYS, 5_000)
    assert keyed(caller, "1") == ASKED
    assert caller.feed(CallbackTaken(taken=True)) == Play((words(Words.AGREED, "en"),), "*")
    assert caller.feed(Finished()) == Hangup("next")
    assert Took("start", "agreed") in caller.trail


def test_silence_takes_no_offer_and_neither_does_2_but_it_keeps_the_number_he_was_read() -> None:
    caller = walker(OFFER)
    caller.start()
    assert caller.feed(Timeout()) == Hangup("otherwise")
    caller = walker(OFFER)
    caller.start()
    assert keyed(caller, "2") == Hangup("otherwise")
    assert Took("start", "declined") in caller.trail
    caller = walker(OFFER)
    caller.start()
    keyed(caller, "1")
    assert caller.feed(Timeout()) == ASKED


def test_what_the_rules_refuse_he_is_told() -> None:
    caller = walker(OFFER)
    caller.start()
    keyed(caller, "11")
    assert caller.feed(CallbackTaken(taken=False)) == Play((words(Words.IMPOSSIBLE, "en"),), "*")
    assert caller.feed(Finished()) == Hangup("otherwise")


@pytest.mark.parametrize("keys", ["0101234567#", "13*0101234567#"])
def test_another_number_is_keyed_read_to_him_and_taken(keys: str) -> None:
    caller = walker(OFFER)
    caller.start()
    assert keyed(caller, "12") == Ask((words(Words.KEY, "en"),), KEYS, 5_000)
    assert keyed(caller, keys[:-1]) == Ask((), KEYS, 4_000)
    assert keyed(caller, keys[-1]) == Ask(question(Words.KEYED, "0101234567", "en"), KEYS, 5_000)
    assert keyed(caller, "2") == Ask((words(Words.KEY, "en"),), KEYS, 5_000)
    keyed(caller, "5551234")
    assert caller.feed(Timeout()) == Ask(question(Words.KEYED, "5551234", "en"), KEYS, 5_000)
    step = keyed(caller, "1")
    assert isinstance(step, RequestCallback)
    assert step.number == "5551234"


def test_the_fifteenth_figure_ends_a_number() -> None:
    caller = walker(OFFER)
    caller.start()
    keyed(caller, "12")
    assert keyed(caller, "123456789012345") == Ask(question(Words.KEYED, "123456789012345", "en"), KEYS, 5_000)


@pytest.mark.parametrize("number", [None, "anonymous", "12"])
def test_of_whom_no_number_is_known_it_is_asked_or_he_cannot_be_called(number: str | None) -> None:
    caller = walker(OFFER, number)
    caller.start()
    assert keyed(caller, "1") == Ask((words(Words.KEY, "en"),), KEYS, 5_000)
    caller = walker({**OFFER, "ask_number": False}, number)
    caller.start()
    assert keyed(caller, "1") == Play((words(Words.IMPOSSIBLE, "en"),), "*")
    assert caller.feed(Finished()) == Hangup("otherwise")


def test_where_no_other_number_may_be_keyed_his_own_is_taken_without_a_question() -> None:
    caller = walker({**OFFER, "ask_number": False, "text": {}})
    assert caller.start() == ASKED


def test_three_numbers_that_are_none_end_it() -> None:
    caller = walker(OFFER, None)
    caller.start()
    keyed(caller, "1")
    assert keyed(caller, "12#") == Ask((words(Words.NO_NUMBER, "en"), words(Words.KEY, "en")), KEYS, 5_000)
    assert caller.feed(Timeout()) == Ask((words(Words.KEY, "en"),), KEYS, 5_000)
    assert keyed(caller, "9#") == Hangup("otherwise")


@pytest.mark.parametrize("before", ["", "1", "12"])
def test_0_leads_to_an_agent_from_every_question(before: str) -> None:
    caller = walker(OFFER, operator=True)
    caller.start()
    keyed(caller, before)
    assert keyed(caller, "0#" if before == "12" else "0") == Hangup("agent")


def test_the_third_key_that_means_nothing_ends_the_offer() -> None:
    caller = walker(OFFER)
    caller.start()
    assert isinstance(keyed(caller, "99"), Ask)
    assert keyed(caller, "9") == Hangup("otherwise")


def test_40_figures_at_once_are_three_numbers_and_come_to_an_end() -> None:
    caller = walker(OFFER)
    caller.start()
    keyed(caller, "12")
    assert keyed(caller, "9" * 17) == Ask(question(Words.KEYED, "9" * 15, "en"), KEYS, 5_000)
    assert keyed(caller, "9") == Hangup("otherwise")


# Surveys

MARK = {
    "kind": "survey", "survey": "satisfaction", "text": {"en": "From 1 to 5?"}, "keys": "12345", "tries": 2,
    "invalid": {"en": "No."}, "thanks": {"en": "Thanks."},
}  # fmt: skip


def surveyed(caller: Walker) -> list[Surveyed]:
    """What is known of his mark."""
    return [mark for mark in caller.trail if isinstance(mark, Surveyed)]


def talked() -> Walker:
    """He has, and is asked."""
    nodes = {
        "sales": {"kind": "queue", "queue": "sales", "then": "mark"},
        "mark": {**MARK, "next": "end"},
        "end": {"kind": "hangup", "reason": "served"},
    }
    flow = Flow.model_validate({"flow": "f", "languages": ["en"], "start": "sales", "nodes": nodes})
    caller = Walker({"f": flow}, "f")
    assert caller.start() == Enqueue("sales")
    step = caller.feed(QueueLeft(DequeueReason.ANSWERED, agent="1001", queue="sales"))
    assert step == Ask((Prompt("From 1 to 5?", "en"),), KEYS, 5_000)
    return caller


ABOUT = ("mark", "satisfaction", "sales", "1001")


def test_a_mark_is_of_the_conversation_before_it() -> None:
    caller = talked()
    assert caller.feed(Digit("4")) == Play((Prompt("Thanks.", "en"),), "")
    assert caller.feed(Finished()) == Hangup("served")
    assert surveyed(caller) == [Surveyed(*ABOUT), Surveyed(*ABOUT, "4")]


def test_a_mark_is_not_of_a_queue_in_which_he_has_waited_in_vain() -> None:
    nodes = {
        "sales": {"kind": "queue", "queue": "sales", "then": "support"},
        "support": {"kind": "queue", "queue": "support", "then": "mark"},
        "mark": {**MARK, "next": "end"},
        "end": {"kind": "hangup", "reason": "served"},
    }
    flow = Flow.model_validate({"flow": "f", "languages": ["en"], "start": "sales", "nodes": nodes})
    caller = Walker({"f": flow}, "f")
    caller.start()
    caller.feed(QueueLeft(DequeueReason.ANSWERED, agent="1001", queue="sales"))
    caller.feed(QueueLeft(DequeueReason.TIMED_OUT, agent="1001", queue="support"))
    assert surveyed(caller) == [Surveyed(*ABOUT)]


def test_who_does_not_answer_was_asked_and_goes_on() -> None:
    caller = talked()
    assert isinstance(caller.feed(Timeout()), Ask)
    assert caller.feed(Timeout()) == Hangup("served")
    assert surveyed(caller) == [Surveyed(*ABOUT)]


def test_a_key_that_is_no_mark_is_no_answer() -> None:
    caller = talked()
    assert caller.feed(Digit("6")) == Ask((Prompt("No.", "en"), Prompt("From 1 to 5?", "en")), KEYS, 5_000)
    caller.feed(Digit("9"))
    assert caller.feed(Finished()) == Hangup("served")
    assert surveyed(caller) == [Surveyed(*ABOUT)]


def test_without_a_conversation_a_mark_is_of_nobody() -> None:
    caller = walker({**MARK})
    caller.start()
    caller.feed(Digit("1"))
    assert surveyed(caller)[-1] == Surveyed("start", "satisfaction", "", "", "1")
