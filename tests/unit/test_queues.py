"""A queue: who is next, and the count that always balances."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.queues import Call, Order, Queue, QueueSettings
from acd.requirements import ANY
from acd.states import DequeueReason

pytestmark = pytest.mark.unit


def call(linkedid: str, *, priority: int = 0, entered_ms: int = 0, sequence: int = 0) -> Call:
    return Call(
        linkedid=linkedid,
        queue="sales",
        priority=priority,
        skills={},
        requires=ANY,
        data={},
        entered_ms=entered_ms,
        queued_ms=entered_ms,
        sequence=sequence,
        order=Order(entered_ms - 60_000 * priority, entered_ms, sequence),
    )


def queue_of(*calls: Call) -> Queue:
    queue = Queue(QueueSettings(name="sales"))
    for each in calls:
        queue.enter(each)
    return queue


def test_higher_priority_goes_ahead_then_earlier_entry_then_who_came_first() -> None:
    queue = queue_of(
        call("second to come", entered_ms=20, sequence=3),
        call("urgent", priority=5, entered_ms=30, sequence=4),
        call("first to come", entered_ms=20, sequence=2),
        call("earliest", entered_ms=10, sequence=5),
    )
    assert [each.linkedid for each in queue] == ["urgent", "earliest", "first to come", "second to come"]


def test_a_call_that_leaves_is_counted_under_its_reason() -> None:
    first, second = call("first", sequence=1), call("second", sequence=2)
    queue = queue_of(first, second)
    queue.leave(first, DequeueReason.ABANDONED)
    assert list(queue) == [second]
    assert (queue.entered, queue.left) == (2, {DequeueReason.ABANDONED: 1})
    assert queue.balanced


@pytest.mark.parametrize(
    "stranger",
    [call("never entered", sequence=9), call("same place, another call", sequence=1)],
    ids=lambda stranger: str(stranger.linkedid),
)
def test_a_call_that_does_not_stand_there_cannot_leave(stranger: Call) -> None:
    queue = queue_of(call("waiting", sequence=1))
    with pytest.raises(LookupError, match=f"call {stranger.linkedid} does not stand in queue sales"):
        queue.leave(stranger, DequeueReason.ABANDONED)
    assert len(queue) == 1
    assert queue.balanced


def test_a_count_that_does_not_add_up_is_seen() -> None:
    queue = queue_of(call("waiting"))
    queue.entered += 1
    assert not queue.balanced


places = st.tuples(st.integers(0, 10), st.integers(0, 5))


@given(st.lists(places), st.data())
def test_whoever_comes_and_goes_the_rest_stand_in_order_and_the_count_balances(
    entries: list[tuple[int, int]], data: st.DataObject
) -> None:
    calls = [
        call(f"call {n}", priority=priority, entered_ms=entered_ms, sequence=n)
        for n, (priority, entered_ms) in enumerate(entries)
    ]
    queue = queue_of(*calls)
    for gone in data.draw(st.lists(st.sampled_from(calls), unique_by=id) if calls else st.just([])):
        queue.leave(gone, data.draw(st.sampled_from(DequeueReason)))
        calls.remove(gone)
        assert list(queue) == sorted(calls, key=lambda each: each.order)
        assert queue.balanced
