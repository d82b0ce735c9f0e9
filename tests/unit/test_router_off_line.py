"""Calls that nobody holds the line for, the call-backs: they stand in the same order, and no limit puts them out."""

import pytest

from acd.facts import CallStepped
from acd.queues import Blended, Step
from acd.requirements import parse
from acd.targets import LEAVE, Target, TargetKind
from tests.unit.floor import Floor

pytestmark = pytest.mark.unit


def test_a_call_back_goes_before_a_caller_who_came_later_and_after_one_who_came_before() -> None:
    floor = Floor()
    first_ms = floor.now_ms
    floor.enter("before")
    floor.wait(2_000)
    floor.enter("after")
    floor.enter("callback", entered_ms=first_ms + 1_000, on_line=False)
    for agent in ("1001", "1002", "1003"):
        floor.seat(agent, sales=1)
    assert floor.offered() == [("before", "1001"), ("callback", "1002"), ("after", "1003")]


def test_no_limit_of_its_queue_puts_a_call_back_out() -> None:
    floor = Floor()
    floor.queue("sales", max_wait_ms=60_000, max_waiting=1, on_nobody=LEAVE, on_closed=LEAVE)
    floor.enter("first", on_line=False)
    floor.enter("second", on_line=False)
    floor.wait(3_600_000)
    floor.router.set_open("sales", False, now_ms=floor.now_ms)
    floor.settle()
    assert [*floor.router.calls] == ["first", "second"]
    floor.enter("caller")
    assert [*floor.router.calls] == ["first", "second"]  # which callers are told of


def test_a_call_back_takes_steps_that_ask_less_but_none_that_ends_the_wait() -> None:
    floor = Floor()
    ends = Target(TargetKind.VOICEMAIL)
    relaxed = Step(after_ms=30_000, requires=parse("support >= 1"))
    floor.queue("sales", skills={"sales": 1}, steps=(relaxed, Step(after_ms=60_000, overflow=ends)))
    floor.seat("1001", ready=False, sales=1)
    floor.seat("1002", ready=False, support=1)
    floor.enter("callback", on_line=False)
    floor.wait(30_000)
    assert [fact.step for fact in floor.stated(CallStepped)] == [1]
    floor.wait(600_000)
    assert [*floor.router.calls] == ["callback"]
    floor.ready("1002")
    assert floor.offered() == [("callback", "1002")]


def test_a_call_back_goes_on_to_the_queue_that_its_queue_overflows_to() -> None:
    floor = Floor()
    over = Step(after_ms=30_000, overflow=Target(TargetKind.QUEUE, "support"))
    floor.queue("sales", skills={"sales": 1}, steps=(over,))
    floor.seat("1001", ready=False, sales=1)
    floor.enter("callback", on_line=False)
    floor.wait(30_000)
    assert floor.router.calls["callback"].queue == "support"
    floor.wait(3_600_000)
    assert not floor.router.calls["callback"].on_line


def test_a_call_back_rings_one_agent_where_callers_ring_several_and_calls_no_helpers() -> None:
    floor = Floor()
    floor.queue("sales", ring_several=3, blended=Blended(agents=parse("support >= 1"), above_wait_ms=10_000))
    floor.enter("callback", on_line=False)
    floor.wait(60_000)
    assert not floor.router.queue("sales").blending
    for agent in ("1001", "1002"):
        floor.seat(agent, ready=False)
    floor.enter("another", on_line=False)
    floor.ready("1001")
    floor.ready("1002")
    assert floor.offered() == [("callback", "1001"), ("another", "1002")]
    for agent in ("1003", "1004"):
        floor.seat(agent)
    floor.enter("third", on_line=False)
    assert floor.offered()[2:] == [("third", "1003")]
