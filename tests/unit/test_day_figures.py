"""A day's figures from its facts, counted by hand."""

import pytest

from acd.facts import AgentStateChanged, CallDequeued, CallQueued, Fact, OfferEnded
from acd.simulation.comparison import truth
from acd.simulation.figures import WHOLE, Figures, Stay, Tally, quantile
from acd.states import AgentState, DequeueReason, OfferOutcome, Status

pytestmark = pytest.mark.unit

ANSWERED, ABANDONED, OVERFLOWED = DequeueReason.ANSWERED, DequeueReason.ABANDONED, DequeueReason.OVERFLOWED


def queued(linkedid: str, at_ms: int, queue: str = "sales", entered_ms: int | None = None) -> Fact:
    entered_ms = at_ms if entered_ms is None else entered_ms
    return CallQueued(
        at_ms=at_ms, linkedid=linkedid, queue=queue, priority=0, skills={}, entered_ms=entered_ms, waiting=1
    )


def left(linkedid: str, at_ms: int, wait_ms: int, reason: DequeueReason, queue: str = "sales") -> Fact:
    return CallDequeued(at_ms=at_ms, linkedid=linkedid, queue=queue, reason=reason, wait_ms=wait_ms, waiting=0)


def offer_ended(linkedid: str, at_ms: int, outcome: OfferOutcome, agent: str = "1001") -> Fact:
    return OfferEnded(
        at_ms=at_ms,
        linkedid=linkedid,
        offer=f"{linkedid}.{at_ms}",
        queue="sales",
        agent=agent,
        outcome=outcome,
        ring_ms=1,
    )


def changed(agent: str, at_ms: int, before: AgentState, after: AgentState) -> Fact:
    return AgentStateChanged(
        at_ms=at_ms, agent=agent, phone=agent, before=before, after=after, status=Status.READY, reason="", cause="api"
    )


def figures(*facts: Fact, from_ms: int = 0, until_ms: int | None = None) -> Figures:
    return counted(*facts, from_ms=from_ms, until_ms=until_ms).figures()


def counted(*facts: Fact, from_ms: int = 0, until_ms: int | None = None) -> Tally:
    thresholds_ms = {"sales": 20_000, "support": 60_000}
    tally = Tally(thresholds_ms, {"1001": "sellers", "1002": "sellers"}, from_ms=from_ms, until_ms=until_ms)
    for fact in sorted(facts, key=lambda fact: fact.at_ms):
        tally.see(fact)
    return tally


def test_waits_ends_and_service_level_of_a_queue() -> None:
    calls = figures(
        *(queued(f"c{n}", 0) for n in range(1, 7)),
        left("c1", 5_000, 5_000, ANSWERED),
        left("c2", 20_000, 20_000, ANSWERED),
        left("c3", 21_000, 21_000, ANSWERED),
        left("c4", 4_000, 4_000, ABANDONED),  # short: he gave us no chance
        left("c5", 50_000, 50_000, ABANDONED),
    ).calls["sales"]
    assert (calls.calls, calls.answered, calls.abandoned, calls.elsewhere, calls.open) == (6, 3, 2, 0, 1)
    assert calls.service_level == pytest.approx(2 / 5)
    assert calls.abandonment == pytest.approx(1 / 5)
    assert calls.mean_wait_ms == pytest.approx(20_000)
    assert (calls.median_wait_ms, calls.p80_wait_ms, calls.max_wait_ms) == (20_000, 21_000, 50_000)
    assert calls.speed_of_answer_ms == pytest.approx(46_000 / 3)
    assert calls.longest_queue == 6


def test_a_queue_without_calls_has_no_data() -> None:
    calls = figures().calls["support"]
    assert (calls.calls, calls.longest_queue) == (0, 0)
    assert calls.service_level is calls.mean_wait_ms is calls.p80_wait_ms is calls.speed_of_answer_ms is None


def test_a_call_that_overflows_is_one_call_to_the_caller_and_one_in_each_queue() -> None:
    tally = counted(
        queued("a", 0),
        left("a", 30_000, 30_000, OVERFLOWED),
        queued("a", 30_000, "support", entered_ms=0),
        offer_ended("a", 45_000, OfferOutcome.ANSWERED),
        left("a", 45_000, 45_000, ANSWERED, "support"),
    )
    calls = tally.figures().calls
    assert (calls["sales"].elsewhere, calls["support"].answered) == (1, 1)
    assert (calls[WHOLE].calls, calls[WHOLE].answered, calls[WHOLE].elsewhere) == (1, 1, 0)
    assert calls[WHOLE].service_level == 1  # by the threshold of the queue that had him answered
    assert tally.ways == [Stay("a", "support", 0, "1001", ANSWERED, 45_000)]


