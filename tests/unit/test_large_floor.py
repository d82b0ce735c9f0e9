"""What must hold on a floor of hundreds of agents and calls, whatever happens on it."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acd.facts import CallDequeued, CallOverflowed, CallStepped, Fact, OfferEnded
from acd.router import Router
from acd.states import DequeueReason, OfferOutcome
from tests.unit.large_floor import LargeFloor

pytestmark = pytest.mark.unit


@given(seed=st.integers(0, 2**32))
@settings(max_examples=12, deadline=None)
def test_offers_are_single_in_order_to_the_ready_and_nobody_is_lost_or_starved(seed: int) -> None:
    LargeFloor(seed, agents=120).play(250)


def test_the_histories_are_rich_enough_to_mean_something() -> None:
    floor = LargeFloor(1, agents=200)
    floor.play(700)
    kinds = Counter(type(fact) for fact in floor.facts)
    assert kinds[CallStepped] > 30
    assert kinds[CallOverflowed] > 30
    assert {fact.outcome for fact in floor.facts if isinstance(fact, OfferEnded)} >= {
        OfferOutcome.ANSWERED,
        OfferOutcome.ANSWERED_ELSEWHERE,
        OfferOutcome.MISSED,
        OfferOutcome.WITHDRAWN,
    }
    assert {fact.reason for fact in floor.facts if isinstance(fact, CallDequeued)} == set(DequeueReason)
    assert max(floor.judge.entered.values()) > 100


@given(seed=st.integers(0, 2**32))
@settings(max_examples=4, deadline=None)
def test_the_same_history_gives_the_same_facts(seed: int) -> None:
    floor = LargeFloor(seed, agents=60)
    floor.play(200)
    again, facts = Router(), list[Fact]()
    for verb in floor.history:
        verb(again)
        facts += again.take().facts
    assert facts == floor.facts
