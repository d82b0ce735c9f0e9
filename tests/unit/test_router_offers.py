"""Offers: who is chosen, what an offer that came to nothing means for the agent, and what passes without effect."""

import pytest

from acd.facts import AgentStateChanged, CallOffered, OfferEnded
from acd.states import AgentState, NotReadyReason, OfferOutcome
from tests.unit.floor import Floor

pytestmark = pytest.mark.unit


def test_the_agent_idle_longest_is_chosen() -> None:
    floor = Floor()
    floor.seat("1002", sales=1)
    floor.wait(1)
    floor.seat("1001", sales=9)
    floor.enter("call")
    assert floor.offered() == [("call", "1002")]


def test_agents_idle_equally_long_are_chosen_by_number() -> None:
    floor = Floor()
    floor.seat("1002", sales=1)
    floor.seat("1001", sales=1)
    floor.enter("call")
    assert floor.offered() == [("call", "1001")]


def test_of_agents_who_become_free_in_the_same_moment_the_one_idle_longest_is_chosen() -> None:
    floor = Floor()
    floor.seat("1001")
    floor.enter("gives up at 60 s", "anybody")
    floor.wait(40_000)
    floor.seat("1002", sales=1)
    floor.enter("cannot be rung", "sales")
    floor.fail("cannot be rung", OfferOutcome.UNREACHABLE)  # until 55 s
    floor.leave("cannot be rung")
    floor.enter("waits", "anybody")
    floor.late_alarm(20_000)
    assert floor.offered()[-1] == ("waits", "1001")


def test_an_agent_who_says_again_that_he_is_ready_keeps_his_place_among_the_idle() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.wait(1)
    floor.seat("1002", sales=1)
    floor.wait(1)
    floor.ready("1001")
    floor.enter("call")
    assert floor.offered() == [("call", "1001")]


def test_idleness_counts_from_the_end_of_wrap_up() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("first")
    floor.answer("first")
    floor.seat("1002", sales=1)
    floor.release("first")
    floor.wait(30_000)
    floor.enter("second")
    assert floor.offered()[-1] == ("second", "1002")


def test_two_callers_at_once_ring_two_agents_and_none_twice() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.seat("1002", sales=1)
    for linkedid in ("first", "second", "third"):
        floor.enter(linkedid)
    assert floor.offered() == [("first", "1001"), ("second", "1002")]
    assert floor.router.violations == 0


def test_an_offer_says_where_to_ring_and_how_long() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.sign_out("1001")
    floor.phone("2007")
    floor.sign_in("1001", "2007")
    floor.enter("call")
    (offer,) = floor.offers
    assert (offer.phone, offer.ring_ms, offer.at_ms) == ("2007", 20_000, floor.now_ms)


def test_a_call_has_an_offer_as_long_as_a_phone_rings_for_it() -> None:
    floor = Floor()
    floor.enter("call")
    call = floor.router.calls["call"]
    assert not floor.router.offers_of(call)
    floor.seat("1001", sales=1)
    assert floor.router.offers_of(call) == [floor.offers[0]]
    floor.fail("call")
    assert not floor.router.offers_of(call)


def test_each_offer_has_an_identity_of_its_own() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.seat("1002", sales=1)
    floor.enter("call")
    floor.fail("call")
    assert len({offer.id for offer in floor.offers}) == 2
    assert [offered.offer for offered in floor.stated(CallOffered)] == [offer.id for offer in floor.offers]


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (OfferOutcome.MISSED, NotReadyReason.MISSED_CALL),
        (OfferOutcome.REFUSED, NotReadyReason.REFUSED_CALL),
    ],
)
def test_an_agent_who_did_not_take_the_call_is_not_ready_so_that_no_other_caller_rings_an_empty_chair(
    outcome: OfferOutcome, reason: NotReadyReason
) -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("call")
    floor.fail("call", outcome)
    assert floor.state("1001") is AgentState.NOT_READY
    assert floor.stated(AgentStateChanged)[-1].reason == reason
    floor.ready("1001")
    assert floor.offered() == [("call", "1001"), ("call", "1001")]


