"""The walker: one caller's way through a flow, told as a list of what he does."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acd.states import DequeueReason
from ivr.flow.check import Names, load_flow
from ivr.flow.parts import KEYS
from ivr.flow.position import Position, Standing
from ivr.flow.steps import (
    Answered,
    Ask,
    Digit,
    Enqueue,
    Entered,
    Finished,
    Hangup,
    Input,
    Play,
    Prompt,
    QueueLeft,
    Step,
    Timeout,
)
from ivr.walker import UnexpectedInput, Walker
from tests.flow_examples import FLOWS as EXAMPLES
from tests.flow_examples import load

pytestmark = pytest.mark.unit

NAMES = Names(queues=("sales", "support"), skills=("sales", "support"), languages=("cmn", "en"), calendars=("office",))
FLOW = load_flow(Path(__file__).parents[1] / "fixtures" / "flows" / "walk.yaml", NAMES)
FLOWS = {"walk": FLOW}
SERVED = QueueLeft(DequeueReason.ANSWERED)
ONE, TWO, ZERO, BACK = Digit("1"), Digit("2"), Digit("0"), Digit("*")


def walk(*inputs: Input, at: str | None = None, language: str | None = None) -> tuple[Walker, Step]:
    walker = Walker(FLOWS, "walk", language=language)
    step = walker.start(Position(walker.language, (Standing("walk", at, {}, ()),), {}) if at else None)
    for each in inputs:
        step = walker.feed(each)
    return walker, step


def came(node: str, kind: str) -> Entered:
    return Entered(node, kind, "walk")


def said(step: Step) -> list[str]:
    assert isinstance(step, Play | Ask)
    return [piece.text for piece in step.pieces if isinstance(piece, Prompt)]


def test_a_caller_who_has_not_chosen_is_spoken_to_in_every_language() -> None:
    _, step = walk()
    assert step == Ask((Prompt("中文请按一。", "cmn"), Prompt("For English press 2.", "en")), KEYS, 3000)


def test_a_choice_of_language_holds_from_there_on() -> None:
    walker, step = walk(TWO)
    assert walker.language == "en"
    assert step == Play((Prompt("Welcome.", "en"),), "013*#")
    assert (walker.node, walker.kind) == ("welcome", "say")


def test_a_caller_walks_to_a_queue_and_a_conversation_to_the_end_of_the_call() -> None:
    walker, step = walk(TWO, Finished(), Finished(), ONE)
    assert step == Enqueue("sales", {"sales": 3}, 4, {"topic": "sales"}, "calm")
    assert walker.feed(SERVED) == Hangup("served")
    assert walker.trail == (
        came("language", "language"), Answered("language", "2"), came("welcome", "say"), came("news", "say"),
        came("topic", "menu"), Answered("topic", "1"), came("sales", "queue"), came("done", "hangup"),
    )  # fmt: skip


@pytest.mark.parametrize("reason", [reason for reason in DequeueReason if reason is not DequeueReason.ANSWERED])
def test_a_caller_who_leaves_a_queue_unanswered_hears_why_before_the_call_ends(reason: DequeueReason) -> None:
    walker, step = walk(QueueLeft(reason), at="sales", language="en")
    assert step == Play((Prompt("Goodbye.", "en"),), "")
    assert walker.feed(Finished()) == Hangup("not_served")


def test_a_queue_that_names_no_other_way_goes_on_the_same_way() -> None:
    walker, _ = walk(QueueLeft(DequeueReason.TIMED_OUT), at="operator")
    assert walker.node == "farewell"


def test_a_key_of_the_next_menu_is_taken_during_the_prompts_before_it() -> None:
    walker, step = walk(TWO, ONE)
    assert isinstance(step, Enqueue)
    assert walker.trail[-5:] == (
        came("welcome", "say"), came("news", "say"), came("topic", "menu"), Answered("topic", "1"),
        came("sales", "queue"),
    )  # fmt: skip


def test_zero_leads_to_an_agent_from_a_menu_and_from_a_prompt() -> None:
    for inputs in ((ZERO,), (TWO, ZERO), (TWO, Finished(), Finished(), ZERO)):
        walker, step = walk(*inputs)
        assert step == Enqueue("support")
        assert isinstance(walker.trail[-2], Answered)
        assert walker.trail[-2].choice == "0"


def test_star_leads_back_a_menu_at_a_time_and_no_further_than_the_first() -> None:
    walker, step = walk(TWO, Finished(), Finished(), BACK)
    assert walker.node == "language"
    assert said(step) == ["中文请按一。", "For English press 2."]
    assert walker.feed(BACK) == step
    assert walker.node == "language"


def test_star_during_a_prompt_leads_back_to_the_menu_it_came_from() -> None:
    walker, _ = walk(TWO, BACK)
    assert walker.node == "language"
    assert walker.trail[-2:] == (Answered("welcome", "*"), came("language", "language"))


def test_the_way_back_from_a_menu_come_to_twice_is_the_way_it_was_come_to_first() -> None:
    walker, _ = walk(TWO, Finished(), Finished(), Digit("3"), Digit("9"))
    assert walker.node == "topic"
    walker.feed(BACK)
    assert walker.node == "language"


def test_a_menu_may_give_zero_and_star_a_meaning_of_its_own() -> None:
    at_detail = (TWO, Finished(), Finished(), Digit("3"))
    assert walk(*at_detail, ZERO)[0].node == "sales"
    assert walk(*at_detail, BACK)[0].node == "farewell"


def test_a_wrong_key_is_told_and_the_menu_said_again() -> None:
    walker, step = walk(TWO, Finished(), Finished(), Digit("7"))
    assert said(step) == ["Not a choice.", "For sales press 1."]
    assert walker.trail[-1] == Answered("topic", "invalid")


def test_a_key_that_phones_do_not_have_is_a_wrong_key() -> None:
    walker, _ = walk(Digit("A"))
    assert walker.trail[-1] == Answered("language", "invalid")


def test_silence_is_told_and_the_menu_said_again() -> None:
    walker, step = walk(TWO, Finished(), Finished(), Timeout())
    assert said(step) == ["No choice.", "For sales press 1."]
    assert walker.trail[-1] == Answered("topic", "timeout")


def test_after_the_last_try_the_caller_is_told_why_and_goes_on_elsewhere() -> None:
    walker, step = walk(TWO, Finished(), Finished(), Digit("7"), Timeout(), Digit("8"))
    assert step == Play((Prompt("Not a choice.", "en"),), "0*")
    assert walker.node == "topic"
    assert said(walker.feed(Finished())) == ["Goodbye."]
    assert walker.feed(Finished()) == Hangup("not_served")


def test_a_menu_without_words_for_silence_goes_on_in_silence() -> None:
    walker, step = walk(Timeout(), Timeout())
    assert (walker.node, walker.language) == ("welcome", "cmn")
    assert said(step) == ["欢迎。"]


def test_wrong_keys_are_told_in_every_language_before_one_is_chosen() -> None:
    _, step = walk(Digit("7"))
    assert said(step) == ["无效。", "Invalid.", "中文请按一。", "For English press 2."]


def test_tries_start_anew_when_a_menu_is_come_to_again() -> None:
    wrong = Digit("7")
    walker, _ = walk(TWO, Finished(), Finished(), wrong, wrong, Digit("#"), wrong, wrong)
    assert walker.node == "topic"
    assert isinstance(walker.feed(wrong), Play)


def test_a_call_taken_up_again_goes_on_at_its_node_in_its_language() -> None:
    walker, step = walk(at="sales", language="en")
    assert isinstance(step, Enqueue)
    assert (walker.node, walker.language, walker.trail) == ("sales", "en", (came("sales", "queue"),))
    with pytest.raises(KeyError):
        walk(at="gone")


def test_there_is_no_way_back_before_the_first_menu() -> None:
    _, step = walk(at="news", language="en")
    assert step == Play((Prompt("News.", "en"),), "013#")


@pytest.mark.parametrize(
    ("inputs", "wrong"),
    [
        ((), Finished()),
        ((), SERVED),
        ((TWO,), Timeout()),
        ((TWO,), Digit("5")),
        ((ZERO,), ONE),
        ((ZERO, SERVED), ONE),
        ((ZERO, SERVED, Finished()), Finished()),
    ],
)
def test_an_input_that_no_step_asked_for_is_a_fault_of_ours(inputs: tuple[Input, ...], wrong: Input) -> None:
    walker, _ = walk(*inputs)
    with pytest.raises(UnexpectedInput, match=f"node {walker.node}: {type(wrong).__name__} after"):
        walker.feed(wrong)


def test_a_walker_that_has_not_started_takes_nothing() -> None:
    with pytest.raises(UnexpectedInput, match="Digit after NoneType"):
        Walker(FLOWS, "walk").feed(ONE)


def inputs(otherwise: Input, keys: str) -> list[Input]:
    return [otherwise, *map(Digit, keys)]


@settings(deadline=None)
@given(st.data())
def test_whatever_a_caller_does_each_step_has_a_next_and_silence_ends_the_call(data: st.DataObject) -> None:
    walker = Walker(FLOWS, "walk")
    step = walker.start()
    for _ in range(data.draw(st.integers(0, 60))):
        match step:
            case Play(escape_digits=keys):
                step = walker.feed(data.draw(st.sampled_from(inputs(Finished(), keys))))
            case Ask(digits=keys):
                step = walker.feed(data.draw(st.sampled_from(inputs(Timeout(), keys))))
            case Enqueue():
                step = walker.feed(QueueLeft(data.draw(st.sampled_from(DequeueReason))))
            case Hangup():
                return
        assert walker.node in FLOW.nodes
    for _ in range(20):  # he puts the phone on the table
        match step:
            case Play():
                step = walker.feed(Finished())
            case Ask():
                step = walker.feed(Timeout())
            case Enqueue():
                step = walker.feed(QueueLeft(DequeueReason.TIMED_OUT))
            case Hangup():
                return
    raise AssertionError(f"still at {walker.node}")


@settings(deadline=None)
@given(st.text(alphabet=KEYS, min_size=40, max_size=40))
def test_forty_keys_in_a_second_lead_to_a_queue_or_stay_in_the_menus(keys: str) -> None:
    walker = Walker(FLOWS, "walk")
    step = walker.start()
    for key in keys:
        if isinstance(step, Play | Ask):
            heard = step.escape_digits if isinstance(step, Play) else step.digits
            step = walker.feed(Digit(key)) if key in heard else step
    assert walker.node in FLOW.nodes


def test_who_presses_a_key_that_comes_to_nothing_hears_what_it_cut_short_before_the_call_ends() -> None:
    flows = load(EXAMPLES / "good" / "goodbye-after-thinking.yaml")
    walker = Walker(flows, "goodbye-after-thinking")
    step = walker.start()
    assert isinstance(step, Play)
    assert "7" in step.escape_digits, "what comes is not decided yet"
    assert walker.feed(Digit("7")) == Play(step.pieces, "")
    assert walker.feed(Finished()) == Hangup("closed")
    with pytest.raises(UnexpectedInput):
        walker.feed(Finished())
