"""Why a call went the way it went, in sentences read off the router's facts."""

from dataclasses import replace

import pytest

from acd.facts import (
    CallArrived,
    CallerRecognised,
    CallJoined,
    CallOverflowed,
    CallTransferred,
    Fact,
    LookUpEnded,
    TransferEnded,
    VoicemailLeft,
)
from acd.queues import QueueSettings, Step
from acd.requirements import parse
from acd.states import DequeueReason, OfferOutcome, OverflowCause, TransferKind
from acd.targets import Target, TargetKind
from recording.explanation import explain
from tests.ledgers import real_call
from tests.unit.floor import SALES, Floor

pytestmark = pytest.mark.unit


def sentences(facts: list[Fact]) -> list[str]:
    return [one.sentence for one in explain(facts)]


def test_a_call_s_way_through_steps_offers_and_overflow_is_told_in_order() -> None:
    floor = Floor()
    floor.router.define_queue(
        replace(
            SALES,
            requires=parse("sales >= 5"),
            steps=(
                Step(after_ms=10_000, requires=parse("sales >= 1"), priority=2),
                Step(after_ms=60_000, overflow=Target(TargetKind.QUEUE, "support")),
            ),
        ),
        now_ms=floor.now_ms,
    )
    floor.seat("1001", sales=2)
    floor.seat("1002", ready=False, sales=9)
    floor.enter("call", priority=1)
    floor.wait(10_000)
    floor.fail("call", OfferOutcome.MISSED)
    floor.wait(60_000)
    floor.leave("call")
    told = explain(floor.facts)
    assert [one.sentence for one in told] == [
        "The call came into queue sales (1 points of priority); calls there, itself included: 1.",
        "After 10.0 s it came to step 1: asked for sales >= 1, 3 points of priority.",
        "Agent 1001 was idle longest (10000 ms) when the call came to its next step; asked for: sales >= 1; "
        "other free agents: 0, left out: 1.",
        "Agent 1001 did not answer (0.0 s).",
        "It went to queue support: the queue's way leads there.",
        "It left queue sales after 60.0 s for elsewhere.",
        "The call came into queue support (1 points of priority); calls there, itself included: 1.",
        "It left queue support after 70.0 s because the caller hung up.",
    ]
    offer = told[2]
    assert (offer.queue, offer.agent, offer.decision["step"]) == ("sales", "1001", 1)
    assert {one["agent"]: one["excluded"] for one in offer.decision["candidates"]} == {
        "1001": "",
        "1002": "not_ready (signed_in)",
    }
    assert all(not one.decision for one in told if one is not offer)


def test_what_a_call_asks_for_itself_is_told_with_its_entry() -> None:
    floor = Floor()
    floor.router.define_queue(QueueSettings(name="anybody"), now_ms=floor.now_ms)
    floor.router.roster.define("1001", "Li", {})
    floor.router.enter("call", "anybody", skills={"chinese": 3}, preferred="1001", now_ms=floor.now_ms)
    floor.settle()
    assert sentences(floor.facts)[0] == (
        "The call came into queue anybody (asking for chinese >= 3, waiting for agent 1001 at first); "
        "calls there, itself included: 1."
    )


@pytest.mark.parametrize("outcome", OfferOutcome)
def test_every_end_of_an_offer_has_its_words(outcome: OfferOutcome) -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("call")
    floor.fail("call", outcome)
    assert sentences(floor.facts)[2].startswith("Agent 1001 ")


@pytest.mark.parametrize("reason", DequeueReason)
def test_every_way_out_of_a_queue_has_its_words(reason: DequeueReason) -> None:
    floor = Floor()
    floor.enter("call")
    floor.leave("call", reason)
    assert sentences(floor.facts)[-1].startswith("It left queue sales after 0.0 s ")


def test_a_call_that_came_to_no_queue_has_nothing_to_explain() -> None:
    arrived = CallArrived(
        at_ms=1, linkedid="call", channel="c", caller="1", caller_name="", dialled="4003", flow="announcement"
    )
    assert explain([arrived]) == ()


