"""What a call has been through in queues: whose place is kept for a wish or a message that he leaves behind."""

import pytest

from acd.facts import CallArrived, CallDequeued, CallQueued, CallReleased, Fact
from acd.states import DequeueReason
from ivr.journeys import Journeys
from tests.unit.running_floor import distributor
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit

CALL = "node1-7.1"
ARRIVED = CallArrived(at_ms=0, linkedid=CALL, channel="", caller="", caller_name="", dialled="", flow="")
QUEUED = CallQueued(at_ms=1_000, linkedid=CALL, queue="sales", priority=0, skills={}, entered_ms=1_000, waiting=1)


def left(reason: DequeueReason) -> CallDequeued:
    """He has waited for nine seconds."""
    return CallDequeued(at_ms=10_000, linkedid=CALL, queue="sales", reason=reason, wait_ms=9_000, waiting=0)


SERVED = CallReleased(at_ms=60_000, linkedid=CALL, queue="sales", agent="1001", talk_ms=50_000, hold_ms=0)


@pytest.mark.parametrize(
    ("story", "since_ms"),
    [
        ((), 70_000),
        ((ARRIVED,), 70_000),
        ((ARRIVED, QUEUED, left(DequeueReason.TIMED_OUT)), 61_000),
        ((ARRIVED, QUEUED, left(DequeueReason.ANSWERED), SERVED), 70_000),
    ],
)
@in_virtual_time
async def test_who_has_waited_in_vain_keeps_that_time_and_who_was_served_or_has_not_waited_comes_anew(
    story: tuple[Fact, ...], since_ms: int
) -> None:
    floor = distributor("1001")
    journeys = Journeys(floor)
    for fact in story:
        journeys.on_fact(fact)
    assert journeys.since_ms(CALL, 70_000) == since_ms
    floor.close()
