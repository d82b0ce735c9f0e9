"""Agents who are not ready for longer than their reason allows: told once, and over when they go on."""

import pytest

from acd.facts import NotReadyExceeded
from acd.states import AgentState, OfferOutcome
from tests.unit.floor import Floor

pytestmark = pytest.mark.unit

LIMITS = {"break": 900_000, "missed_call": 300_000}


def seated() -> Floor:
    floor = Floor()
    floor.router.define_reasons(LIMITS)
    floor.seat("1001", sales=1)
    return floor


def told(floor: Floor) -> list[tuple[str, int, int]]:
    return [(fact.reason, fact.since_ms, fact.at_ms) for fact in floor.stated(NotReadyExceeded)]


def overdue(floor: Floor, number: str = "1001") -> bool:
    absence = floor.router.roster.agent(number).absence
    return absence is not None and absence.overdue


def test_a_break_that_is_too_long_is_told_in_the_moment_it_is_and_once() -> None:
    floor = seated()
    since_ms = floor.now_ms
    floor.not_ready("1001", "break")
    floor.wait(899_999)
    assert not overdue(floor)
    floor.wait(1)
    assert told(floor) == [("break", since_ms, since_ms + 900_000)]
    assert overdue(floor)
    assert floor.state("1001") is AgentState.NOT_READY  # it changes nothing
    floor.wait(10_000_000)
    assert len(told(floor)) == 1
    assert floor.router.next_due_ms is None


def test_who_goes_on_is_no_longer_overdue_and_his_next_break_counts_anew() -> None:
    floor = seated()
    floor.not_ready("1001", "break")
    floor.wait(900_000)
    floor.ready("1001")
    assert not overdue(floor)
    floor.not_ready("1001", "break")
    floor.wait(899_999)
    assert len(told(floor)) == 1
    floor.wait(1)
    assert len(told(floor)) == 2


def test_who_comes_back_in_time_is_not_told() -> None:
    floor = seated()
    floor.not_ready("1001", "break")
    floor.wait(800_000)
    floor.ready("1001")
    floor.wait(800_000)
    assert told(floor) == []


def test_another_reason_is_another_stay_and_one_without_a_limit_has_none() -> None:
    floor = seated()
    floor.not_ready("1001", "break")
    floor.wait(600_000)
    floor.not_ready("1001", "training")
    floor.wait(10_000_000)
    assert told(floor) == []
    floor.not_ready("1001", "break")
    floor.wait(900_000)
    assert len(told(floor)) == 1


def test_a_missed_call_has_its_own_limit() -> None:
    floor = seated()
    floor.enter("call")
    floor.fail("call", OfferOutcome.MISSED)
    floor.wait(300_000)
    assert [reason for reason, _, _ in told(floor)] == ["missed_call"]


def test_a_break_chosen_in_a_conversation_begins_when_that_and_its_wrap_up_are_over() -> None:
    floor = seated()
    floor.enter("call")
    floor.answer("call")
    floor.not_ready("1001", "break")
    floor.wait(2_000_000)
    floor.release("call")
    floor.wait(30_000)
    since_ms = floor.now_ms
    floor.wait(900_000)
    assert told(floor) == [("break", since_ms, since_ms + 900_000)]


def test_a_phone_that_comes_and_goes_makes_no_break_longer() -> None:
    floor = seated()
    floor.not_ready("1001", "break")
    floor.wait(500_000)
    floor.phone("1001", reachable=False)
    floor.wait(200_000)
    floor.phone("1001")
    floor.wait(200_000)
    assert len(told(floor)) == 1


def test_signing_out_ends_the_stay() -> None:
    floor = seated()
    floor.not_ready("1001", "break")
    floor.sign_out("1001")
    floor.wait(10_000_000)
    assert told(floor) == []


def test_new_limits_hold_for_who_is_away_already_but_nobody_is_told_twice() -> None:
    floor = seated()
    floor.seat("1002", sales=1)
    floor.not_ready("1001", "break")
    floor.wait(900_000)
    floor.not_ready("1002", "meal")
    floor.router.define_reasons({"break": 60_000, "meal": 60_000})
    floor.wait(60_000)
    assert [fact.agent for fact in floor.stated(NotReadyExceeded)] == ["1001", "1002"]
    floor.not_ready("1002", "break")
    floor.router.define_reasons({})
    floor.wait(10_000_000)
    assert len(told(floor)) == 2
