"""Agents who ask a colleague or a queue, and join their caller with whom they found."""

import pytest

from acd.agents import Agent
from acd.errors import AgentBusy, AlreadyQueued, NotSignedIn, UnknownAgent
from acd.facts import CallDequeued, CallReleased, CallTransferred, OfferEnded, WrapUpEnded
from acd.states import AgentState, OfferOutcome, TransferKind
from tests.unit.floor import Floor

pytestmark = pytest.mark.unit


class Consulting(Floor):
    """Agent 1 talks with `call` of the queue sales and holds it, agent 2 is ready for support."""

    def __init__(self) -> None:
        super().__init__()
        self.seat("1", sales=1)
        self.seat("2", support=1)
        self.enter("call")
        self.answer("call")
        self.hold("call")

    def ask(self, number: str = "2") -> None:
        self.offers.append(self.router.consults.ask("consult", number, ring_ms=20_000, now_ms=self.now_ms))
        self.settle()

    def asks_queue(self) -> None:
        """Agent 1 rings the queue support and speaks with agent 2."""
        self.enter("consult", "support")
        self.answer("consult")

    def transfer(self) -> bool:
        done = self.router.transferred("call", "consult", phone="1", now_ms=self.now_ms)
        self.settle()
        return done

    def ends(self, linkedid: str, phone: str) -> None:
        self.router.released(linkedid, phone=phone, now_ms=self.now_ms)
        self.settle()

    def agent(self, number: str) -> Agent:
        return self.router.roster.agent(number)

    def balanced(self) -> bool:
        return all(queue.balanced for queue in self.router.queues.values())


def test_who_answered_for_the_queue_that_was_asked_goes_on_with_the_caller_and_the_first_agent_wraps_up() -> None:
    floor = Consulting()
    floor.asks_queue()
    assert (floor.agent("1").state, floor.agent("2").state) == (AgentState.HOLDING, AgentState.TALKING)
    floor.wait(5_000)
    assert floor.transfer()
    assert (floor.agent("1").state, floor.agent("2").state) == (AgentState.WRAP_UP, AgentState.TALKING)
    assert floor.agent("2").linkedid == "call"
    (told,) = floor.stated(CallTransferred)
    assert (told.linkedid, told.kind, told.agent) == ("call", TransferKind.ANNOUNCED, "1")
    assert (told.queue, told.to, told.consult) == ("support", "2", "consult")
    released = [(fact.linkedid, fact.agent, fact.queue) for fact in floor.stated(CallReleased)]
    assert released == [("call", "1", "sales"), ("consult", "2", "support")]
    assert list(floor.router.conversations) == ["call"]
    assert floor.balanced()


def test_only_the_end_at_the_phone_of_the_agent_who_has_the_caller_now_ends_the_conversation() -> None:
    floor = Consulting()
    floor.asks_queue()
    floor.transfer()
    floor.ends("call", "1")  # Asterisk ends both channels of the first agent
    floor.ends("consult", "2")
    floor.leave("consult")
    assert floor.agent("2").state is AgentState.TALKING
    floor.wait(7_000)
    floor.ends("call", "2")
    last = floor.stated(CallReleased)[-1]
    assert (last.linkedid, last.agent, last.queue, last.talk_ms) == ("call", "2", "support", 7_000)
    assert floor.agent("2").state is AgentState.READY  # no wrap-up in support
    assert not list(floor.router.conversations)


def test_a_colleague_is_rung_whatever_he_has_chosen_and_no_other_call_is_offered_to_him() -> None:
    floor = Consulting()
    floor.not_ready("2")
    floor.ask()
    assert floor.agent("2").state is AgentState.RINGING
    assert floor.offers[-1].decision.sentence.startswith("Agent 2 was the one to be reached when a colleague rang him")
    floor.ready("2")
    floor.enter("other", "support")
    assert not floor.router.calls["other"].offers
    floor.answer("consult")
    assert floor.agent("2").state is AgentState.TALKING
    assert not floor.router.calls["other"].offers
    assert floor.router.violations == 0
    floor.ends("consult", "2")  # the question was answered: no wrap-up, he is free for the next caller
    assert floor.agent("2").linkedid == "other"
    assert floor.balanced()