def test_a_call_that_comes_to_a_queue_again_is_another_call_and_one_resumed_after_our_absence_is_not() -> None:
    calls = figures(
        queued("a", 0),
        queued("a", 5_000, entered_ms=0),
        left("a", 9_000, 9_000, ANSWERED),
        queued("a", 60_000),
        left("a", 61_000, 1_000, ABANDONED),
        left("b", 70_000, 1_000, ABANDONED),  # of whose entry nothing is known
    ).calls[WHOLE]
    assert (calls.calls, calls.answered, calls.abandoned) == (2, 1, 1)


def test_calls_count_by_their_entry_and_agents_time_by_the_clock_within_the_period() -> None:
    found = figures(
        changed("1001", 1_000, AgentState.SIGNED_OUT, AgentState.READY),
        queued("before", 5_000),
        left("before", 12_000, 7_000, ANSWERED),
        queued("within", 15_000),
        changed("1001", 16_000, AgentState.READY, AgentState.RINGING),
        changed("1001", 17_000, AgentState.RINGING, AgentState.TALKING),
        offer_ended("within", 17_000, OfferOutcome.ANSWERED),
        left("within", 17_000, 2_000, ANSWERED),
        queued("after", 20_000),
        changed("1001", 25_000, AgentState.TALKING, AgentState.HOLDING),
        from_ms=10_000,
        until_ms=20_000,
    )
    assert found.calls["sales"].calls == 1
    sellers = found.agents["sellers"]
    assert sellers.times_ms == {
        AgentState.SIGNED_OUT: 0,
        AgentState.READY: 6_000,
        AgentState.RINGING: 1_000,
        AgentState.TALKING: 3_000,
        AgentState.HOLDING: 0,
    }
    assert sellers.occupancy == pytest.approx(1 / 3)
    assert (sellers.answered, sellers.signed_in_ms) == (1, 10_000)


def test_occupancy_is_of_talk_hold_and_being_ready_and_groups_are_added_up() -> None:
    found = figures(
        changed("1001", 0, AgentState.SIGNED_OUT, AgentState.TALKING),
        changed("1001", 3_000, AgentState.TALKING, AgentState.HOLDING),
        changed("1001", 4_000, AgentState.HOLDING, AgentState.WRAP_UP),
        changed("1001", 9_000, AgentState.WRAP_UP, AgentState.NOT_READY),
        changed("1002", 0, AgentState.SIGNED_OUT, AgentState.READY),
        changed("1099", 0, AgentState.SIGNED_OUT, AgentState.NOT_READY),
        offer_ended("x", 5_000, OfferOutcome.MISSED),
        offer_ended("y", 6_000, OfferOutcome.REFUSED, "1002"),
        offer_ended("z", 7_000, OfferOutcome.ABANDONED, "1002"),
        until_ms=12_000,
    )
    sellers = found.agents["sellers"]
    assert (sellers.agents, sellers.missed, sellers.answered) == (2, 2, 0)
    assert sellers.occupancy == pytest.approx(4 / 16)
    assert found.agents["1099"].occupancy is None  # of no group: by himself; neither ready nor talking: no data


def test_the_period_may_end_with_the_last_fact() -> None:
    found = figures(changed("1001", 0, AgentState.SIGNED_OUT, AgentState.READY), queued("a", 8_000))
    assert found.agents["sellers"].times_ms[AgentState.READY] == 8_000


@pytest.mark.parametrize(("percent", "value"), [(1, 10), (50, 20), (51, 30), (75, 30), (80, 40), (100, 40)])
def test_a_quantile_is_the_nearest_rank(percent: int, value: int) -> None:
    assert quantile([10, 20, 30, 40], percent) == value


def test_how_true_a_replay_is() -> None:
    recorded = [
        Stay("a", "sales", 0, "1001", ANSWERED, 1_000),
        Stay("b", "sales", 0, "1002", ANSWERED, 2_000),
        Stay("c", "sales", 0, "", ABANDONED, 9_000),
        Stay("d", "sales", 0),
        Stay("a", "sales", 50_000, "1001", ANSWERED, 0),  # his second visit is not compared
    ]
    played = [
        Stay("a", "sales", 0, "1001", ANSWERED, 1_000),
        Stay("b", "sales", 0, "1001", ANSWERED, 2_600),
        Stay("c", "sales", 0, "1002", ANSWERED, 8_700),
        Stay("d", "sales", 0, "1002", ANSWERED, 5_000),
    ]
    found = truth(recorded, played)
    assert (found.calls, found.same_end, found.answered_in_both, found.same_agent) == (3, 2, 2, 1)
    assert found.mean_difference_ms == pytest.approx(100)
    assert (found.median_apart_ms, found.p95_apart_ms, found.most_apart_ms) == (300, 600, 600)


def test_of_no_calls_nothing_can_be_said() -> None:
    found = truth([], [])
    assert (found.calls, found.mean_difference_ms, found.most_apart_ms) == (0, None, None)
