"""Preferred agents, blended agents and surges, limits and hours: who may take a call, and where it goes otherwise."""

import pytest

from acd.facts import BlendedAgentsCalled, CallOverflowed, QueueClosed, QueueOpened, SurgeDeclared
from acd.queues import Blended
from acd.requirements import parse
from acd.states import DequeueReason, OverflowCause
from acd.targets import LEAVE, Target, TargetKind
from tests.unit.floor import Floor

pytestmark = pytest.mark.unit

SORRY = Target(TargetKind.SAY, speech={"en": "We are closed."})


def test_a_caller_waits_for_his_preferred_agent_alone_for_a_while() -> None:
    floor = Floor()
    floor.queue("sales", skills={"sales": 1}, preferred_ms=20_000)
    floor.seat("1001", sales=1)
    floor.enter("before")
    floor.answer("before")
    floor.seat("1002", sales=1)
    floor.enter("call", preferred="1001")
    assert floor.offered() == [("before", "1001")]
    floor.wait(5_000)
    floor.release("before")
    assert floor.offered() == [("before", "1001"), ("call", "1001")]
    assert floor.offers[-1].decision.to_json()["rule"] == "preferred"
    assert "was the one to be reached" in floor.offers[-1].decision.sentence


def test_a_caller_whose_preferred_agent_is_not_free_in_time_goes_to_the_others() -> None:
    floor = Floor()
    floor.queue("sales", skills={"sales": 1}, preferred_ms=20_000)
    floor.seat("1001", sales=1)
    floor.enter("before")
    floor.answer("before")
    floor.seat("1002", sales=1)
    floor.enter("call", preferred="1001")
    floor.wait(19_999)
    assert len(floor.offers) == 1
    floor.wait(1)
    assert floor.offered()[1:] == [("call", "1002")]


@pytest.mark.parametrize("preferred", ["1001", "1009", "2001"])
def test_a_preferred_agent_who_takes_no_such_calls_is_not_waited_for(preferred: str) -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.not_ready("1001")
    floor.seat("1002", sales=1)
    floor.seat("2001", support=1)
    floor.enter("call", preferred=preferred)
    assert floor.offered() == [("call", "1002")]


def test_a_preferred_agent_who_goes_away_is_waited_for_no_longer() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("before")
    floor.answer("before")
    floor.seat("1002", sales=1)
    floor.enter("call", preferred="1001")
    floor.not_ready("1001")
    assert floor.offered()[1:] == [("call", "1002")]


def blended_floor(**thresholds: int) -> Floor:
    floor = Floor()
    floor.queue("hotline", skills={"sales": 1}, blended=Blended(agents=parse("agent in (9001, 9002)"), **thresholds))
    floor.seat("9001", support=1)
    floor.seat("1001", sales=1, ready=False)
    return floor


def test_blended_agents_come_in_only_above_the_threshold_and_leave_below_half_of_it() -> None:
    floor = blended_floor(above_waiting=2)
    floor.enter("first", "hotline")
    floor.enter("second", "hotline")
    assert floor.offered() == []
    floor.enter("third", "hotline")
    assert floor.offered() == [("first", "9001")], "the first in the order, not the one that came last"
    floor.answer("first")
    floor.release("first")
    assert floor.offered()[1:] == [("second", "9001")]
    floor.answer("second")
    floor.release("second")
    assert floor.offered()[2:] == [], "one waits: no more than half of two"
    assert [(fact.on, fact.waiting) for fact in floor.stated(BlendedAgentsCalled)] == [(True, 3), (False, 1)]


def test_blended_agents_come_in_when_a_call_has_waited_too_long() -> None:
    floor = blended_floor(above_wait_ms=30_000)
    floor.enter("call", "hotline")
    floor.wait(29_999)
    assert floor.offered() == []
    floor.wait(1)
    assert floor.offered() == [("call", "9001")]
    floor.answer("call")
    assert not floor.router.queues["hotline"].blending


