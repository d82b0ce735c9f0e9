"""The decision record: who was looked at, why each was left out, and the sentence that says it."""

import json

import pytest

from acd.choice import LongestIdle
from acd.decisions import Candidate, Trigger
from acd.facts import CallOffered
from acd.states import OfferOutcome
from tests.unit.floor import Floor

pytestmark = pytest.mark.unit


def test_every_agent_signed_in_is_a_candidate_and_whoever_is_left_out_has_a_reason() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("talks already")
    floor.answer("talks already")
    floor.seat("1002", ready=False, sales=1)
    floor.not_ready("1002", "break")
    floor.seat("1003", sales=1)
    floor.phone("1003", reachable=False)
    floor.seat("1004", sales=1)
    floor.phone("1004", engaged=True)
    floor.seat("1005", support=9)
    floor.seat("1006", sales=1)
    floor.sign_out("1006")
    floor.seat("1007", sales=1)
    floor.wait(2_000)
    floor.seat("1008", sales=1)
    floor.wait(5_000)
    floor.enter("call")
    assert floor.offers[-1].decision.candidates == (
        Candidate(agent="1001", excluded="talking"),
        Candidate(agent="1002", excluded="not_ready (break)"),
        Candidate(agent="1003", excluded="unreachable"),
        Candidate(agent="1004", excluded="on a private call"),
        Candidate(agent="1005", excluded="sales 0 below 1"),
        Candidate(agent="1007", excluded="", compared=LongestIdle(1_000_000, "1007")),
        Candidate(agent="1008", excluded="", compared=LongestIdle(1_002_000, "1008")),
    )
    assert floor.offers[-1].decision.sentence == (
        "Agent 1007 was idle longest (7000 ms) when the call entered the queue; asked for: sales >= 1; "
        "other free agents: 1, left out: 5."
    )


def test_the_record_says_what_the_caller_needed_and_how_long_he_had_waited() -> None:
    floor = Floor()
    floor.enter("call", priority=4, skills={"sales": 3, "english": 2})
    floor.wait(12_000)
    floor.seat("1001", sales=5, english=2)
    (decision,) = (offer.decision for offer in floor.offers)
    assert decision.requires == "sales >= 1 and sales >= 3 and english >= 2"
    assert (decision.queue, decision.priority, decision.wait_ms) == ("sales", 4, 12_000)


def test_the_record_names_the_moment_that_brought_the_two_together() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("first")
    floor.seat("1002", sales=1)
    floor.fail("first", OfferOutcome.MISSED)
    floor.enter("second")
    floor.ready("1001")
    floor.leave("second")
    floor.phone("1001", engaged=True)
    floor.enter("third")
    floor.phone("1001")
    floor.enter("fourth")
    floor.leave("third")
    assert [(offer.linkedid, offer.decision.trigger) for offer in floor.offers] == [
        ("first", Trigger.CALL_ENTERED),
        ("first", Trigger.OFFER_ENDED),
        ("second", Trigger.AGENT_READY),
        ("third", Trigger.PHONE_FREE),
        ("fourth", Trigger.AGENT_FREE),
    ]
    assert all(offer.decision.sentence for offer in floor.offers)


def test_the_record_goes_into_the_journal_with_its_sentence() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    floor.enter("call")
    (fact,) = floor.stated(CallOffered)
    kept = json.loads(json.dumps(fact.decision))
    assert kept["rule"] == "longest_idle"
    assert kept["candidates"] == [{"agent": "1001", "excluded": "", "idle_ms": 0}]
    assert kept["sentence"] == floor.offers[0].decision.sentence
