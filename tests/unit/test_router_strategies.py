"""Choice of agent: each strategy's rule, and several phones at once."""

import pytest

from acd.choice import Strategy
from acd.facts import OfferEnded
from acd.occupancy import NEVER_BUSY, WINDOW_MS, after_busy, busy_ms
from acd.states import AgentState, OfferOutcome
from tests.unit.floor import Floor

pytestmark = pytest.mark.unit


def floor_of(strategy: Strategy, **agents: int) -> Floor:
    """Agents a…z by their level of sales, signed in one second apart."""
    floor = Floor()
    floor.queue("sales", skills={"sales": 1}, strategy=strategy)
    for number, level in agents.items():
        floor.seat(number, sales=level)
        floor.wait(1_000)
    return floor


def serve(floor: Floor, linkedid: str, talk_ms: int) -> str:
    """The agent who got the call, which lasted so long."""
    floor.enter(linkedid)
    agent = floor.offers[-1].agent
    floor.answer(linkedid)
    floor.wait(talk_ms)
    floor.release(linkedid)
    return agent


def test_longest_idle_takes_who_became_free_first() -> None:
    floor = floor_of(Strategy.LONGEST_IDLE, a=1, b=9, c=5)
    assert [serve(floor, str(call), 100 * call) for call in range(6)] == ["a", "b", "c", "a", "b", "c"]


def test_most_skilled_takes_the_highest_level_then_the_longest_idle() -> None:
    floor = floor_of(Strategy.MOST_SKILLED, a=3, b=9, c=9)
    floor.enter("first")
    floor.enter("second")
    floor.enter("third")
    assert [agent for _, agent in floor.offered()] == ["b", "c", "a"]


def test_least_occupied_takes_who_was_least_busy_of_late_however_long_ago_he_became_free() -> None:
    floor = floor_of(Strategy.LEAST_OCCUPIED, a=1, b=1)
    assert serve(floor, "long", 300_000) == "a"
    assert serve(floor, "short", 10_000) == "b"
    assert serve(floor, "next", 10_000) == "b", "a has been idle longer, but was busier"
    floor.enter("last")
    told = floor.offers[-1].decision.to_json()
    assert told["rule"] == "least_occupied"
    busy = {one["agent"]: one["busy_ms"] for one in told["candidates"]}
    assert 19_000 < busy["b"] < 20_000
    assert 240_000 < busy["a"] < 300_000


def test_round_robin_goes_by_the_last_offer_even_if_that_was_missed() -> None:
    floor = floor_of(Strategy.ROUND_ROBIN, a=1, b=1, c=1)
    floor.enter("missed")
    floor.fail("missed", OfferOutcome.MISSED)
    floor.leave("missed")
    floor.ready("a")
    assert [serve(floor, str(call), 10) for call in range(4)] == ["c", "a", "b", "c"]


def test_several_phones_ring_for_one_call_and_the_first_to_answer_has_it() -> None:
    floor = Floor()
    floor.queue("sales", skills={"sales": 1}, ring_several=2)
    for number in ("1001", "1002", "1003"):
        floor.seat(number, sales=1)
        floor.wait(1_000)
    floor.enter("call")
    assert floor.offered() == [("call", "1001"), ("call", "1002")]
    floor.enter("other")
    assert floor.offered()[2:] == [("other", "1003")], "nobody is rung for two calls"
    floor.router.answered("call", phone="1002", now_ms=floor.now_ms)
    floor.settle()
    ended = {fact.agent: fact.outcome for fact in floor.stated(OfferEnded)}
    assert ended == {"1001": OfferOutcome.ANSWERED_ELSEWHERE, "1002": OfferOutcome.ANSWERED}
    assert [floor.state(number) for number in ("1001", "1002")] == [AgentState.READY, AgentState.TALKING]
    assert floor.withdrawn == [], "Asterisk itself stops the other phones"
    floor.fail("other", OfferOutcome.UNREACHABLE)
    assert floor.offered()[3:] == [("other", "1001")], "he kept his place"


def test_a_call_rings_on_at_the_other_phone_when_one_of_two_refuses() -> None:
    floor = Floor()
    floor.queue("sales", skills={"sales": 1}, ring_several=2)
    for number in ("1001", "1002", "1003"):
        floor.seat(number, sales=1)
        floor.wait(1_000)
    floor.not_ready("1003")
    floor.enter("call")
    floor.fail("call", OfferOutcome.REFUSED)
    floor.ready("1003")
    assert floor.offered() == [("call", "1001"), ("call", "1002")]
    floor.fail("call", OfferOutcome.MISSED)
    assert floor.offered()[2:] == [("call", "1003")]


def test_of_several_ringing_agents_one_who_signs_out_is_taken_back_alone() -> None:
    floor = Floor()
    floor.queue("sales", skills={"sales": 1}, ring_several=2)
    for number in ("1001", "1002"):
        floor.seat(number, sales=1)
    floor.enter("call")
    floor.sign_out("1001")
    assert [offer.agent for offer in floor.withdrawn] == ["1001"]
    floor.answer("call")
    assert floor.state("1002") is AgentState.TALKING


def test_busy_time_fades_alike_for_all_so_that_the_order_of_the_idle_stands() -> None:
    start_ms = 1_700_000_000_000
    load = after_busy(NEVER_BUSY, start_ms, start_ms + 60_000)
    assert busy_ms(load, start_ms + 60_000) == pytest.approx(60_000, rel=0.02)
    assert busy_ms(load, start_ms + 60_000 + WINDOW_MS) == pytest.approx(60_000 / 2.718281828, rel=0.02)
    twice = after_busy(load, start_ms + 120_000, start_ms + 180_000)
    assert busy_ms(twice, start_ms + 180_000) == pytest.approx(60_000 + 60_000 * 0.9355, rel=0.02)
    assert busy_ms(NEVER_BUSY, start_ms) == 0
    assert after_busy(load, 5, 5) == load
    whole = after_busy(NEVER_BUSY, start_ms, start_ms + 100 * WINDOW_MS)
    assert busy_ms(whole, start_ms + 100 * WINDOW_MS) == pytest.approx(WINDOW_MS)
