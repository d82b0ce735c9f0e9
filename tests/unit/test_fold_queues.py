"""Queue visits as the router tells them, laid over the ledger of a real call."""

from datetime import timedelta

import pytest

from acd.facts import CallDequeued, CallQueued, Fact, MenuAnswered
from acd.states import CallOutcome, DequeueReason
from recording.fold import fold
from recording.record import CallRecord
from tests.ledgers import real_call, whole

pytestmark = pytest.mark.unit

CALL = real_call("served_by_ivr")
START_MS = CALL.rows[0].at_us // 1000
LINKEDID = CALL.rows[0].linkedid


def _queued(after_ms: int, queue: str, entered_ms: int | None = None) -> CallQueued:
    entered = START_MS + (after_ms if entered_ms is None else entered_ms)
    return CallQueued(
        at_ms=START_MS + after_ms, linkedid=LINKEDID, queue=queue, priority=3, skills={}, entered_ms=entered, waiting=1
    )


def _dequeued(after_ms: int, queue: str, reason: DequeueReason) -> CallDequeued:
    return CallDequeued(at_ms=START_MS + after_ms, linkedid=LINKEDID, queue=queue, reason=reason, wait_ms=0, waiting=0)


def _record(*facts: Fact) -> CallRecord:
    return whole(fold(CALL.rows, [*CALL.facts, *facts]))


def _visits(record: CallRecord) -> list[tuple[str, str, int]]:
    start = record.started_at.replace(microsecond=record.started_at.microsecond // 1000 * 1000)
    return [
        (visit.queue, visit.reason.value, round((visit.left_at - start) / timedelta(milliseconds=1)))
        for visit in record.queues
    ]


def test_a_caller_whose_patience_is_not_asked_for_longer_timed_out() -> None:
    record = _record(_queued(100, "sales"), _dequeued(500, "sales", DequeueReason.TIMED_OUT))
    assert _visits(record) == [("sales", "timed_out", 500)]
    assert (record.outcome, record.wait_ms, record.priority) == (CallOutcome.TIMED_OUT, 400, 3)
    assert not record.reconstructed


def test_an_overflow_is_two_visits_whose_waits_add_up_and_do_not_overlap() -> None:
    record = _record(
        _queued(100, "sales"),
        _dequeued(300, "sales", DequeueReason.OVERFLOWED),
        _queued(300, "support", entered_ms=100),  # the router counts from the first queue, the visit does not
        _dequeued(600, "support", DequeueReason.TIMED_OUT),
    )
    assert _visits(record) == [("sales", "overflowed", 300), ("support", "timed_out", 600)]
    assert record.wait_ms == 500
    assert record.queue == "support"


def test_a_second_queue_without_a_word_on_the_first_is_an_overflow() -> None:
    record = _record(_queued(100, "sales"), _queued(300, "support"))
    assert _visits(record)[0] == ("sales", "overflowed", 300)
    assert record.reconstructed


def test_the_same_queue_again_is_a_second_visit_unless_the_first_was_withdrawn() -> None:
    def twice(reason: DequeueReason) -> int:
        return len(_record(_queued(100, "sales"), _dequeued(200, "sales", reason), _queued(300, "sales")).queues)

    assert twice(DequeueReason.TIMED_OUT) == 2
    assert twice(DequeueReason.WITHDRAWN) == 1


def test_a_leaving_without_an_entry_is_passed_over() -> None:
    assert _record(_dequeued(200, "sales", DequeueReason.ABANDONED)).queues == ()


def test_an_answer_at_a_menu_that_is_not_told_of_is_a_step_of_its_own() -> None:
    answer = MenuAnswered(at_ms=START_MS + 100_000, linkedid=LINKEDID, node="survey", choice="5")
    step = _record(answer).ivr_path[-1]
    assert (step.node, step.kind, step.choice) == ("survey", "menu", "5")
