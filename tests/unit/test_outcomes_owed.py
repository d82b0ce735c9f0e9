"""Calls that agents have yet to close with an outcome code: who is reminded, and that no caller waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.facts import CallOutcomeSet, OutcomeOwed
from acd.outcomes import REMEMBERED_MS
from acd.queues import QueueSettings
from acd.states import AgentState, OutcomePolicy
from tests.unit.floor import Floor

pytestmark = pytest.mark.unit


def floor_of(policy: OutcomePolicy, wrap_up_ms: int = 30_000) -> Floor:
    """1001 and 1002 serve a queue of this policy."""
    floor = Floor()
    settings = QueueSettings(name="sales", skills={"sales": 1}, wrap_up_ms=wrap_up_ms, outcome=policy)
    floor.router.define_queue(settings, now_ms=floor.now_ms)
    floor.seat("1001", sales=1)
    return floor


def talk(floor: Floor, call: str = "call") -> None:
    floor.enter(call)
    floor.answer(call)
    floor.wait(1_000)


def close(floor: Floor, call: str = "call", code: str = "sold", agent: str = "1001") -> None:
    floor.router.outcomes.close(
        CallOutcomeSet(at_ms=floor.now_ms, linkedid=call, agent=agent, code=code, resolved=True, cause="desktop:1001")
    )
    floor.settle()


def owes(floor: Floor, number: str = "1001") -> tuple[str, ...]:
    return floor.router.roster.agent(number).owes


def test_a_wrap_up_without_a_code_ends_in_time_and_leaves_the_call_owed() -> None:
    floor = floor_of(OutcomePolicy.REQUIRED)
    talk(floor)
    floor.release("call")
    floor.wait(29_999)
    assert owes(floor) == ()
    floor.wait(1)
    assert floor.state("1001") is AgentState.READY
    (owed,) = floor.stated(OutcomeOwed)
    assert (owed.linkedid, owed.queue, owed.agent, owed.at_ms) == ("call", "sales", "1001", floor.now_ms)
    assert owes(floor) == ("call",)
    floor.enter("next")
    assert floor.offered()[-1] == ("next", "1001")  # who waits does not wait for a form


@pytest.mark.parametrize("when", ["talking", "wrapping up", "long after"])
def test_a_code_given_in_the_call_or_at_any_time_after_settles_it(when: str) -> None:
    floor = floor_of(OutcomePolicy.REQUIRED)
    talk(floor)
    if when == "talking":
        close(floor)
    floor.release("call")
    if when == "wrapping up":
        close(floor)
    floor.wait(30_000)
    if when == "long after":
        floor.wait(3_600_000)
        close(floor)
    assert owes(floor) == ()
    assert floor.router.outcomes.of("call") is None
    assert len(floor.stated(OutcomeOwed)) == (when == "long after")
    assert [fact.code for fact in floor.stated(CallOutcomeSet)] == ["sold"]


@pytest.mark.parametrize("policy", [OutcomePolicy.ASKED, OutcomePolicy.NONE])
def test_a_queue_that_only_asks_is_owed_nothing(policy: OutcomePolicy) -> None:
    floor = floor_of(policy)
    talk(floor)
    floor.release("call")
    floor.wait(30_000)
    assert (owes(floor), floor.stated(OutcomeOwed)) == ((), [])


def test_where_there_is_no_wrap_up_the_call_is_owed_at_its_end() -> None:
    floor = floor_of(OutcomePolicy.REQUIRED, wrap_up_ms=0)
    talk(floor)
    floor.release("call")
    assert owes(floor) == ("call",)


def test_who_speaks_with_the_caller_after_another_closes_his_own_part() -> None:
    floor = floor_of(OutcomePolicy.REQUIRED, wrap_up_ms=0)
    talk(floor)
    close(floor)
    floor.release("call")
    floor.not_ready("1001")
    floor.seat("1002", sales=1)
    floor.wait(1)
    talk(floor)  # the same caller, sent on
    floor.release("call")
    assert (owes(floor), owes(floor, "1002")) == ((), ("call",))
    close(floor, agent="1002")
    assert owes(floor, "1002") == ()


def test_the_last_to_speak_owes_the_code_of_a_call_that_nobody_closed() -> None:
    floor = floor_of(OutcomePolicy.REQUIRED, wrap_up_ms=0)
    talk(floor)
    floor.release("call")
    floor.not_ready("1001")
    floor.seat("1002", sales=1)
    talk(floor)
    assert owes(floor) == ("call",)
    floor.release("call")
    assert (owes(floor), owes(floor, "1002")) == ((), ("call",))


def test_a_day_later_nobody_is_reminded_any_more() -> None:
    floor = floor_of(OutcomePolicy.REQUIRED, wrap_up_ms=0)
    talk(floor, "old")
    floor.release("old")
    floor.wait(REMEMBERED_MS)
    talk(floor, "new")
    floor.release("new")
    assert owes(floor) == ("new",)


def test_what_is_owed_is_known_again_from_what_was_stated() -> None:
    floor = floor_of(OutcomePolicy.REQUIRED, wrap_up_ms=0)
    for call in ("a", "b", "c"):
        talk(floor, call)
        floor.release(call)
    close(floor, "b")
    after = floor_of(OutcomePolicy.REQUIRED)
    for fact in floor.facts:
        if isinstance(fact, CallOutcomeSet | OutcomeOwed):
            after.router.outcomes.recall(fact)
    assert owes(after) == owes(floor) == ("a", "c")


STEPS = st.lists(st.tuples(st.sampled_from(["talk", "close", "wait"]), st.integers(0, 3)), max_size=30)


@given(STEPS)
def test_owed_is_every_call_talked_about_and_not_closed_since_its_answer(steps: list[tuple[str, int]]) -> None:
    floor = floor_of(OutcomePolicy.REQUIRED, wrap_up_ms=0)
    answered: dict[str, int] = {}
    closed: dict[str, int] = {}
    for step, number in steps:
        call = f"call-{number}"
        match step:
            case "talk":
                answered[call] = floor.now_ms
                talk(floor, call)
                floor.release(call)
            case "close":
                closed[call] = floor.now_ms
                close(floor, call)
            case _:
                floor.wait(1_000)
    assert set(owes(floor)) == {call for call, at_ms in answered.items() if closed.get(call, -1) < at_ms}
    assert {owed.linkedid for owed in floor.router.outcomes} == set(owes(floor))
