"""The shipped flows, walked as callers walk them."""

from pathlib import Path

import pytest

from acd.known_caller import KnownCaller
from acd.states import DequeueReason
from cti.centre import load_centre
from ivr.flow.steps import (
    Ask,
    CalendarIs,
    CallerFound,
    Digit,
    Enqueue,
    FindCaller,
    Finished,
    Hangup,
    Input,
    LookAtCalendar,
    Play,
    QueueLeft,
    Step,
    Timeout,
)
from ivr.walker import Walker

pytestmark = pytest.mark.unit

CENTRE = load_centre(Path(__file__).parents[2] / "dialplans")


def dial(number: str, *inputs: Input, caller: KnownCaller | None = None) -> tuple[Walker, Step]:
    """What comes of it if every calendar is open."""
    walker = Walker(CENTRE.flows, CENTRE.numbers[number].flow)
    step = decided(walker, walker.start(), caller)
    for each in inputs:
        step = decided(walker, walker.feed(each), caller)
    return walker, step


def decided(walker: Walker, step: Step, caller: KnownCaller | None = None) -> Step:
    while isinstance(step, FindCaller | LookAtCalendar):
        step = walker.feed(CallerFound(caller) if isinstance(step, FindCaller) else CalendarIs("open"))
    return step


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
    survey = walker.feed(QueueLeft(DequeueReason.ANSWERED))
    assert isinstance(survey, Ask)
    assert survey.pieces[0].language == language
    walker.feed(Digit("5"))
    assert isinstance(walker.feed(Finished()), Play)
    assert walker.feed(Finished()) == Hangup("served")


def test_a_caller_who_is_on_file_is_spoken_to_in_his_language_and_a_vip_is_asked_nothing() -> None:
    walker, _ = dial("4000", caller=KnownCaller(language="en", vip=True))
    assert (walker.node, walker.language) == ("greeting", "en")
    assert isinstance(decided(walker, walker.feed(Finished())), Play)
    assert walker.feed(Finished()) == Enqueue("support", priority=2, data={"topic": "vip"})


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


@pytest.mark.parametrize("number", ["4001", "4002"])
def test_nobody_who_waited_in_vain_is_hung_up_on_without_a_word(number: str) -> None:
    walker, step = dial(number)
    assert isinstance(step, Enqueue)
    assert isinstance(walker.feed(QueueLeft(DequeueReason.TIMED_OUT)), Play)
    assert walker.feed(Finished()) == Hangup("nobody_free")


def test_the_announcement_is_made_and_the_call_ends() -> None:
    walker, step = dial("4003")
    assert isinstance(step, Play)
    assert [piece.language for piece in step.pieces] == ["cmn", "en"]
    assert walker.feed(Finished()) == Hangup("announced")
