"""Conversations and wrap-up: talk and hold times, early ends, callers who go on to another queue, adoption."""

import pytest

from acd.errors import NotSignedIn, UnknownAgent, UnknownQueue
from acd.facts import CallHeld, CallReleased, CallRetrieved, WrapUpEnded
from acd.states import AgentState
from tests.unit.floor import Floor

pytestmark = pytest.mark.unit


def talking(queue: str = "sales") -> Floor:
    """1001 has just answered `call`."""
    floor = Floor()
    floor.seat("1001", sales=1, support=1)
    floor.enter("call", queue)
    floor.answer("call")
    return floor


def test_after_the_call_comes_wrap_up_for_the_queues_time_then_ready() -> None:
    floor = talking()
    floor.wait(90_000)
    floor.release("call")
    assert floor.state("1001") is AgentState.WRAP_UP
    floor.wait(29_999)
    assert floor.state("1001") is AgentState.WRAP_UP
    floor.wait(1)
    assert floor.state("1001") is AgentState.READY
    assert [(ended.linkedid, ended.wrap_up_ms) for ended in floor.stated(WrapUpEnded)] == [("call", 30_000)]


def test_a_queue_without_wrap_up_gives_the_next_caller_in_the_moment_of_the_hang_up() -> None:
    floor = talking("support")
    floor.enter("next", "support")
    floor.release("call")
    assert floor.offered()[-1] == ("next", "1001")
    assert floor.offers[-1].at_ms == floor.now_ms


def test_the_end_of_wrap_up_gives_the_next_caller() -> None:
    floor = talking()
    floor.release("call")
    floor.enter("next")
    assert len(floor.offers) == 1
    floor.wait(30_000)
    assert floor.offered()[-1] == ("next", "1001")


def test_an_agent_who_is_ready_early_ends_his_wrap_up() -> None:
    floor = talking()
    floor.release("call")
    floor.enter("next")
    floor.wait(4_000)
    floor.ready("1001")
    assert floor.offered()[-1] == ("next", "1001")
    assert [ended.wrap_up_ms for ended in floor.stated(WrapUpEnded)] == [4_000]
    assert floor.router.next_due_ms is None
    floor.wait(100_000)
    assert len(floor.stated(WrapUpEnded)) == 1


def test_signing_out_ends_wrap_up() -> None:
    floor = talking()
    floor.release("call")
    floor.sign_out("1001")
    assert floor.state("1001") is AgentState.SIGNED_OUT
    floor.wait(100_000)
    assert len(floor.stated(WrapUpEnded)) == 1


def test_talk_time_is_without_the_holds() -> None:
    floor = talking()
    floor.wait(10_000)
    for held_ms in (5_000, 3_000):
        floor.hold("call")
        assert floor.state("1001") is AgentState.HOLDING
        floor.wait(held_ms)
        floor.retrieve("call")
        assert floor.state("1001") is AgentState.TALKING
        floor.wait(1_000)
    floor.release("call")
    assert [(done.talk_ms, done.hold_ms) for done in floor.stated(CallReleased)] == [(12_000, 8_000)]


def test_a_caller_who_hangs_up_on_hold_was_held_to_the_end() -> None:
    floor = talking()
    floor.wait(10_000)
    floor.hold("call")
    floor.wait(5_000)
    floor.release("call")
    assert [(done.talk_ms, done.hold_ms) for done in floor.stated(CallReleased)] == [(10_000, 5_000)]
    assert floor.state("1001") is AgentState.WRAP_UP


def test_hold_retrieve_and_release_told_twice_count_once() -> None:
    floor = talking()
    for verb in (floor.hold, floor.retrieve, floor.release):
        verb("call")
        verb("call")
    assert [len(floor.stated(kind)) for kind in (CallHeld, CallRetrieved, CallReleased)] == [1, 1, 1]


def test_hold_retrieve_and_release_of_a_caller_who_talks_with_nobody_are_passed_over() -> None:
    floor = Floor()
    floor.enter("waiting")
    said = list(floor.facts)
    for verb in (floor.hold, floor.retrieve, floor.release):
        verb("waiting")
        verb("nobody")
    assert floor.facts == said


def test_a_caller_who_leaves_the_flow_in_a_conversation_ends_it() -> None:
    floor = talking()
    floor.leave("call")
    assert floor.state("1001") is AgentState.WRAP_UP
    assert floor.router.queues["sales"].balanced


def test_a_caller_who_goes_on_to_another_queue_has_ended_his_conversation() -> None:
    floor = talking()
    floor.enter("call", "support")
    assert len(floor.stated(CallReleased)) == 1
    assert floor.router.calls["call"].queue == "support"


def test_the_agent_a_caller_leaves_behind_serves_who_waited_before_that_caller() -> None:
    floor = talking("support")
    floor.enter("urgent", "support", priority=9)
    floor.enter("call", "support")
    assert floor.offered()[-1] == ("urgent", "1001")


def test_a_conversation_found_under_way_is_adopted_with_its_true_beginning() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.adopt("call", "sales", "1001", since_ms=floor.now_ms - 60_000)
    assert floor.state("1001") is AgentState.TALKING
    floor.enter("next")
    assert floor.offered() == []
    floor.release("call")
    assert floor.stated(CallReleased)[0].talk_ms == 60_000
    assert floor.state("1001") is AgentState.WRAP_UP


def test_a_conversation_is_adopted_whether_its_agent_is_ready_or_not() -> None:
    floor = Floor()
    floor.seat("1001", ready=False, sales=1)
    floor.adopt("call", "sales", "1001", since_ms=floor.now_ms)
    floor.release("call")
    floor.wait(30_000)
    assert floor.state("1001") is AgentState.NOT_READY


def test_conversations_can_be_asked_whether_a_caller_talks() -> None:
    floor = talking()
    assert "call" in floor.router.conversations
    assert list(floor.router.conversations) == ["call"]
    floor.release("call")
    assert "call" not in floor.router.conversations


def test_an_agent_who_is_not_idle_is_not_made_to_adopt() -> None:
    floor = talking()
    floor.adopt("another", "sales", "1001", since_ms=floor.now_ms)
    assert set(floor.router.conversations.by_call) == {"call"}


def test_a_caller_whose_agent_is_known_is_not_adopted_by_another() -> None:
    floor = talking()
    floor.seat("1002", sales=1)
    floor.adopt("call", "sales", "1002", since_ms=floor.now_ms)
    assert floor.state("1002") is AgentState.READY
    floor.release("call")
    assert floor.state("1001") is AgentState.WRAP_UP


def test_a_caller_who_waits_is_not_adopted() -> None:
    floor = Floor()
    floor.seat("1001", support=1)
    floor.enter("call", "sales")
    floor.adopt("call", "sales", "1001", since_ms=floor.now_ms)
    assert floor.state("1001") is AgentState.READY
    assert "call" in floor.router.calls


def test_only_an_agent_and_a_queue_that_are_there_can_adopt() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.sign_out("1001")
    with pytest.raises(UnknownQueue):
        floor.adopt("call", "none", "1001", since_ms=0)
    with pytest.raises(UnknownAgent):
        floor.adopt("call", "sales", "9999", since_ms=0)
    with pytest.raises(NotSignedIn):
        floor.adopt("call", "sales", "1001", since_ms=0)