def test_a_colleague_who_takes_the_caller_over_wraps_up_as_the_callers_queue_wants_it() -> None:
    floor = Consulting()
    floor.ask()
    floor.answer("consult")
    assert floor.transfer()
    assert floor.stated(CallTransferred)[0].queue == ""
    floor.ends("call", "2")
    assert floor.agent("2").state is AgentState.WRAP_UP
    floor.wait(30_000)
    wrapped_up = [(fact.agent, fact.linkedid, fact.queue) for fact in floor.stated(WrapUpEnded)]
    assert wrapped_up == [("1", "call", "sales"), ("2", "call", "sales")]
    assert floor.agent("2").state is AgentState.READY


def test_a_colleague_who_held_the_other_when_the_caller_came_holds_still() -> None:
    floor = Consulting()
    floor.ask()
    floor.answer("consult")
    floor.hold("consult")
    floor.transfer()
    assert floor.agent("2").state is AgentState.HOLDING
    floor.wait(1_000)
    floor.retrieve("call")
    floor.ends("call", "2")
    assert floor.stated(CallReleased)[-1].hold_ms == 1_000


def test_a_colleague_who_does_not_answer_is_treated_as_for_any_missed_call() -> None:
    floor = Consulting()
    floor.ask()
    assert floor.router.is_offered("consult")
    floor.router.offer_ended(floor.offers[-1].id, OfferOutcome.MISSED, now_ms=floor.now_ms)
    floor.settle()
    assert (floor.agent("2").state, floor.agent("2").reason) == (AgentState.NOT_READY, "missed_call")
    assert not floor.router.is_offered("consult")


def test_a_colleagues_phone_stops_when_the_other_gives_up_or_he_himself_leaves() -> None:
    floor = Consulting()
    floor.ask()
    floor.leave("consult")
    assert (floor.withdrawn[-1].agent, floor.stated(OfferEnded)[-1].outcome) == ("2", OfferOutcome.ABANDONED)
    assert floor.agent("2").state is AgentState.READY
    floor.ask()
    floor.sign_out("2")
    assert (floor.withdrawn[-1].agent, floor.stated(OfferEnded)[-1].outcome) == ("2", OfferOutcome.WITHDRAWN)
    assert not floor.router.is_offered("consult")
    assert not [fact for fact in floor.stated(CallDequeued) if fact.linkedid == "consult"]


def test_a_colleague_in_a_call_or_not_there_is_not_rung() -> None:
    floor = Consulting()
    floor.phone("2", engaged=True)
    with pytest.raises(AgentBusy, match="on a private call"):
        floor.ask()
    floor.phone("2", reachable=False)
    with pytest.raises(AgentBusy, match="unreachable"):
        floor.ask()
    with pytest.raises(AgentBusy, match="holding"):
        floor.ask("1")
    floor.sign_out("2")
    with pytest.raises(NotSignedIn):
        floor.ask()
    with pytest.raises(UnknownAgent):
        floor.ask("9")
    floor.enter("consult", "support")
    with pytest.raises(AlreadyQueued):
        floor.ask()


def test_a_transfer_of_calls_that_are_not_known_changes_nothing() -> None:
    floor = Consulting()
    assert not floor.transfer()
    assert floor.agent("1").state is AgentState.HOLDING
    assert not floor.stated(CallTransferred)


def test_a_caller_nobody_knew_is_the_colleagues_from_the_transfer_on() -> None:
    floor = Consulting()
    floor.asks_queue()
    assert floor.router.transferred("found", "consult", phone="1", now_ms=floor.now_ms)
    floor.settle()
    assert floor.stated(CallTransferred)[0].agent == "1"
    assert floor.agent("2").linkedid == "found"
    assert floor.agent("1").state is AgentState.HOLDING
