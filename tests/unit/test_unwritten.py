"""Calls of which Asterisk has written nothing: what the router told of them makes the record that the ledger would have
made, as far as it was told. Held against the real calls of which there is both.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.facts import CallbackAttempted, CallEnded, Fact
from acd.states import CallOutcome
from recording.balance.identity import balances
from recording.fold import fold
from recording.ledger import parse_row, vanished_row
from recording.reconcile.comparison import compare
from recording.reconcile.rows import CdrRow, read_cdr, with_linkedids
from recording.record import CallRecord, SegmentKind
from tests.ledgers import CALLBACKS, FOLDER, RealCall, real_call, whole

pytestmark = pytest.mark.unit

NEAR = timedelta(milliseconds=200)
"""The router hears of a thing later than Asterisk, by its own word or the machine's."""

HAND_TIMED = frozenset(
    {"abandoned_ringing", "abandoned_waiting", "answered_agent_hangs_up", "answered_caller_hangs_up",
     "answered_with_hold", "missed_then_answered", "refused_then_answered", "served_by_ivr"}
)  # fmt: skip
"""Their journals are of the first days: half a second behind the ledger, and not always of the same mind."""


def over_ms(call: RealCall) -> int:
    return max((one.at_ms for one in call.facts if isinstance(one, CallEnded | CallbackAttempted)), default=0)


TOLD = [
    (folder, one.name)
    for folder in (FOLDER, CALLBACKS)
    for one in sorted(folder.iterdir())
    if over_ms(real_call(one.name, folder)) and not one.name.startswith("daemon_killed") and one.name not in HAND_TIMED
]


def told(call: RealCall, facts: Sequence[Fact] | None = None) -> CallRecord | None:
    """The record of the router's word alone, ended by us when that says so."""
    row = parse_row(vanished_row(call.rows[0].linkedid, over_ms(call) * 1000))
    return fold([row], call.facts if facts is None else facts)


def near(one: datetime | None, other: datetime | None) -> bool:
    return one == other or (one is not None and other is not None and abs(one - other) < NEAR)


@pytest.mark.parametrize(("folder", "name"), TOLD, ids=[name for _, name in TOLD])
def test_the_routers_word_alone_makes_the_same_record_as_far_as_it_goes(folder: object, name: str) -> None:
    call = real_call(name, CALLBACKS if folder == CALLBACKS else FOLDER)
    known, made = call.record(), whole(told(call))
    assert made.reconstructed
    assert made.reason == "asterisk_lost" or made.direction == "outbound"
    for field in ("id", "direction", "caller", "caller_name", "dialled", "queue", "callback", "origin", "consult_of",
                  "ivr_path", "wrap_ups", "closings", "surveys", "messages", "parkings", "agent"):  # fmt: skip
        assert getattr(made, field) == getattr(known, field), field
    assert [(one.queue, one.reason) for one in made.queues] == [(one.queue, one.reason) for one in known.queues]
    assert [(one.agent, one.outcome) for one in made.offers] == [(one.agent, one.outcome) for one in known.offers]
    assert [one.agent for one in made.conversations] == [one.agent for one in known.conversations]
    assert near(made.connected_at, known.connected_at)
    assert near(made.started_at, known.started_at)
    for field in ("wait_ms", "talk_ms", "hold_ms", "parked_ms"):
        assert getattr(made, field) == pytest.approx(getattr(known, field), abs=200), field


@pytest.mark.parametrize(("folder", "name"), TOLD, ids=[name for _, name in TOLD])
def test_its_segments_tile_it_and_no_leg_is_made_up(folder: object, name: str) -> None:
    call = real_call(name, CALLBACKS if folder == CALLBACKS else FOLDER)
    made = whole(told(call))
    at = made.started_at
    for one in made.segments:
        assert (one.started_at, one.started_at < one.ended_at) == (at, True)
        at = one.ended_at
    assert at == made.ended_at or not made.segments
    known = {leg.channel for leg in call.record().legs}
    assert {leg.channel for leg in made.legs} <= known
    if made.conversations:
        assert {SegmentKind.TALKING, SegmentKind.CONFERENCE} & {one.kind for one in made.segments}


@pytest.mark.parametrize(("folder", "name"), TOLD, ids=[name for _, name in TOLD])
def test_it_agrees_with_asterisks_own_rows_or_their_absence_and_with_the_balance(folder: object, name: str) -> None:
    call = real_call(name, CALLBACKS if folder == CALLBACKS else FOLDER)
    made = whole(told(call))
    rows = with_linkedids([one for one in read_cdr(call.cdr.decode().splitlines()) if isinstance(one, CdrRow)])
    for theirs in ([], [row for row in rows if row.linkedid == made.linkedid]):
        assert compare([made], theirs, {}).agrees
    assert all(one.holds for one in balances({made.linkedid: call.facts}, [made], ()))


def test_what_a_queue_sent_outside_is_told_as_overflowed_for_nobody_told_whether_he_was_answered() -> None:
    call = real_call("overflowed_number")
    assert (call.record().outcome, whole(told(call)).outcome) == (CallOutcome.ANSWERED, CallOutcome.OVERFLOWED)


@given(which=st.sampled_from(TOLD), data=st.data())
def test_whatever_of_the_journal_is_lost_too_there_is_a_record_or_none_and_no_error(
    which: tuple[object, str], data: st.DataObject
) -> None:
    call = real_call(which[1], CALLBACKS if which[0] == CALLBACKS else FOLDER)
    facts = [fact for fact in call.facts if data.draw(st.booleans())]
    record = told(call, data.draw(st.permutations(facts)))
    assert record is None or (record.reconstructed and record.id == call.record().id)


INWARD = [
    (folder, name)
    for folder, name in TOLD
    if whole(real_call(name, CALLBACKS if folder == CALLBACKS else FOLDER).record()).direction == "inbound"
]


@pytest.mark.parametrize(("folder", "name"), INWARD, ids=[name for _, name in INWARD])
def test_a_call_whose_beginning_the_ledger_lost_begins_when_the_router_told(folder: object, name: str) -> None:
    call = real_call(name, CALLBACKS if folder == CALLBACKS else FOLDER)
    known, rows = whole(call.record()), call.rows
    for lost in range(1, len(rows)):
        made = whole(fold(rows[lost:], call.facts))
        assert made.reconstructed
        assert near(made.started_at, known.started_at)
        for field in ("id", "ended_at", "dialled", "caller"):
            assert getattr(made, field) == getattr(known, field), field
        assert [one.agent for one in made.conversations] == [one.agent for one in known.conversations]
        assert made.talk_ms == pytest.approx(known.talk_ms, abs=200)


@given(which=st.sampled_from(TOLD), data=st.data())
def test_any_order_of_reading_makes_the_same_record(which: tuple[object, str], data: st.DataObject) -> None:
    call = real_call(which[1], CALLBACKS if which[0] == CALLBACKS else FOLDER)
    moments = {fact.at_ms for fact in call.facts}
    if len(moments) == len(call.facts):  # those of one millisecond are in the journal's order
        assert told(call, data.draw(st.permutations(call.facts))) == told(call)
