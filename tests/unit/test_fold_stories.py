"""Calls that random stories on real telephones (tests/load/stories) told wrongly once: what their records must say."""

from dataclasses import replace
from itertools import pairwise

import pytest

from acd.facts import AgentStateChanged, CallHeld, CallRetrieved, CallTransferred
from acd.states import TransferKind
from recording.fold import fold
from recording.record import CallRecord
from tests.ledgers import real_call, whole

pytestmark = pytest.mark.unit


def met(record: CallRecord) -> list[str]:
    """With whom he was when, the waits and moments of the flow left out."""
    assert all(one.ended_at == after.started_at for one, after in pairwise(record.segments))
    told = [one for one in record.segments if one.kind in ("talking", "hold", "parked", "conference")]
    return [":".join((one.kind, *one.agents)) for one in told]


def test_who_fetched_a_parked_caller_and_sent_him_on_at_once_has_talked_with_him() -> None:
    record = real_call("parked_fetched_and_sent_on").record()
    assert met(record) == ["talking:1004", "parked:1004", "talking:1002"]
    assert [one.agent for one in record.conversations] == ["1004", "1002"]
    (transfer,) = record.transfers
    assert (transfer.agent, transfer.queue, transfer.to) == ("1002", "support", None)


def test_a_hold_in_which_the_daemon_died_ends_with_its_music() -> None:
    record = real_call("daemon_killed_holding").record()
    assert met(record)[-3:] == ["talking:1003", "hold:1003", "talking:1003"]
    last = record.conversations[-1]
    assert last.hold_ms == 874  # from CallHeld to the end of the music
    assert all(one.hold_ms < (one.ended_at - one.started_at).total_seconds() * 1000 for one in record.conversations)


def test_a_hold_after_one_in_which_the_daemon_died_is_another() -> None:
    record = real_call("daemon_killed_held_again").record()
    assert met(record)[-7:] == [
        "talking:1002", "hold:1002", "talking:1002", "hold:1002", "talking:1004", "hold:1004", "talking:1002",
    ]  # fmt: skip


@pytest.mark.parametrize("music", [True, False])
def test_a_hold_that_the_next_daemon_found_under_way_is_one_hold(music: bool) -> None:
    call = real_call("daemon_killed_holding")
    told_of = [fact for fact in call.facts if isinstance(fact, AgentStateChanged) and fact.agent == "1003"]
    found = next(fact for fact in told_of if (fact.cause, fact.after) == ("system", "talking"))
    told = {"linkedid": found.linkedid, "agent": "1003"}
    facts = [*call.facts, CallHeld(at_ms=found.at_ms, **told), CallRetrieved(at_ms=found.at_ms + 157, **told)]
    record = whole(fold([row for row in call.rows if music or not row.type.startswith("STREAM")], facts))
    assert met(record)[-3:] == ["talking:1003", "hold:1003", "talking:1003"]
    assert record.conversations[-1].hold_ms == pytest.approx(874, abs=1)


def test_without_its_music_such_a_hold_ends_when_the_next_daemon_found_them_talking() -> None:
    call = real_call("daemon_killed_holding")
    rows = [row for row in call.rows if not row.type.startswith("STREAM")]
    record = whole(fold(rows, call.facts))
    assert met(record)[-3:] == ["talking:1003", "hold:1003", "talking:1003"]
    assert record.conversations[-1].hold_ms == 718


def test_a_hold_of_which_no_daemon_told_is_known_by_its_music() -> None:
    call = real_call("daemon_killed_holding")
    silent = [fact for fact in call.facts if type(fact).__name__ not in ("CallHeld", "CallRetrieved")]
    told, heard = call.record(), whole(fold(call.rows, silent))
    assert met(heard) == met(told)
    assert abs(heard.hold_ms - told.hold_ms) < 100


def test_a_caller_whom_the_queue_brings_back_to_his_sender_was_sent_to_him() -> None:
    call = real_call("transferred_to_queue")
    facts = [
        replace(fact, agent="1003") if isinstance(fact, CallTransferred) else fact for fact in call.facts
    ]  # who answers in the queue is 1003
    (transfer,) = whole(fold(call.rows, facts)).transfers[-1:]
    assert (transfer.kind, transfer.agent, transfer.to) == (TransferKind.BLIND, "1003", "1003")
