"""A queue's steps: they relax what is asked, raise priority, end the wait; and edits hold for calls already waiting."""

import pytest

from acd.decisions import Trigger
from acd.facts import CallOverflowed, CallQueued, CallStepped
from acd.queues import Step
from acd.requirements import parse
from acd.states import DequeueReason, OfferOutcome, OverflowCause
from acd.targets import Target, TargetKind
from tests.unit.floor import Floor

pytestmark = pytest.mark.unit

EXPERTS_FIRST = {
    "requires": parse("sales >= 5"),
    "steps": (
        Step(after_ms=10_000, requires=parse("sales >= 3")),
        Step(after_ms=20_000, requires=parse("sales or support >= 8"), priority=2),
    ),
}


def test_each_step_lets_more_agents_in_when_its_time_has_come() -> None:
    floor = Floor()
    floor.queue("vip", **EXPERTS_FIRST)
    floor.seat("1005", sales=5)
    floor.enter("before")
    floor.seat("1003", sales=3)
    floor.enter("call", "vip")
    assert floor.offered() == [("before", "1005")]
    floor.wait(9_999)
    assert floor.offered() == [("before", "1005")]
    floor.wait(1)
    assert floor.offered() == [("before", "1005"), ("call", "1003")]
    assert floor.offers[-1].decision.trigger is Trigger.STEP_TAKEN
    assert (floor.offers[-1].decision.step, floor.offers[-1].decision.requires) == (1, "sales >= 3")
    (stepped,) = floor.stated(CallStepped)
    assert (stepped.linkedid, stepped.step, stepped.requires, stepped.wait_ms) == ("call", 1, "sales >= 3", 10_000)


def test_steps_go_on_while_a_phone_rings() -> None:
    floor = Floor()
    floor.queue("vip", **EXPERTS_FIRST)
    floor.seat("1005", sales=5)
    floor.seat("2008", support=8)
    floor.enter("call", "vip")
    floor.wait(20_000)
    assert [stepped.step for stepped in floor.stated(CallStepped)] == [1, 2]
    floor.fail("call", OfferOutcome.MISSED)
    assert floor.offered() == [("call", "1005"), ("call", "2008")]


def test_a_step_for_which_nobody_is_signed_in_is_passed_over_at_once() -> None:
    floor = Floor()
    floor.queue("vip", **EXPERTS_FIRST)
    floor.seat("1003", sales=3)
    floor.not_ready("1003")
    floor.enter("call", "vip")
    assert [stepped.step for stepped in floor.stated(CallStepped)] == [1]
    floor.ready("1003")
    assert floor.offered() == [("call", "1003")]


def test_a_call_goes_on_at_once_when_the_last_one_it_waits_for_signs_out() -> None:
    floor = Floor()
    floor.queue("vip", **EXPERTS_FIRST)
    floor.seat("1005", sales=5, ready=False)
    floor.seat("2008", support=8)
    floor.enter("call", "vip")
    assert floor.offered() == []
    floor.sign_out("1005")
    assert floor.offered() == [("call", "2008")]


def test_a_step_raises_the_priority_above_calls_that_came_before() -> None:
    floor = Floor()
    floor.queue("vip", **EXPERTS_FIRST, point_ms=60_000)
    floor.seat("1005", sales=5, ready=False)
    floor.enter("earlier", "sales")
    floor.wait(30_000)
    floor.enter("call", "vip")
    floor.wait(20_000)
    floor.ready("1005")
    assert floor.offered() == [("call", "1005")]


def test_the_last_step_sends_the_call_to_another_queue_with_its_entry_time() -> None:
    floor = Floor()
    floor.queue("vip", steps=(Step(after_ms=5_000, overflow=Target(TargetKind.QUEUE, "support")),))
    floor.enter("call", "vip", skills={"support": 2})
    floor.wait(5_000)
    assert floor.left == [("call", Target(TargetKind.QUEUE, "support"))]
    (overflowed,) = floor.stated(CallOverflowed)
    assert (overflowed.cause, overflowed.to, overflowed.value) == (OverflowCause.STEP, TargetKind.QUEUE, "support")
    came = floor.stated(CallQueued)
    assert [(fact.queue, fact.entered_ms, fact.skills) for fact in came] == [
        ("vip", 1_000_000, {"support": 2}),
        ("support", 1_000_000, {"support": 2}),
    ]
    assert floor.router.queues["vip"].left[DequeueReason.OVERFLOWED] == 1
    assert all(queue.balanced for queue in floor.router.queues.values())
    floor.seat("2002", support=2)
    assert floor.offers[-1].decision.wait_ms == 5_000


def test_an_overflow_that_falls_due_waits_for_the_ringing_phone() -> None:
    floor = Floor()
    floor.queue("vip", steps=(Step(after_ms=5_000, overflow=Target(TargetKind.VOICEMAIL)),))
    floor.seat("1001")
    floor.enter("call", "vip")
    floor.wait(6_000)
    assert floor.left == []
    floor.fail("call")
    assert floor.left == [("call", Target(TargetKind.VOICEMAIL))]
    assert "call" not in floor.router.calls


def test_queues_that_overflow_into_each_other_do_not_send_a_call_round() -> None:
    floor = Floor()
    floor.queue("one", steps=(Step(after_ms=5_000, overflow=Target(TargetKind.QUEUE, "two")),))
    floor.queue("two", steps=(Step(after_ms=5_000, overflow=Target(TargetKind.QUEUE, "one")),))
    floor.enter("call", "one")
    floor.wait(60_000)
    assert [target.kind for _, target in floor.left] == [TargetKind.QUEUE, TargetKind.LEAVE]


def test_edited_settings_hold_for_the_calls_already_waiting() -> None:
    floor = Floor()
    floor.queue("vip", requires=parse("sales >= 9"))
    floor.seat("1009", sales=9, ready=False)
    floor.seat("1003", sales=3)
    floor.enter("call", "vip")
    floor.wait(12_000)
    assert floor.offered() == []
    floor.queue("vip", **EXPERTS_FIRST)
    assert floor.offered() == [("call", "1003")]
    assert floor.offers[-1].decision.step == 1


def test_a_shorter_greatest_wait_holds_for_the_calls_already_waiting() -> None:
    floor = Floor()
    floor.enter("call", "support")
    floor.wait(10_000)
    floor.queue("support", skills={"support": 1}, max_wait_ms=15_000)
    floor.wait(4_999)
    assert floor.left == []
    floor.wait(1)
    assert [linkedid for linkedid, _ in floor.left] == ["call"]


def test_changed_skills_hold_for_the_calls_already_waiting() -> None:
    floor = Floor()
    floor.seat("1001", support=1)
    floor.enter("call", "sales")
    assert floor.offered() == []
    floor.define("1001", None, sales=2)
    assert floor.offered() == [("call", "1001")]
    assert floor.offers[-1].decision.trigger is Trigger.AGENT_CHANGED


def test_attributes_are_asked_for_as_skills_are() -> None:
    floor = Floor()
    floor.queue("night", requires=parse("sales and (team = night or language in (en, fr))"))
    for number, attributes in (("1001", {"team": "day"}), ("1002", {"team": "day", "language": "fr"})):
        floor.define(number, attributes, sales=1)
        floor.phone(number)
        floor.sign_in(number)
    floor.enter("call", "night")
    assert floor.offered() == [("call", "1002")]
    excluded = {one.agent: one.excluded for one in floor.offers[0].decision.candidates}
    assert excluded == {"1001": "team is day, not night and language is not set, not en or fr", "1002": ""}
