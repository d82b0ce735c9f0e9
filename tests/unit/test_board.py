"""The picture of the calls under way, folded from facts."""

from dataclasses import replace

import pytest

from acd.facts import (
    AgentStateChanged,
    CallArrived,
    CallDequeued,
    CallEnded,
    CallHeld,
    CallOffered,
    CallQueued,
    CallReleased,
    CallRetrieved,
    CallTransferred,
    Fact,
    NodeEntered,
    OfferEnded,
    WrapUpEnded,
)
from acd.states import AgentState, DequeueReason, EndedBy, OfferOutcome, Status, TransferKind
from cti.board import Board, CallState

pytestmark = pytest.mark.unit

CALL = "node1-1.1"
ARRIVED = CallArrived(
    at_ms=10, linkedid=CALL, channel="c", caller="1", caller_name="Ma", dialled="4000", flow="hotline"
)
AT_MENU = NodeEntered(at_ms=11, linkedid=CALL, node="menu", kind="menu")
QUEUED = CallQueued(at_ms=20, linkedid=CALL, queue="sales", priority=0, skills={}, entered_ms=15, waiting=1)
OFFERED = CallOffered(at_ms=30, linkedid=CALL, offer="o", queue="sales", agent="1001", wait_ms=15, decision={})
ANSWERED = OfferEnded(
    at_ms=40, linkedid=CALL, offer="o", queue="sales", agent="1001", outcome=OfferOutcome.ANSWERED, ring_ms=10
)
TAKEN = CallDequeued(at_ms=40, linkedid=CALL, queue="sales", reason=DequeueReason.ANSWERED, wait_ms=25, waiting=0)
HELD = CallHeld(at_ms=50, linkedid=CALL, agent="1001")
RETRIEVED = CallRetrieved(at_ms=60, linkedid=CALL, agent="1001")
RELEASED = CallReleased(at_ms=70, linkedid=CALL, queue="sales", agent="1001", talk_ms=20, hold_ms=10)
ENDED = CallEnded(at_ms=80, linkedid=CALL, by=EndedBy.AGENT, reason="done")
TALKING = AgentStateChanged(
    at_ms=40,
    agent="1001",
    phone="1001",
    before=AgentState.RINGING,
    after=AgentState.TALKING,
    status=Status.READY,
    reason="",
    cause="offer",
    linkedid=CALL,
)


def after(*facts: Fact) -> Board:
    board = Board()
    for fact in facts:
        board.on_fact(fact)
    return board


@pytest.mark.parametrize(
    ("facts", "state", "since_ms", "queue", "agent"),
    [
        ((ARRIVED,), CallState.IVR, 10, "", ""),
        ((ARRIVED, AT_MENU), CallState.IVR, 10, "", ""),
        ((ARRIVED, QUEUED), CallState.WAITING, 20, "sales", ""),
        ((ARRIVED, QUEUED, OFFERED), CallState.RINGING, 30, "sales", "1001"),
        ((ARRIVED, QUEUED, OFFERED, TALKING, ANSWERED, TAKEN), CallState.TALKING, 40, "sales", "1001"),
        ((ARRIVED, QUEUED, OFFERED, ANSWERED, TAKEN, HELD), CallState.HOLDING, 50, "sales", "1001"),
        ((ARRIVED, QUEUED, OFFERED, ANSWERED, TAKEN, HELD, RETRIEVED), CallState.TALKING, 60, "sales", "1001"),
        ((ARRIVED, QUEUED, OFFERED, ANSWERED, TAKEN, RELEASED), CallState.IVR, 70, "", ""),
    ],
)
def test_a_call_is_where_its_last_fact_put_it(
    facts: tuple[Fact, ...], state: CallState, since_ms: int, queue: str, agent: str
) -> None:
    call = after(*facts).calls[CALL]
    assert (call.state, call.since_ms, call.queue, call.agent) == (state, since_ms, queue, agent)
    assert (call.arrived_ms, call.caller, call.caller_name, call.dialled) == (10, "1", "Ma", "4000")


