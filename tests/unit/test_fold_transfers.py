"""Callers whom agents sent on: one record, with who spoke with them, how they were sent and by whom (real calls)."""

from dataclasses import replace

import pytest

from acd.facts import CallTransferred, WrapUpEnded
from recording.fold import fold
from recording.identity import call_id
from recording.instants import utc
from recording.record import CallRecord, Direction
from tests.ledgers import real_call, whole

pytestmark = pytest.mark.unit

# name: who spoke with the caller; transfers (kind, by, to the queue, who spoke with him next); visits
TOLD = {
    "transferred_to_queue": (
        ["1002", "1003"], [("blind", "1002", "support", "1003")], ["sales", "support"],
    ),
    "announced_to_who_answered": (["1002", "1003"], [("announced", "1002", "support", "1003")], ["sales"]),
    "announced_on_the_other_leg": (["1002", "1003"], [("announced", "1002", "support", "1003")], ["sales"]),
    "joined_before_the_answer": (
        ["1002", "1003", "1002"],
        [("blind", "1002", "support", "1003"), ("blind", "1003", None, "1002")],
        ["sales", "support", "support"],
    ),
    "daemon_killed_asking": (["1002", "1003"], [("announced", "1002", None, "1003")], ["sales"]),
    "answered_with_hold": (["1001"], [], ["sales"]),
}  # fmt: skip


def _transfers(record: CallRecord) -> list[tuple[str, str, str | None, str | None]]:
    return [(one.kind.value, one.agent, one.queue, one.to) for one in record.transfers]


@pytest.mark.parametrize("name", TOLD)
def test_a_record_tells_every_conversation_transfer_and_visit(name: str) -> None:
    record = real_call(name).record()
    spoke = [one.agent for one in record.conversations]
    assert (spoke, _transfers(record), [visit.queue for visit in record.queues]) == TOLD[name]
    for before, after in zip(record.conversations, record.conversations[1:], strict=False):
        assert before.ended_at <= after.started_at
    assert not any(one.reconstructed for one in record.transfers)


@pytest.mark.parametrize(
    ("name", "transfers"),
    [
        ("transferred_to_queue", [("blind", "1002", None, "1003")]),
        ("announced_to_who_answered", [("announced", "1002", None, "1003")]),
        ("joined_before_the_answer", [("blind", "1002", None, "1003"), ("blind", "1003", None, "1002")]),
    ],
)
def test_without_a_word_of_the_router_the_ledger_tells_who_sent_whom(
    name: str, transfers: list[tuple[str, str, str | None, str | None]]
) -> None:
    record = whole(fold(real_call(name).rows))
    assert _transfers(record) == transfers
    assert all(one.reconstructed for one in record.transfers)


def test_a_second_visit_is_measured_from_its_own_entry_not_from_the_first_answer() -> None:
    record = real_call("transferred_to_queue").record()
    first, second = record.queues
    assert second.entered_at >= record.conversations[0].ended_at
    assert record.wait_ms == first.wait_ms + second.wait_ms


def test_the_call_in_which_was_asked_is_a_record_of_its_own_and_the_two_name_each_other() -> None:
    record, asked = real_call("announced_to_who_answered").record(), real_call("asked_and_transferred").record()
    assert record.transfers[0].consult == asked.id == call_id(asked.linkedid)
    assert asked.consult_of == record.id
    assert (asked.direction, asked.caller, asked.dialled) == (Direction.INTERNAL, "1002", "7002")
    assert asked.conversations[0].ended_at <= record.conversations[1].started_at  # then he is the caller's
    assert asked.transfers == ()


def test_whoever_asked_a_colleague_in_vain_was_not_served_by_a_machine() -> None:
    asked = real_call("asked_and_joined_ringing").record()
    assert (asked.outcome.value, asked.queues) == ("abandoned", ())
    assert [offer.agent for offer in asked.offers] == ["1002"]


def test_each_agent_s_wrap_up_is_his_own() -> None:
    record = real_call("transferred_to_queue").record()
    assert [(one.agent, one.queue, one.wrap_up_ms) for one in record.wrap_ups] == [
        ("1002", "sales", 1001),
        ("1003", "support", 1003),
    ]
    assert record.wrap_up_ms == sum(one.wrap_up_ms for one in record.wrap_ups)
    first = record.wrap_ups[0]
    assert (first.ended_at - first.started_at).total_seconds() == 1.001
    assert first.started_at >= record.conversations[0].ended_at


@pytest.mark.parametrize("name", ["agent_to_agent", "asked_into_conference"])
def test_an_agent_who_gets_no_time_for_it_does_no_after_call_work(name: str) -> None:
    call = real_call(name)
    assert [fact.wrap_up_ms for fact in call.facts if isinstance(fact, WrapUpEnded)] == [0]
    assert call.record().wrap_ups == ()


def test_a_transfer_of_an_agent_to_whom_the_caller_came_back_is_not_the_one_before() -> None:
    """The router was away at the first, and tells of a second one some seconds later."""
    call = real_call("joined_before_the_answer")
    first, second = (fact for fact in call.facts if isinstance(fact, CallTransferred))
    last = call.record().conversations[-1]
    assert (first.agent, last.agent) == ("1002", "1002")
    again = replace(first, at_ms=round(last.ended_at.timestamp() * 1000), queue="sales")
    told = whole(fold(call.rows, [*(fact for fact in call.facts if fact != first), again])).transfers
    assert [(one.agent, one.reconstructed) for one in told] == [("1002", True), ("1003", False), ("1002", False)]
    assert told[1].at == utc(second.at_ms * 1000)
