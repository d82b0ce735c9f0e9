"""Agents' commands and their phones: signing in and out, ready and not ready, at any moment of a call."""

import pytest

from acd.errors import AlreadySignedIn, NotSignedIn, PhoneTaken, UnknownAgent
from acd.facts import AgentDefined, AgentStateChanged, WrapUpEnded
from acd.seats import outside_seat
from acd.states import AgentState, NotReadyReason, OfferOutcome
from tests.unit.floor import Floor

pytestmark = pytest.mark.unit


def changes(floor: Floor, number: str) -> list[tuple[AgentState, AgentState, str]]:
    return [(fact.before, fact.after, fact.cause) for fact in floor.stated(AgentStateChanged) if fact.agent == number]


def test_an_agent_may_sign_in_without_being_ready() -> None:
    floor = Floor()
    floor.enter("call")
    floor.seat("1001", ready=False, sales=1)
    (fact,) = floor.stated(AgentStateChanged)
    assert (fact.after, fact.reason, fact.phone) == (AgentState.NOT_READY, NotReadyReason.SIGNED_IN, "1001")
    assert floor.offered() == []


def test_one_agent_has_one_session() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    with pytest.raises(AlreadySignedIn, match="agent 1001 is signed in at phone 1001"):
        floor.sign_in("1001", "2001")
    assert floor.router.roster.at_phone("2001") is None


def test_one_phone_seats_one_agent() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.router.roster.define("1002", "Wang Wei", {})
    with pytest.raises(PhoneTaken, match="phone 1001 is taken by agent 1001"):
        floor.sign_in("1002", "1001")
    assert floor.state("1002") is AgentState.SIGNED_OUT


def test_an_agent_nobody_knows_can_do_nothing() -> None:
    floor = Floor()
    for command in (floor.sign_in, floor.sign_out, floor.ready, floor.not_ready):
        with pytest.raises(UnknownAgent, match="there is no agent '9999'"):
            command("9999")


def test_an_agent_who_is_signed_out_must_sign_in_first() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.sign_out("1001")
    for command in (floor.sign_out, floor.ready, floor.not_ready):
        with pytest.raises(NotSignedIn, match="agent 1001 is not signed in"):
            command("1001")


def test_an_agent_at_a_phone_asterisk_has_not_spoken_of_is_unreachable_until_it_does() -> None:
    floor = Floor()
    floor.router.roster.define("1001", "Li Na", {"sales": 1})
    floor.sign_in("1001")
    floor.enter("call")
    assert floor.state("1001") is AgentState.UNREACHABLE
    floor.phone("1001")
    assert floor.offered() == [("call", "1001")]


def test_a_phone_that_unregisters_makes_its_agent_unreachable_and_registering_ready_again() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.phone("1001", reachable=False)
    floor.phone("1001")
    assert changes(floor, "1001")[1:] == [
        (AgentState.READY, AgentState.UNREACHABLE, "device"),
        (AgentState.UNREACHABLE, AgentState.READY, "device"),
    ]


def test_an_outside_number_can_be_rung_until_a_call_to_it_fails_and_then_again() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.sign_out("1001")
    floor.sign_in("1001", outside_seat("13800138000"))
    assert floor.state("1001") is AgentState.READY
    floor.enter("call")
    floor.fail("call", OfferOutcome.UNREACHABLE)
    assert floor.state("1001") is AgentState.UNREACHABLE
    floor.wait(15_000)
    assert floor.offered() == [("call", "1001"), ("call", "1001")]


def test_a_phone_at_which_nobody_sits_concerns_nobody() -> None:
    floor = Floor()
    floor.phone("2001", engaged=True)
    assert floor.facts == []


def test_signing_out_frees_the_phone_for_somebody_else() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.sign_out("1001")
    floor.router.roster.define("1002", "Wang Wei", {})
    floor.sign_in("1002", "1001")
    assert floor.router.roster.at_phone("1001") is floor.router.roster.agent("1002")


def test_signing_out_while_the_phone_rings_takes_the_offer_back_and_rings_the_next_agent() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("call")
    floor.seat("1002", sales=1)
    floor.sign_out("1001")
    assert floor.withdrawn == floor.offers[:1]
    assert floor.offered()[-1] == ("call", "1002")
    assert floor.state("1001") is AgentState.SIGNED_OUT