def test_a_phone_that_could_not_be_rung_is_left_alone_for_a_while_and_is_not_held_against_the_agent() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("call")
    floor.fail("call", OfferOutcome.UNREACHABLE)
    assert floor.state("1001") is AgentState.UNREACHABLE
    floor.wait(14_999)
    assert len(floor.offers) == 1
    floor.wait(1)
    assert floor.offered() == [("call", "1001"), ("call", "1001")]


def test_a_phone_that_asterisk_has_lost_meanwhile_is_not_tried_again() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("call")
    floor.fail("call", OfferOutcome.UNREACHABLE)
    floor.phone("1001", reachable=False)
    floor.wait(60_000)
    assert len(floor.offers) == 1
    floor.phone("1001")
    assert len(floor.offers) == 2


def test_asterisk_saying_again_what_it_said_before_does_not_end_the_pause() -> None:
    """Else a phone that is registered but takes no call would be rung without end: each try moves its device state."""
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("call")
    floor.fail("call", OfferOutcome.UNREACHABLE)
    floor.phone("1001")
    assert floor.state("1001") is AgentState.UNREACHABLE
    assert len(floor.offers) == 1


def test_an_agent_whose_caller_gave_up_keeps_his_place_among_the_idle() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.wait(1)
    floor.seat("1002", sales=1)
    floor.enter("gives up")
    floor.wait(5_000)
    floor.leave("gives up")
    floor.enter("stays")
    assert floor.offered()[-1] == ("stays", "1001")


def test_an_agent_on_a_private_call_is_not_rung_until_it_is_over() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.phone("1001", engaged=True)
    floor.enter("call")
    assert floor.offered() == []
    assert floor.state("1001") is AgentState.READY
    floor.phone("1001", engaged=False)
    assert floor.offered() == [("call", "1001")]


def test_the_end_of_an_offer_that_has_ended_already_changes_nothing() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("call")
    stale = floor.offers[0].id
    floor.leave("call")
    said = list(floor.facts)
    floor.router.offer_ended(stale, OfferOutcome.MISSED, now_ms=floor.now_ms)
    floor.settle()
    assert floor.facts == said
    assert floor.state("1001") is AgentState.READY


def test_an_answer_is_taken_once() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("call")
    floor.wait(3_000)
    floor.answer("call")
    floor.answer("call")
    assert [(ended.outcome, ended.ring_ms) for ended in floor.stated(OfferEnded)] == [(OfferOutcome.ANSWERED, 3_000)]


def test_an_answer_for_a_caller_who_is_not_being_offered_is_passed_over() -> None:
    floor = Floor()
    floor.enter("call")
    floor.answer("call")
    floor.answer("nobody")
    assert "call" in floor.router.calls


def test_an_offer_to_an_agent_who_has_one_is_counted_and_not_made() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.router.roster.agent("1001").linkedid = "a call the router has lost sight of"
    floor.enter("call")
    assert floor.offered() == []
    assert floor.router.violations == 1


def test_an_answer_at_a_phone_whose_offer_was_taken_back_makes_nobody_else_talk() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.wait(1)
    floor.seat("1002", sales=1)
    floor.enter("call")
    floor.router.set_not_ready("1001", "meal", cause="api", now_ms=floor.now_ms)
    floor.settle()
    floor.router.answered("call", phone="1001", now_ms=floor.now_ms)
    floor.settle()
    assert floor.router.roster.agent("1002").state is AgentState.RINGING
    floor.router.answered("call", phone="1002", now_ms=floor.now_ms)
    floor.router.released("call", phone="1001", now_ms=floor.now_ms)  # his phone falls silent late
    floor.settle()
    assert floor.router.roster.agent("1002").state is AgentState.TALKING
