"""Waiting callers: who is next, where a caller stands after a missed offer, and how he leaves."""

import pytest

from acd.errors import AlreadyQueued, UnknownQueue
from acd.facts import CallDequeued, CallQueued, OfferEnded
from acd.queues import QueueSettings
from acd.states import AgentState, DequeueReason, OfferOutcome
from acd.targets import LEAVE
from tests.unit.floor import Floor

pytestmark = pytest.mark.unit


def test_a_caller_who_finds_a_free_agent_is_offered_at_once() -> None:
    floor = Floor()
    floor.seat("1001", sales=3)
    floor.enter("call")
    assert floor.offered() == [("call", "1001")]
    assert floor.state("1001") is AgentState.RINGING


def test_an_agent_who_becomes_ready_gets_the_caller_who_came_first() -> None:
    floor = Floor()
    floor.enter("first")
    floor.wait(1)
    floor.enter("second")
    floor.seat("1001", sales=3)
    assert floor.offered() == [("first", "1001")]


def test_priority_goes_before_the_time_of_entry() -> None:
    floor = Floor()
    floor.enter("early")
    floor.wait(60_000)
    floor.enter("urgent", priority=3)
    floor.seat("1001", sales=3)
    assert floor.offered() == [("urgent", "1001")]


def test_an_agent_of_two_queues_gets_whoever_waits_longest_in_either() -> None:
    floor = Floor()
    floor.enter("for support", "support")
    floor.wait(1)
    floor.enter("for sales", "sales")
    floor.seat("1001", sales=1, support=1)
    assert floor.offered() == [("for support", "1001")]


def test_a_caller_nobody_at_hand_can_serve_does_not_hold_up_the_one_behind_him() -> None:
    floor = Floor()
    floor.enter("hard", skills={"sales": 9})
    floor.enter("easy")
    floor.seat("1001", sales=3)
    assert floor.offered() == [("easy", "1001")]


def test_the_higher_level_holds_where_queue_and_call_name_the_same_skill() -> None:
    floor = Floor()
    floor.router.define_queue(QueueSettings(name="experts", skills={"sales": 5}), now_ms=0)
    floor.seat("1001", sales=4)
    floor.enter("call", "experts", skills={"sales": 2})
    assert floor.offered() == []
    floor.seat("1002", sales=5)
    assert floor.offered() == [("call", "1002")]


def test_a_missed_caller_is_at_the_head_again_with_his_first_entry_and_the_next_agent_rings() -> None:
    floor = Floor()
    floor.seat("1001", sales=3)
    floor.enter("early")
    floor.wait(5_000)
    floor.enter("late")
    floor.wait(15_000)
    floor.fail("early")
    assert [call.linkedid for call in floor.router.queues["sales"]] == ["early", "late"]
    floor.seat("1002", sales=3)
    assert floor.offered() == [("early", "1001"), ("early", "1002")]
    assert floor.offers[-1].decision.wait_ms == 20_000


def test_an_agent_free_meanwhile_gets_the_missed_caller_in_the_same_moment() -> None:
    floor = Floor()
    floor.seat("1001", sales=3)
    floor.enter("call")
    floor.seat("1002", sales=3)
    floor.fail("call")
    assert floor.offered() == [("call", "1001"), ("call", "1002")]


def test_a_caller_who_has_waited_before_keeps_his_first_entry() -> None:
    floor = Floor()
    floor.enter("here all the time")
    floor.enter("back again", entered_ms=floor.now_ms - 40_000)
    floor.seat("1001", sales=3)
    assert floor.offered() == [("back again", "1001")]
    assert floor.stated(CallQueued)[-1].entered_ms == floor.now_ms - 40_000


def test_a_caller_who_hangs_up_while_waiting_has_abandoned() -> None:
    floor = Floor()
    floor.enter("call")
    floor.wait(7_000)
    floor.leave("call")
    (left,) = floor.stated(CallDequeued)
    assert (left.reason, left.wait_ms, left.waiting) == (DequeueReason.ABANDONED, 7_000, 0)
    floor.leave("call")
    assert len(floor.stated(CallDequeued)) == 1


def test_a_caller_who_hangs_up_while_a_phone_rings_stops_it_and_frees_the_agent() -> None:
    floor = Floor()
    floor.seat("1001", sales=3)
    floor.enter("call")
    floor.wait(2_000)
    floor.leave("call")
    assert floor.withdrawn == floor.offers
    assert [(ended.outcome, ended.ring_ms) for ended in floor.stated(OfferEnded)] == [(OfferOutcome.ABANDONED, 2_000)]
    assert floor.state("1001") is AgentState.READY


def test_a_caller_taken_out_by_us_has_not_abandoned() -> None:
    floor = Floor()
    floor.seat("1001", sales=3)
    floor.enter("call")
    floor.leave("call", DequeueReason.OVERFLOWED)
    assert [ended.outcome for ended in floor.stated(OfferEnded)] == [OfferOutcome.WITHDRAWN]
    assert floor.router.queues["sales"].left == {DequeueReason.OVERFLOWED: 1}


def test_the_agent_of_an_abandoned_caller_gets_the_next_one_in_the_same_moment() -> None:
    floor = Floor()
    floor.seat("1001", sales=3)
    floor.enter("first")
    floor.enter("second")
    floor.leave("first")
    assert floor.offered() == [("first", "1001"), ("second", "1001")]


def test_a_caller_leaves_when_his_greatest_wait_is_over() -> None:
    floor = Floor()
    floor.enter("call", "anybody", entered_ms=floor.now_ms - 20_000)
    floor.wait(39_999)
    assert floor.left == []
    floor.wait(1)
    assert floor.left == [("call", LEAVE)]
    assert [(left.reason, left.wait_ms) for left in floor.stated(CallDequeued)] == [(DequeueReason.TIMED_OUT, 60_000)]


def test_callers_whose_greatest_wait_is_over_in_the_same_moment_do_not_ring_the_agents_they_leave_behind() -> None:
    floor = Floor()
    floor.seat("1001")
    floor.enter("rings", "anybody")
    floor.enter("waits", "anybody")
    floor.wait(60_000)
    assert floor.left == [("rings", LEAVE), ("waits", LEAVE)]
    assert floor.offered() == [("rings", "1001")]
    assert floor.state("1001") is AgentState.READY


def test_a_caller_who_was_served_does_not_time_out() -> None:
    floor = Floor()
    floor.seat("1001")
    floor.enter("call", "anybody")
    floor.answer("call")
    floor.wait(100_000)
    assert floor.left == []


def test_a_queue_nobody_has_defined_is_refused_and_the_known_ones_are_named() -> None:
    floor = Floor()
    with pytest.raises(UnknownQueue, match=r"'sale'; expected one of: anybody, sales, support"):
        floor.enter("call", "sale")
    assert floor.facts == []


def test_a_call_stands_in_one_queue_at_a_time() -> None:
    floor = Floor()
    floor.enter("call", "sales")
    with pytest.raises(AlreadyQueued, match="call call is in queue sales already"):
        floor.enter("call", "support")
    assert len(floor.router.queues["support"]) == 0


def test_new_settings_of_a_queue_leave_its_callers_in_their_places() -> None:
    floor = Floor()
    floor.enter("call")
    floor.router.define_queue(QueueSettings(name="sales", skills={"sales": 1}, ring_ms=9_000), now_ms=0)
    floor.seat("1001", sales=3)
    assert [(offer.linkedid, offer.ring_ms) for offer in floor.offers] == [("call", 9_000)]
