"""An agent takes a call that rings at a colleague's phone."""

import pytest

from acd.errors import AgentBusy, NotRinging, NotSignedIn, UnknownAgent
from acd.facts import CallOffered, OfferEnded
from acd.states import AgentState, OfferOutcome
from tests.unit.floor import Floor

pytestmark = pytest.mark.unit


def ringing() -> Floor:
    """The call rings at the phone of 1001; 1002 serves no sales, and has a break."""
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.seat("1002", support=1)
    floor.not_ready("1002")
    floor.enter("call")
    assert floor.offered() == [("call", "1001")]
    return floor


def pick_up(floor: Floor, linkedid: str, number: str) -> None:
    floor.router.pick_up(linkedid, number, now_ms=floor.now_ms)
    floor.settle()


def test_the_colleagues_phone_stops_and_his_own_rings() -> None:
    floor = ringing()
    floor.wait(3_000)
    pick_up(floor, "call", "1002")
    assert [offer.agent for offer in floor.withdrawn] == ["1001"]
    assert floor.offered() == [("call", "1001"), ("call", "1002")]
    assert floor.router.roster.agent("1001").state is AgentState.READY  # and in his place among the idle
    decision = floor.stated(CallOffered)[-1].decision
    assert (decision["trigger"], decision["wait_ms"]) == ("picked_up", 3_000)
    floor.answer("call")
    assert floor.router.conversations.by_call["call"].agent == "1002"
    assert [ended.outcome for ended in floor.stated(OfferEnded)] == [OfferOutcome.WITHDRAWN, OfferOutcome.ANSWERED]
    assert floor.router.violations == 0


def test_if_he_does_not_answer_the_call_is_offered_as_before() -> None:
    floor = ringing()
    pick_up(floor, "call", "1002")
    floor.fail("call", OfferOutcome.MISSED)
    assert floor.offered()[-1] == ("call", "1001")


def test_the_colleague_who_is_free_again_serves_the_next() -> None:
    floor = ringing()
    floor.enter("next")
    pick_up(floor, "call", "1002")
    assert floor.offered()[-1] == ("next", "1001")


def test_only_a_call_that_rings_can_be_picked_up_and_only_by_who_is_in_none() -> None:
    floor = ringing()
    floor.enter("waits", "support")
    floor.define("1003", None)
    for linkedid in ("waits", "never seen"):
        with pytest.raises(NotRinging):
            pick_up(floor, linkedid, "1002")
    for number, error in (("1001", AgentBusy), ("1003", NotSignedIn), ("9999", UnknownAgent)):
        with pytest.raises(error):
            pick_up(floor, "call", number)
    floor.phone("1002", engaged=True)
    with pytest.raises(AgentBusy):
        pick_up(floor, "call", "1002")
    assert floor.offered() == [("call", "1001")]
    floor.answer("call")
    with pytest.raises(NotRinging):
        pick_up(floor, "call", "1002")
