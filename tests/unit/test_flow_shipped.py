"""The shipped flows, walked as callers walk them."""

from pathlib import Path

import pytest

from acd.states import DequeueReason
from cti.centre import load_centre
from ivr.flow.steps import Ask, Digit, Enqueue, Finished, Hangup, Input, Play, QueueLeft, Step, Timeout
from ivr.walker import Walker

pytestmark = pytest.mark.unit

CENTRE = load_centre(Path(__file__).parents[2] / "dialplans")


def dial(number: str, *inputs: Input) -> tuple[Walker, Step]:
    walker = Walker(CENTRE.flows, CENTRE.numbers[number].flow)
    step = walker.start()
    for each in inputs:
        step = walker.feed(each)
    return walker, step


def test_the_hotline_greets_in_both_languages() -> None:
    _, step = dial("4000")
    assert isinstance(step, Ask)
    assert [piece.language for piece in step.pieces] == ["cmn", "en"]


@pytest.mark.parametrize(("key", "language"), [("1", "cmn"), ("2", "en")])
@pytest.mark.parametrize(("topic", "queue"), [("1", "sales"), ("2", "support"), ("0", "support")])
def test_the_hotline_leads_to_the_agents_asked_for(key: str, language: str, topic: str, queue: str) -> None:
    walker, step = dial("4000", Digit(key), Finished(), Digit(topic))
    assert isinstance(step, Enqueue)
    assert (step.queue, walker.language) == (queue, language)
    farewell = walker.feed(QueueLeft(DequeueReason.ANSWERED))
    assert isinstance(farewell, Play)
    assert farewell.pieces[0].language == language
    assert walker.feed(Finished()) == Hangup("served")


def test_a_hotline_caller_who_is_in_a_hurry_presses_both_keys_at_once() -> None:
    _, step = dial("4000", Digit("2"), Digit("1"))
    assert step == Enqueue("sales", data={"topic": "sales"})


def test_a_hotline_caller_with_a_silent_phone_comes_to_an_agent() -> None:
    silence = Timeout()
    walker, step = dial("4000", silence, silence, Finished(), silence, silence, silence, Finished(), Finished())
    assert step == Enqueue("support", data={"topic": "not chosen"})
    assert walker.language == "cmn"


@pytest.mark.parametrize(("number", "queue"), [("4001", "sales"), ("4002", "support")])
def test_the_direct_numbers_lead_straight_to_their_queue_and_end_with_the_conversation(number: str, queue: str) -> None:
    walker, step = dial(number)
    assert step == Enqueue(queue)
    assert walker.feed(QueueLeft(DequeueReason.ANSWERED)) == Hangup("served")


@pytest.mark.parametrize("number", ["4000", "4001", "4002"])
def test_nobody_who_waited_in_vain_is_hung_up_on_without_a_word(number: str) -> None:
    walker, step = dial(number, *((Digit("2"), Digit("1")) if number == "4000" else ()))
    assert isinstance(step, Enqueue)
    assert isinstance(walker.feed(QueueLeft(DequeueReason.TIMED_OUT)), Play)
    assert walker.feed(Finished()) == Hangup("nobody_free")


def test_the_announcement_is_made_and_the_call_ends() -> None:
    walker, step = dial("4003")
    assert isinstance(step, Play)
    assert [piece.language for piece in step.pieces] == ["cmn", "en"]
    assert walker.feed(Finished()) == Hangup("announced")