def test_going_not_ready_while_the_phone_rings_takes_the_offer_back() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("call")
    floor.not_ready("1001", "break")
    assert floor.withdrawn == floor.offers
    fact = floor.stated(AgentStateChanged)[-1]
    assert (fact.after, fact.reason) == (AgentState.NOT_READY, "break")
    assert not floor.router.calls["call"].offer


def test_signing_out_in_a_conversation_lets_it_go_on_and_leaves_without_wrap_up() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("call")
    floor.answer("call")
    floor.sign_out("1001")
    assert floor.state("1001") is AgentState.TALKING
    assert floor.router.roster.at_phone("1001") is floor.router.roster.agent("1001")
    floor.release("call")
    assert floor.state("1001") is AgentState.SIGNED_OUT
    assert floor.router.roster.at_phone("1001") is None
    assert [ended.wrap_up_ms for ended in floor.stated(WrapUpEnded)] == [0]


def test_an_agent_who_signed_out_in_a_conversation_may_sign_in_again_before_its_end() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("call")
    floor.answer("call")
    floor.sign_out("1001")
    floor.sign_in("1001")
    floor.release("call")
    assert floor.state("1001") is AgentState.WRAP_UP
    floor.wait(30_000)
    assert floor.state("1001") is AgentState.READY


def test_an_agent_who_signs_in_elsewhere_before_the_end_of_a_conversation_leaves_his_phone_to_others() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("call")
    floor.answer("call")
    floor.sign_out("1001")
    floor.sign_in("1001", "2001")
    assert floor.router.roster.at_phone("1001") is None
    assert floor.router.roster.at_phone("2001") is floor.router.roster.agent("1001")


def test_going_not_ready_in_a_conversation_holds_from_the_end_of_wrap_up() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("call")
    floor.answer("call")
    floor.not_ready("1001", "meal")
    assert floor.state("1001") is AgentState.TALKING
    floor.release("call")
    assert floor.state("1001") is AgentState.WRAP_UP
    floor.wait(30_000)
    fact = floor.stated(AgentStateChanged)[-1]
    assert (fact.after, fact.reason) == (AgentState.NOT_READY, "meal")


def test_a_ready_agent_is_ready_only_once() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    said = list(floor.facts)
    floor.ready("1001")
    assert floor.facts == said


def test_every_change_says_who_caused_it_from_sign_in_to_sign_out() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("call")
    floor.fail("call", OfferOutcome.MISSED)
    floor.ready("1001")
    floor.answer("call")
    floor.hold("call")
    floor.retrieve("call")
    floor.release("call")
    floor.wait(30_000)
    floor.sign_out("1001")
    assert changes(floor, "1001") == [
        (AgentState.SIGNED_OUT, AgentState.READY, "api"),
        (AgentState.READY, AgentState.RINGING, "offer"),
        (AgentState.RINGING, AgentState.NOT_READY, "offer"),
        (AgentState.NOT_READY, AgentState.READY, "api"),
        (AgentState.READY, AgentState.RINGING, "offer"),
        (AgentState.RINGING, AgentState.TALKING, "offer"),
        (AgentState.TALKING, AgentState.HOLDING, "phone"),
        (AgentState.HOLDING, AgentState.TALKING, "phone"),
        (AgentState.TALKING, AgentState.WRAP_UP, "call"),
        (AgentState.WRAP_UP, AgentState.READY, "system"),
        (AgentState.READY, AgentState.SIGNED_OUT, "api"),
    ]


def test_new_skills_count_from_the_next_look() -> None:
    floor = Floor()
    floor.seat("1001", support=1)
    floor.router.roster.define("1001", "Li Na", {"sales": 1})
    floor.enter("call", "sales")
    assert floor.offered() == [("call", "1001")]
    assert floor.router.roster.agent("1001").name == "Li Na"
    assert "1001" in floor.router.roster
    assert "1002" not in floor.router.roster


def test_it_is_stated_what_an_agent_can_do_when_he_becomes_known_and_whenever_that_changes() -> None:
    floor = Floor()
    floor.define("1001", {"team": "north"}, sales=3)
    floor.define("1001", {"team": "north"}, sales=3)
    floor.wait(10)
    floor.define("1001", {"team": "south"}, sales=3)
    assert [(fact.at_ms, fact.agent, fact.skills, fact.attributes) for fact in floor.stated(AgentDefined)] == [
        (1_000_000, "1001", {"sales": 3}, {"team": "north"}),
        (1_000_010, "1001", {"sales": 3}, {"team": "south"}),
    ]