def test_an_agent_whom_the_plain_queue_rang_while_we_were_away_is_told_as_that() -> None:
    call = real_call("fallback_answered")
    told = explain(call.facts, call.record().offers)
    rung = [one for one in told if not one.fact]
    assert len(rung) == 1
    assert rung[0].sentence.startswith("Asterisk's plain queue rang agent ")
    assert " he answered (" in rung[0].sentence
    assert list(told) == sorted(told, key=lambda one: one.at)


@pytest.mark.parametrize(
    ("name", "priority", "agent", "sentence"),
    [
        ("Ma", 3, "", "The caller is in the directory; 3 points of priority."),
        ("Ma", 0, "1001", "The caller is in the directory; agent 1001 first, his own or his last."),
        ("", 0, "1002", "The caller is known; agent 1002 first, his own or his last."),
    ],
)
def test_who_the_caller_is_stands_before_his_queues(name: str, priority: int, agent: str, sentence: str) -> None:
    known = CallerRecognised(at_ms=1, linkedid="call", name=name, priority=priority, vip=priority > 0, agent=agent)
    assert sentences([known]) == [sentence]


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        (
            CallTransferred(at_ms=1, linkedid="call", kind=TransferKind.BLIND, agent="1001", queue="support"),
            "Agent 1001 sent it on to queue support.",
        ),
        (
            CallJoined(at_ms=1, linkedid="call", agent="1002", by="1001", consult="other"),
            "Agent 1002 came beside agent 1001 and the caller.",
        ),
        (
            CallTransferred(at_ms=1, linkedid="call", kind=TransferKind.BLIND, agent="1001", to="1002"),
            "Agent 1001 sent it on to agent 1002.",
        ),
        (
            VoicemailLeft(at_ms=1, linkedid="call", queue="sales", language="en", duration_ms=4_200, file="a.wav"),
            "The caller left a message for queue sales (4.2 s).",
        ),
        (
            LookUpEnded(at_ms=1, linkedid="call", node="ask", took_ms=100, error=""),
            "Node ask asked a program (0.1 s).",
        ),
        (
            LookUpEnded(at_ms=1, linkedid="call", node="ask", took_ms=3_000, error="look-up-timed-out"),
            "Node ask asked a program (3.0 s), in vain: look-up-timed-out.",
        ),
        (
            TransferEnded(
                at_ms=1, linkedid="call", node="out", extension="", number="139", answered=True, talk_ms=9, error=""
            ),
            "Node out sent the caller to a number outside.",
        ),
        (
            TransferEnded(
                at_ms=1, linkedid="call", node="in", extension="7", number="", answered=False, talk_ms=0, error="why"
            ),
            "Node in sent the caller to extension 7, in vain: why.",
        ),
    ],
)
def test_where_a_call_went_besides_is_told(fact: Fact, sentence: str) -> None:
    assert sentences([fact]) == [sentence]


def test_a_message_is_told_with_who_heard_it() -> None:
    told = sentences(real_call("message_left").facts)
    assert told == [
        "The caller left a message for queue sales (3.9 s).",
        "The message stands in queue sales for an agent to hear.",
        "Agent 1001 heard some of the message (0.2 s).",
        "Agent 1001 heard some of the message (0.2 s).",
    ]


def test_who_leaves_by_his_key_is_told_wherever_he_goes() -> None:
    for kind in (TargetKind.CALLBACK, TargetKind.VOICEMAIL):
        left = CallOverflowed(at_ms=1, linkedid="a", queue="sales", cause=OverflowCause.CALLER, to=kind)
        (sentence,) = sentences([left])
        assert sentence.endswith(": the caller pressed the key to leave.")


def test_every_cause_and_every_way_out_of_a_queue_has_its_words() -> None:
    for kind in TargetKind:
        for cause in OverflowCause:
            assert sentences([CallOverflowed(at_ms=1, linkedid="a", queue="sales", cause=cause, to=kind)])
