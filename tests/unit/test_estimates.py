"""Estimates of the wait on simulated queues: they come true as often as they say, and are silent where they cannot."""

from dataclasses import replace
from statistics import fmean, stdev

import pytest

from acd.estimates import LEAST, Accuracy, Estimate, Estimates
from acd.facts import AgentEdited, CallDequeued, CallQueued, Fact
from acd.states import DequeueReason
from tests.unit.simulated_queue import QUEUE, SimulatedQueue, Traffic

pytestmark = pytest.mark.unit

BUSY = Traffic(between_ms=20_000)  # twelve agents' work
DAYS = 6


def observed(seed: int, traffic: Traffic, agents: int) -> tuple[SimulatedQueue, Estimates]:
    """A queue with so many agents, and the estimates that listen to it."""
    queue = SimulatedQueue(seed, traffic)
    estimates = Estimates(lambda agent, queue: True, lambda linkedid: None)
    queue.on_fact.append(estimates.on_fact)
    queue.staff(agents)
    return queue, estimates


def told(estimates: Estimates, position: int = 1) -> Estimate:
    """An estimate that there is."""
    estimate = estimates.estimate(QUEUE, position)
    assert estimate is not None
    return estimate


def judged(estimates: Estimates) -> Accuracy:
    """An accuracy that there is."""
    accuracy = estimates.accuracy(QUEUE)
    assert accuracy is not None
    return accuracy


def about(shares: list[float], wanted: float) -> bool:
    """Whether the mean over independent days is as wanted: within three standard errors, which are small."""
    error = stdev(shares) / len(shares) ** 0.5
    return bool(abs(fmean(shares) - wanted) < 3 * error < 0.12)


@pytest.mark.parametrize(
    ("traffic", "agents", "hours"),
    [
        (BUSY, 10, 5),
        (replace(BUSY, between_ms=50_000, variation=0.5), 4, 8),
        (replace(BUSY, between_ms=8_000, variation=1.5, patience_ms=300_000), 25, 3),
    ],
)
def test_half_wait_no_longer_than_the_median_and_four_in_five_no_longer_than_the_range(
    traffic: Traffic, agents: int, hours: float
) -> None:
    days = []
    for seed in range(DAYS):
        queue, estimates = observed(seed, traffic, agents)
        queue.run(hours)
        days.append(judged(estimates))
    assert about([day.within_median for day in days], 0.5)
    assert about([day.within_most for day in days], 0.8)
    assert all(day.calls == 200 for day in days)


def test_a_change_of_staff_changes_the_estimate_at_once_and_it_still_comes_true() -> None:
    days = []
    for seed in range(DAYS):
        queue, estimates = observed(seed, BUSY, 12)
        queue.run(hours=3)
        before = told(estimates, 20)
        queue.staff(6)
        after = told(estimates, 20)
        assert 1.2 < after.median_ms / before.median_ms < 2.0  # twice as long, but more of those ahead give up
        assert after.most_ms > before.most_ms
        queue.run(hours=3)
        days.append(judged(estimates))
    assert about([day.within_median for day in days], 0.5)
    assert about([day.within_most for day in days], 0.8)


def test_the_further_behind_the_longer_and_the_range_is_open_upwards() -> None:
    queue, estimates = observed(1, BUSY, 10)
    queue.run(hours=3)
    medians = [told(estimates, position).median_ms for position in range(1, 30)]
    assert medians == sorted(medians)
    assert all(told(estimates, position).most_ms > told(estimates, position).median_ms for position in range(1, 30))


def test_the_published_error_is_the_distance_of_the_median_from_the_waits_that_followed() -> None:
    queue, estimates = observed(2, BUSY, 10)
    promised: dict[str, tuple[int, Estimate]] = {}
    errors: list[int] = []

    def check(fact: Fact) -> None:
        match fact:
            case CallDequeued() if fact.linkedid in promised:
                at_ms, estimate = promised.pop(fact.linkedid)
                waited_ms = fact.at_ms - at_ms
                if fact.reason is DequeueReason.ANSWERED or waited_ms > estimate.most_ms:
                    errors.append(abs(waited_ms - estimate.median_ms))
            case CallQueued() if queue.router.calls[fact.linkedid].offer == "":
                position = len(queue.router.queue(QUEUE))
                if (estimate_now := estimates.estimate(QUEUE, position)) is not None:
                    promised[fact.linkedid] = (fact.at_ms, estimate_now)
            case _:
                pass

    queue.on_fact.append(check)
    queue.run(hours=4)
    accuracy = judged(estimates)
    assert accuracy.mean_error_ms == round(fmean(errors[-accuracy.calls :]))


def test_nothing_is_said_before_enough_callers_have_waited() -> None:
    queue, estimates = observed(3, replace(BUSY, between_ms=30_000, variation=0.1), 1)
    served = 0

    def count(fact: Fact) -> None:
        nonlocal served
        served += isinstance(fact, CallDequeued) and fact.reason is DequeueReason.ANSWERED and fact.wait_ms > 10_000
        assert (estimates.estimate(QUEUE, 1) is None) == (served < LEAST)

    queue.on_fact.append(count)
    queue.run(hours=1)
    assert served > LEAST
    assert estimates.accuracy("another") is None
    assert estimates.estimate("another", 1) is None


def test_nothing_is_said_of_a_queue_whose_callers_never_waited() -> None:
    queue, estimates = observed(4, replace(BUSY, between_ms=600_000), 10)
    queue.run(hours=5)
    assert len(queue.router.calls) == 0
    assert estimates.estimate(QUEUE, 1) is None
    assert estimates.accuracy(QUEUE) is None


def test_nothing_is_said_while_nobody_is_at_work() -> None:
    queue, estimates = observed(5, BUSY, 10)
    queue.run(hours=3)
    assert estimates.estimate(QUEUE, 1) is not None
    queue.staff(0)
    assert estimates.estimate(QUEUE, 1) is None
    queue.staff(2)
    assert estimates.estimate(QUEUE, 1) is not None


def test_an_edit_of_what_agents_can_do_counts_at_once() -> None:
    able = {str(number) for number in range(1000, 1012)}
    queue = SimulatedQueue(6, BUSY)
    estimates = Estimates(lambda agent, queue: agent in able, lambda linkedid: None)
    queue.on_fact.append(estimates.on_fact)
    queue.staff(12)
    queue.run(hours=3)
    before = told(estimates, 10).median_ms
    able.difference_update(str(number) for number in range(1000, 1006))
    assert told(estimates, 10).median_ms == before
    edit = AgentEdited(at_ms=queue.now_ms, agent="1000", name="", skills={}, attributes={}, outside="", cause="api")
    estimates.on_fact(edit)
    assert told(estimates, 10).median_ms > 1.2 * before


def test_a_caller_is_expected_to_wait_as_his_place_in_the_order_says_not_as_his_arrival_does() -> None:
    queue = SimulatedQueue(7, BUSY)
    right = Estimates(lambda agent, queue: True, lambda linkedid: None)
    wrong = Estimates(lambda agent, queue: True, lambda linkedid: 1)  # all are said to go ahead, and none does
    queue.on_fact += [right.on_fact, wrong.on_fact]
    queue.staff(8)
    queue.run(hours=3)
    assert judged(wrong).mean_error_ms > judged(right).mean_error_ms
