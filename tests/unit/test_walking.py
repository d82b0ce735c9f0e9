"""What the walker does across flows, with data, and with keys that come before they are asked for."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acd.states import DequeueReason
from ivr.flow.expressions import Value
from ivr.flow.model import Flow
from ivr.flow.parts import KEYS
from ivr.flow.position import Position
from ivr.flow.steps import (
    Answered,
    Ask,
    Digit,
    Enqueue,
    Finished,
    FreeText,
    Hangup,
    Input,
    Play,
    Prompt,
    QueueLeft,
    Step,
    Timeout,
    Took,
)
from ivr.walker import ENDED, EndlessWalk, Walker

pytestmark = pytest.mark.unit

ANSWERED = QueueLeft(DequeueReason.ANSWERED, agent="1001", queue="overflow")
ONE, TWO, ZERO, BACK = Digit("1"), Digit("2"), Digit("0"), Digit("*")


def flow(name: str, nodes: dict[str, Any], **more: Any) -> Flow:
    return Flow.model_validate({"flow": name, "languages": ["en"], "start": next(iter(nodes)), "nodes": nodes, **more})


def say(words: str, onward: str, **more: Any) -> dict[str, Any]:
    return {"kind": "say", "text": {"en": words}, "next": onward, **more}


def menu(words: str, **choices: str) -> dict[str, Any]:
    keys = {key.removeprefix("on"): target for key, target in choices.items()}
    return {"kind": "menu", "text": {"en": words}, "choices": keys, "otherwise": "bye"}


BYE = {"kind": "hangup", "reason": "bye", "text": {"en": "Goodbye."}}

OUTER = flow(
    "outer",
    {
        "welcome": say("Welcome.", "ask"),
        "ask": menu("Outer.", on1="into", on2="keep"),
        "keep": {"kind": "set", "data": {"a": 1, "b": "{a}", "owed": 12.5, "called": "{call.dialled}!"}, "next": "way"},
        "way": {
            "kind": "branch",
            "cases": [{"when": "owed > 100", "next": "bye"}, {"when": "owed > 10 and a = 1", "next": "agents"}],
            "otherwise": "bye",
        },
        "into": {
            "kind": "flow", "flow": "inner", "with": {"reason": "{caller.number}"}, "into": {"chosen": "choice"},
            "next": "after",
        },
        "after": say("You chose {chosen|number}, {reason}.", "ask"),
        "agents": {
            "kind": "queue", "queue": "sales", "data": {"owed": "{owed} yuan", "b": "{b}"}, "then": "served",
            "otherwise": "bye",
        },
        "served": say("{call.agent|digits} of {call.queue} served you.", "bye"),
        "bye": BYE,
    },
    operator="agents",
)  # fmt: skip

INNER = flow(
    "inner",
    {
        "first": menu("Inner, {reason}.", on1="second", on3="give"),
        "second": menu("Second.", on1="give"),
        "give": {"kind": "set", "data": {"choice": 7, "chosen": 8}, "next": "out"},
        "out": {"kind": "return", "values": {"choice": "{choice}"}},
        "bye": BYE,
    },
    arguments=["reason"],
    returns=["choice"],
)
FLOWS = {"outer": OUTER, "inner": INNER}
ABOUT: dict[str, Value] = {"caller.number": "13800138000", "call.dialled": "4000"}


def walk(*inputs: Input, start: str = "outer", flows: dict[str, Flow] = FLOWS) -> tuple[Walker, Step]:
    walker = Walker(flows, start, ABOUT)
    step = walker.start()
    for each in inputs:
        step = walker.feed(each)
    return walker, step


def said(step: Step) -> list[str]:
    assert isinstance(step, Play | Ask)
    return [piece.text if isinstance(piece, Prompt | FreeText) else repr(piece) for piece in step.pieces]


IN_OUTER = (Finished(),)
IN_INNER = (*IN_OUTER, ONE)


def test_a_sub_flow_is_given_its_arguments_and_gives_back_its_returns() -> None:
    walker, step = walk(*IN_INNER)
    assert (walker.flow, walker.node) == ("inner", "first")
    assert said(step) == ["Inner,", "13800138000"]
    step = walker.feed(Digit("3"))
    assert (walker.flow, walker.node) == ("outer", "after")
    assert said(step) == ["You chose", "seven"], "what is not known here is not said"


def test_the_data_of_a_flow_are_its_own() -> None:
    walker, _ = walk(*IN_INNER, Digit("3"))
    assert walker.data["chosen"] == 7
    assert not {"reason", "choice"} & walker.data.keys()


def test_star_in_a_sub_flow_leads_back_in_it_and_then_out_of_it() -> None:
    walker, _ = walk(*IN_INNER, ONE)
    assert (walker.flow, walker.node) == ("inner", "second")
    walker.feed(BACK)
    assert (walker.flow, walker.node) == ("inner", "first")
    step = walker.feed(BACK)
    assert (walker.flow, walker.node) == ("outer", "ask")
    assert said(step) == ["Outer."]
    assert walker.feed(ONE) != step, "and in again"
    assert walker.flow == "inner"


def test_zero_in_a_sub_flow_without_agents_leads_to_those_of_the_flow_around_it() -> None:
    walker, step = walk(*IN_INNER, ONE, ZERO)
    assert isinstance(step, Enqueue)
    assert walker.flow == "outer"
    assert step.data == {"owed": " yuan", "b": ""}


def test_values_are_kept_exactly_and_all_are_read_before_the_first_is_written() -> None:
    walker, step = walk(*IN_OUTER, TWO)
    assert {name: walker.data[name] for name in ("a", "b", "owed", "called")} == {
        "a": 1, "b": None, "owed": Decimal("12.5"), "called": "4000!",
    }  # fmt: skip
    assert step == Enqueue("sales", data={"owed": "12.5 yuan", "b": ""})
    (took,) = (mark for mark in walker.trail if isinstance(mark, Took))
    assert (took.node, took.way, took.why) == ("way", "2", "owed > 10 and a = 1")


def test_after_a_conversation_the_flow_knows_whom_he_spoke_with() -> None:
    _, step = walk(*IN_OUTER, TWO, ANSWERED)
    assert said(step) == ["one zero", "zero one", "of", "overflow", "served you."]


def test_a_key_pressed_during_the_greeting_is_taken_by_the_menu_that_comes() -> None:
    walker, step = walk(TWO)
    assert isinstance(step, Enqueue)
    assert Answered("ask", "2") in walker.trail


def test_a_key_pressed_where_the_way_is_not_decided_is_taken_by_whatever_asks_next() -> None:
    lobby = flow(
        "lobby",
        {
            "hello": say("Hello.", "who"),
            "who": {"kind": "branch", "cases": [{"when": "caller.number = 'x'", "next": "bye"}], "otherwise": "more"},
            "more": say("More.", "into"),
            "into": {"kind": "flow", "flow": "inner", "next": "bye"},
            "bye": BYE,
        },
    )
    walker, step = walk(Digit("3"), flows={**FLOWS, "lobby": lobby}, start="lobby")
    assert (walker.flow, step) == ("lobby", Play((Prompt("Goodbye.", "en"),), ""))
    walker, step = walk(Digit("9"), flows={**FLOWS, "lobby": lobby}, start="lobby")
    assert (walker.node, said(step)) == ("first", ["Inner,"]), "a key that means nothing there only ends the words"


def test_words_without_barge_in_are_heard_to_their_end_and_keys_count_for_nothing() -> None:
    nodes = {
        "law": say("The law says.", "ask", barge_in=False),
        "ask": {**menu("Press 1.", on1="bye"), "barge_in": False},
        "bye": BYE,
    }
    walker = Walker({"strict": flow("strict", nodes, operator="bye")}, "strict")
    assert walker.start() == Play((Prompt("The law says.", "en"),), "")
    assert walker.feed(Finished()) == Play((Prompt("Press 1.", "en"),), "")
    assert walker.feed(Finished()) == Ask((), KEYS, 5000)
    assert said(walker.feed(ONE)) == ["Goodbye."]


def test_a_round_that_asks_and_says_nothing_ends_the_walk_and_not_the_service() -> None:
    nodes = {"a": {"kind": "set", "data": {"n": 1}, "next": "b"}, "b": {"kind": "set", "data": {"n": 2}, "next": "a"}}
    with pytest.raises(EndlessWalk, match=r"node [ab]: 1000 nodes without a step"):
        walk(start="round", flows={"round": flow("round", nodes)})


def test_a_flow_for_others_that_is_called_by_itself_ends_the_call() -> None:
    _, step = walk(Digit("3"), start="inner")
    assert step == Hangup(ENDED)


def test_a_position_that_the_flows_do_not_have_is_not_gone_to() -> None:
    walker, _ = walk(*IN_INNER)
    assert Walker(FLOWS, "outer").can_start(walker.position)
    assert not Walker({"outer": OUTER}, "outer").can_start(walker.position)


def possible(step: Step) -> list[Input]:
    """What can come of a step."""
    match step:
        case Play(escape_digits=keys):
            return [Finished(), *map(Digit, keys)]
        case Ask(digits=keys):
            return [Timeout(), *map(Digit, keys)]
        case Enqueue():
            return [ANSWERED, QueueLeft(DequeueReason.TIMED_OUT)]
        case _:
            return []


@settings(deadline=None)
@given(st.data())
def test_whoever_is_taken_up_again_goes_on_as_if_nothing_had_happened(data: st.DataObject) -> None:
    """At any node, after its position has been through the channel."""
    walker = Walker(FLOWS, "outer", ABOUT)
    first = step = walker.start()
    for _ in range(data.draw(st.integers(0, 15))):
        if not (inputs := possible(step)):
            return
        before = walker.flow, walker.node
        step = walker.feed(data.draw(st.sampled_from(inputs)))
        first = first if (walker.flow, walker.node) == before else step
    again = Walker(FLOWS, "outer")
    assert again.start(Position.from_json(walker.position.to_json())) == first
    assert (again.flow, again.node, again.language, again.data) == (
        walker.flow, walker.node, walker.language, walker.data,
    )  # fmt: skip
