"""What belongs together of a recorded day: a call that went to a second queue, a colleague who was asked and went on
with the caller, a caller who chose to be rung back.
"""

import pytest

from acd.facts import CallbackRequested, Fact
from acd.simulation.recorded import RecordedDay
from acd.simulation.told import ToldStay
from acd.simulation.told_calls import ToldCalls
from acd.states import DequeueReason, OfferOutcome, OverflowCause
from acd.targets import Target, TargetKind
from tests.unit.floor import Floor

pytestmark = pytest.mark.unit


@pytest.fixture
def floor() -> Floor:
    """1001 and 1003 sell, 1002 supports; they are idle in this order."""
    floor = Floor()
    floor.seat("1001", sales=5)
    floor.wait(10)
    floor.seat("1002", support=5)
    floor.wait(10)
    floor.seat("1003", sales=5)
    return floor


def told(floor: Floor, *more: Fact) -> ToldCalls:
    calls = ToldCalls(0, floor.now_ms + 1)
    for fact in sorted([*floor.facts, *more], key=lambda fact: fact.at_ms):
        calls.see(fact)
    return calls


def stays(calls: ToldCalls) -> dict[str, list[ToldStay]]:
    return {caller: list(his) for caller, his in calls}


def test_a_stay_has_its_rings_in_the_order_of_the_offers_without_agents_who_were_not_there(floor: Floor) -> None:
    floor.enter("a")
    floor.wait(3_000)
    floor.fail("a")
    floor.wait(2_000)
    floor.answer("a")
    floor.wait(60_000)
    floor.hold("a")
    floor.wait(5_000)
    floor.release("a")
    floor.wait(4_000)
    floor.ready("1003")
    (stay,) = stays(told(floor))["a"]
    assert [(ring.ring_ms, ring.answered) for ring in stay.rings.values()] == [(2_000, True)]
    assert (stay.agent, stay.wait_ms, stay.handling_ms, stay.wrap_up_ms) == ("1003", 5_000, 65_000, 4_000)
    assert stay.over
    assert [(offer.agent, ended.outcome) for offer, ended in told(floor).failed] == [("1001", OfferOutcome.MISSED)]


def test_the_wrap_up_of_the_agent_who_sent_the_caller_on_is_not_lost(floor: Floor) -> None:
    floor.enter("a")
    floor.answer("a")
    floor.wait(60_000)
    floor.enter("a", "support")  # the first conversation is over with this
    floor.wait(2_000)
    floor.ready("1001")
    first, second = stays(told(floor))["a"]
    assert (first.queued.queue, first.handling_ms, first.wrap_up_ms) == ("sales", 60_000, 2_000)
    assert (second.queued.queue, second.over) == ("support", False)


def test_a_colleague_asked_in_a_queue_who_goes_on_with_the_caller_is_busy_with_both(floor: Floor) -> None:
    floor.enter("a")
    floor.answer("a")
    floor.wait(30_000)
    floor.enter("asked", "support")  # the seller asks there
    floor.answer("asked")
    floor.wait(10_000)
    assert floor.router.transferred("a", "asked", phone="1001", now_ms=floor.now_ms)
    floor.settle()
    floor.wait(50_000)
    floor.release("a")
    floor.wait(1)
    calls = told(floor)
    assert {caller: [stay.handling_ms for stay in his] for caller, his in calls} == {"a": [40_000], "asked": [60_000]}
    assert {("a", "1001"), ("asked", "1002"), ("a", "1002")} <= set(calls.played)
    assert calls.settled


def test_a_caller_who_leaves_by_his_key_stays_until_then_in_the_replay_too_and_does_what_he_chose(floor: Floor) -> None:
    floor.not_ready("1002")
    floor.enter("a", "support")
    floor.wait(7_000)
    floor.router.overflow("a", Target(TargetKind.VOICEMAIL), cause=OverflowCause.CALLER, now_ms=floor.now_ms)
    floor.settle()
    floor.enter("b")
    floor.answer("b")
    floor.wait(1_000)
    floor.release("b")
    day = RecordedDay(0, floor.now_ms + 1)
    for fact in floor.facts:
        day.see(fact)
    visit = day.day(()).arrivals[0].visit
    assert (visit.patience_ms, visit.leaves_for) == (7_000, TargetKind.VOICEMAIL)


def test_the_stays_of_a_call_back_follow_those_of_the_call_in_which_it_was_asked_for(floor: Floor) -> None:
    floor.not_ready("1002")
    floor.enter("a", "support")
    floor.wait(7_000)
    entered_ms, asked_ms = floor.now_ms - 7_000, floor.now_ms
    floor.router.overflow("a", Target(TargetKind.CALLBACK), cause=OverflowCause.CALLER, now_ms=asked_ms)
    floor.settle()
    callback = "node1-callback-7"
    floor.wait(100)
    floor.enter(f"{callback}.1", "support", entered_ms=entered_ms)
    floor.wait(20_000)
    floor.ready("1002")
    floor.answer(f"{callback}.1")
    floor.wait(90_000)
    floor.release(f"{callback}.1")
    requested = CallbackRequested(
        at_ms=asked_ms,
        linkedid="a",
        callback=callback,
        number="100",
        queue="support",
        entered_ms=entered_ms,
        priority=0,
        skills={},
        data={},
        language="en",
        expires_ms=asked_ms + 1,
        cause="caller",
    )
    call, rung_back = stays(told(floor, requested))["a"]
    assert (call.reason, call.left_for, call.virtual) == (DequeueReason.OVERFLOWED, TargetKind.CALLBACK, False)
    assert (rung_back.virtual, rung_back.reason, rung_back.handling_ms) == (True, DequeueReason.ANSWERED, 90_000)
    day = RecordedDay(0, floor.now_ms + 1)
    for fact in sorted([*floor.facts, requested], key=lambda fact: fact.at_ms):
        day.see(fact)
    (arrival,) = day.day(()).arrivals
    assert arrival.visit.onward is not None
    assert (arrival.visit.onward.after, arrival.visit.onward.after_ms) == (DequeueReason.OVERFLOWED, 100)
    following = arrival.visit.onward.visit
    assert (following.waited_ms, following.patience_ms, following.leaves_for) == (7_100, None, None)


def test_calls_of_the_day_before_are_no_part_of_it(floor: Floor) -> None:
    floor.enter("a")
    floor.answer("a")
    floor.wait(1_000)
    floor.release("a")
    calls = ToldCalls(floor.now_ms + 1, floor.now_ms + 2)
    for fact in floor.facts:
        calls.see(fact)
    assert list(calls) == []
    assert not calls.played