def test_a_missed_offer_puts_the_call_back_with_its_first_entry() -> None:
    call = after(ARRIVED, QUEUED, OFFERED, replace(ANSWERED, outcome=OfferOutcome.MISSED)).calls[CALL]
    assert (call.state, call.agent, call.queue, call.entered_ms) == (CallState.WAITING, "", "sales", 15)


def test_a_call_that_left_its_queue_unanswered_is_in_the_menu_again() -> None:
    call = after(ARRIVED, AT_MENU, QUEUED, replace(TAKEN, reason=DequeueReason.TIMED_OUT)).calls[CALL]
    assert (call.state, call.queue, call.entered_ms, call.node) == (CallState.IVR, "", None, "menu")


def test_a_call_that_is_over_is_gone() -> None:
    assert (
        after(ARRIVED, QUEUED, ENDED, WrapUpEnded(at_ms=90, linkedid=CALL, queue="", agent="", wrap_up_ms=1)).calls
        == {}
    )


def test_a_conversation_found_under_way_is_shown_until_it_is_released() -> None:
    found = after(TALKING)
    call = found.calls[CALL]
    assert (call.state, call.agent, call.caller) == (CallState.TALKING, "1001", "")
    found.on_fact(RELEASED)
    assert found.calls == {}


def test_a_caller_found_under_way_is_shown_with_whom_his_agent_has_left_him() -> None:
    given = CallTransferred(
        at_ms=75, linkedid=CALL, kind=TransferKind.ANNOUNCED, agent="1001", queue="", to="1002", consult="consult"
    )
    call = after(TALKING, RELEASED, given).calls[CALL]
    assert (call.state, call.agent, call.since_ms) == (CallState.TALKING, "1002", 75)


def test_a_fact_of_a_call_never_seen_is_passed_over() -> None:
    assert after(QUEUED, OFFERED, RELEASED, ENDED).calls == {}


def test_an_agent_is_in_his_state_since_it_changed_not_since_its_reason_did() -> None:
    on_a_break = replace(TALKING, before=AgentState.NOT_READY, after=AgentState.NOT_READY, at_ms=99, linkedid="")
    assert after(TALKING, on_a_break).since_ms == {"1001": 40}


def of_agent(before: AgentState, after: AgentState, at_ms: int, linkedid: str = CALL) -> AgentStateChanged:
    """The agent goes from one state to the next."""
    return replace(TALKING, before=before, after=after, at_ms=at_ms, linkedid=linkedid)


IN_WRAP_UP = of_agent(AgentState.TALKING, AgentState.WRAP_UP, 70)
READY = of_agent(AgentState.WRAP_UP, AgentState.READY, 90, "")


@pytest.mark.parametrize(
    "ends", [[RELEASED, IN_WRAP_UP, ENDED], [IN_WRAP_UP, RELEASED, ENDED], [RELEASED, ENDED, IN_WRAP_UP]]
)
def test_a_call_is_its_agents_until_his_wrap_up_is_over(ends: list[Fact]) -> None:
    board = after(ARRIVED, QUEUED, OFFERED, ANSWERED, TAKEN, TALKING, *ends)
    (wrapped,) = board.wrapped.values()
    assert (wrapped.linkedid, wrapped.caller, wrapped.agent, wrapped.state) == (CALL, "1", "1001", CallState.WRAP_UP)
    assert (wrapped.since_ms, board.calls) == (70, {})
    board.on_fact(replace(IN_WRAP_UP, before=AgentState.WRAP_UP, at_ms=80))  # his choice has changed, not his state
    assert board.wrapped["1001"] == wrapped
    board.on_fact(READY)
    assert board.wrapped == {}


def test_who_has_no_wrap_up_keeps_nothing_of_his_call_and_takes_nothing_from_the_call_before() -> None:
    board = after(ARRIVED, QUEUED, OFFERED, ANSWERED, TAKEN, TALKING, RELEASED, ENDED)
    board.on_fact(of_agent(AgentState.TALKING, AgentState.READY, 90, ""))
    board.on_fact(of_agent(AgentState.READY, AgentState.WRAP_UP, 95, "node1-2.0"))  # of a daemon before us
    assert board.wrapped == {}