def test_a_surge_calls_the_blended_agents_in_and_says_who_declared_it_and_why() -> None:
    floor = blended_floor()
    floor.enter("call", "hotline")
    floor.router.declare_surge("hotline", on=True, cause="api: lin", why="outage", now_ms=floor.now_ms)
    floor.settle()
    assert floor.offered() == [("call", "9001")]
    floor.router.declare_surge("hotline", on=True, cause="api: lin", why="again", now_ms=floor.now_ms)
    floor.router.declare_surge("hotline", on=False, cause="api: wang", now_ms=floor.now_ms)
    floor.settle()
    assert [(fact.on, fact.cause, fact.why) for fact in floor.stated(SurgeDeclared)] == [
        (True, "api: lin", "outage"),
        (False, "api: wang", ""),
    ]
    floor.fail("call")
    floor.ready("9001")
    assert len(floor.offers) == 1, "after the surge he takes none of these"


def test_a_full_queue_lets_nobody_in() -> None:
    floor = Floor()
    floor.queue("sales", max_waiting=1, on_full=Target(TargetKind.QUEUE, "support"))
    floor.enter("first")
    floor.enter("second")
    assert floor.router.calls["second"].queue == "support"
    assert [fact.cause for fact in floor.stated(CallOverflowed)] == [OverflowCause.FULL]
    floor.leave("first")
    floor.enter("third")
    assert floor.router.calls["third"].queue == "sales"


def test_a_call_leaves_when_nobody_is_signed_in_who_could_take_it() -> None:
    floor = Floor()
    floor.queue("sales", skills={"sales": 1}, on_nobody=Target(TargetKind.VOICEMAIL))
    floor.enter("at night")
    assert floor.left == [("at night", Target(TargetKind.VOICEMAIL))]
    floor.seat("1001", sales=1, ready=False)
    floor.enter("in the evening")
    assert "in the evening" in floor.router.calls
    floor.sign_out("1001")
    assert [linkedid for linkedid, _ in floor.left] == ["at night", "in the evening"]
    assert {fact.cause for fact in floor.stated(CallOverflowed)} == {OverflowCause.NOBODY}


def test_closing_time_acts_on_those_already_waiting() -> None:
    floor = Floor()
    floor.queue("sales", skills={"sales": 1}, on_closed=SORRY)
    floor.seat("1001", sales=1)
    floor.enter("rings")
    floor.enter("waits")
    floor.router.set_open("sales", False, now_ms=floor.now_ms)
    floor.settle()
    assert floor.left == [("waits", SORRY)]
    floor.enter("too late")
    assert floor.left[1:] == [("too late", SORRY)]
    floor.answer("rings")
    floor.router.set_open("sales", True, now_ms=floor.now_ms)
    floor.settle()
    floor.enter("in the morning")
    assert "in the morning" in floor.router.calls
    assert (len(floor.stated(QueueClosed)), len(floor.stated(QueueOpened))) == (1, 1)


def test_a_closed_queue_keeps_its_callers_where_nothing_else_is_said() -> None:
    floor = Floor()
    floor.enter("waits")
    floor.router.set_open("sales", False, now_ms=floor.now_ms)
    floor.settle()
    assert (floor.left, list(floor.router.calls)) == ([], ["waits"])


def test_the_greatest_wait_leads_where_the_queue_says() -> None:
    floor = Floor()
    floor.queue("sales", max_wait_ms=10_000, on_max_wait=Target(TargetKind.NUMBER, "5550100"))
    floor.enter("call")
    floor.wait(10_000)
    assert floor.left == [("call", Target(TargetKind.NUMBER, "5550100"))]
    assert floor.router.queues["sales"].left == {DequeueReason.OVERFLOWED: 1}


def test_a_target_queue_that_is_not_there_leads_back_to_the_flow() -> None:
    floor = Floor()
    floor.queue("sales", max_wait_ms=10_000, on_max_wait=Target(TargetKind.QUEUE, "gone"))
    floor.enter("call")
    floor.wait(10_000)
    assert floor.left == [("call", LEAVE)]
