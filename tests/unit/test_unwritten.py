"""Calls of which Asterisk has written nothing, or not all: what the router told of them makes the record that the
ledger would have made, as far as it was told. Held against the real calls of which there is both.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.facts import (
    AgentStateChanged,
    CallbackAttempted,
    CallEnded,
    CallOffered,
    CallReleased,
    Fact,
    OfferEnded,
    TransferEnded,
)
from acd.states import CallOutcome
from recording.balance.identity import balances
from recording.fold import fold
from recording.ledger import parse_row, vanished_row
from recording.reconcile.comparison import compare
from recording.reconcile.rows import CdrRow, read_cdr, with_linkedids
from recording.record import CallRecord, LegKind, SegmentKind
from tests.ledgers import CALLBACKS, FOLDER, RealCall, real_call, whole

pytestmark = pytest.mark.unit

MS = timedelta(milliseconds=1)
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


def asterisks(call: RealCall) -> list[CdrRow]:
    """Asterisk's own rows of that call."""
    rows = with_linkedids([one for one in read_cdr(call.cdr.decode().splitlines()) if isinstance(one, CdrRow)])
    return [row for row in rows if row.linkedid == call.rows[0].linkedid]


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


def whose(record: CallRecord) -> list[tuple[LegKind, str | None]]:
    """The legs as far as the router can tell of them: that of a caller, and agents'."""
    return sorted((leg.kind, leg.agent) for leg in record.legs if leg.kind is not LegKind.OTHER)


@pytest.mark.parametrize(("folder", "name"), TOLD, ids=[name for _, name in TOLD])
def test_its_segments_tile_it_and_its_legs_are_those_it_had_as_far_as_they_can_be_named(
    folder: object, name: str
) -> None:
    call = real_call(name, CALLBACKS if folder == CALLBACKS else FOLDER)
    made, known = whole(told(call)), call.record()
    at = made.started_at
    for one in made.segments:
        assert (one.started_at, one.started_at < one.ended_at) == (at, True)
        at = one.ended_at
    assert at == made.ended_at or not made.segments
    assert all(leg.reconstructed for leg in made.legs)
    assert {leg.channel for leg in made.legs if leg.uniqueid} <= {leg.channel for leg in known.legs}
    if made.direction != "outbound":
        assert whose(made) == whose(known)
    for leg in (leg for leg in made.legs if leg.agent):
        assert any(one.channel.startswith(leg.channel.partition("@")[0]) for one in known.legs)
    if made.conversations:
        assert {SegmentKind.TALKING, SegmentKind.CONFERENCE} & {one.kind for one in made.segments}


@pytest.mark.parametrize(("folder", "name"), TOLD, ids=[name for _, name in TOLD])
def test_it_agrees_with_asterisks_own_rows_or_their_absence_and_with_the_balance(folder: object, name: str) -> None:
    call = real_call(name, CALLBACKS if folder == CALLBACKS else FOLDER)
    made = whole(told(call))
    for theirs in ([], asterisks(call)):
        assert compare([made], theirs, {}).agrees
    assert all(one.holds for one in balances({made.linkedid: call.facts}, [made], ()))


def test_whom_a_queue_sent_outside_talked_there_if_the_router_told_so_and_else_has_overflowed() -> None:
    call = real_call("overflowed_number")
    answered = whole(told(call))
    assert (answered.outcome, [leg.kind for leg in answered.legs]) == (CallOutcome.ANSWERED, ["caller", "other"])
    (outside,) = [one for one in answered.segments if one.kind is SegmentKind.OUTSIDE]
    (known,) = [one for one in call.record().segments if one.kind is SegmentKind.OUTSIDE]
    assert near(outside.started_at, known.started_at)
    assert near(outside.ended_at, known.ended_at)
    untold = [fact for fact in call.facts if not isinstance(fact, TransferEnded)]  # of a journal before it did
    assert whole(told(call, untold)).outcome is CallOutcome.OVERFLOWED


def test_who_missed_him_and_then_answered_has_two_legs_and_both_offers_end_as_they_did() -> None:
    def by_one(fact: Fact) -> Fact:
        if isinstance(fact, AgentStateChanged):
            return replace(fact, agent="1002", phone="1002")
        return replace(fact, agent="1002") if isinstance(fact, CallOffered | OfferEnded | CallReleased) else fact

    call = real_call("several_queues")  # 1002 misses him, 1003 answers
    made = whole(told(call, [by_one(fact) for fact in call.facts]))
    assert [(one.agent, one.outcome) for one in made.offers] == [("1002", "missed"), ("1002", "answered")]
    assert [(leg.agent, leg.answered_at is not None) for leg in made.legs[1:]] == [("1002", False), ("1002", True)]
    assert [one.agent for one in made.conversations] == ["1002"]


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


def holds_against(made: CallRecord, known: CallRecord) -> None:
    """It tells the same call, each edge of a talk as near as the router was."""
    assert made.reconstructed
    assert near(made.started_at, known.started_at)
    assert near(made.connected_at, known.connected_at)
    for field in ("id", "caller", "dialled", "outcome", "queue", "agent"):
        assert getattr(made, field) == getattr(known, field), field
    assert whose(made) == whose(known)
    assert [one.agent for one in made.conversations] == [one.agent for one in known.conversations]
    assert [(one.queue, one.reason) for one in made.queues] == [(one.queue, one.reason) for one in known.queues]
    assert [(one.agent, one.outcome) for one in made.offers] == [(one.agent, one.outcome) for one in known.offers]
    assert made.talk_ms == pytest.approx(known.talk_ms, abs=2 * NEAR // MS)


@pytest.mark.parametrize(("folder", "name"), INWARD, ids=[name for _, name in INWARD])
def test_a_call_whose_beginning_or_end_the_ledger_lost_is_the_same_call(folder: object, name: str) -> None:
    call = real_call(name, CALLBACKS if folder == CALLBACKS else FOLDER)
    known, rows, facts = whole(call.record()), call.rows, call.facts
    over = parse_row(vanished_row(rows[0].linkedid, over_ms(call) * 1000))
    theirs = asterisks(call)
    for lost in range(1, len(rows)):
        later, earlier = whole(fold(rows[lost:], facts)), whole(fold([*rows[:lost], over], facts))
        assert later.ended_at == known.ended_at
        for made in (later, earlier):
            holds_against(made, known)
            assert compare([made], theirs, {}).agrees


@given(which=st.sampled_from(INWARD), data=st.data())
def test_whatever_is_lost_in_the_middle_it_is_one_call_whose_segments_tile_it(
    which: tuple[object, str], data: st.DataObject
) -> None:
    call = real_call(which[1], CALLBACKS if which[0] == CALLBACKS else FOLDER)
    known, rows = whole(call.record()), call.rows
    first = data.draw(st.integers(1, len(rows) - 2))
    last = data.draw(st.integers(first, len(rows) - 2))
    made = whole(fold(rows[:first] + rows[last:], call.facts))
    assert (made.id, made.started_at, made.ended_at) == (known.id, known.started_at, known.ended_at)
    assert all(one.ended_at == other.started_at for one, other in pairwise(made.segments))
    if made.talk_ms == 0 < known.talk_ms:  # nothing shows that anything is lost: what is written is a call by itself
        assert not made.reconstructed


@pytest.mark.parametrize(("folder", "name"), INWARD, ids=[name for _, name in INWARD])
def test_what_the_ledger_has_of_a_channel_stays_as_it_is(folder: object, name: str) -> None:
    call = real_call(name, CALLBACKS if folder == CALLBACKS else FOLDER)
    known, rows = {leg.uniqueid: leg for leg in call.record().legs}, call.rows
    for lost in range(1, len(rows)):
        for leg in whole(fold(rows[lost:], call.facts)).legs:
            assert leg.reconstructed or leg == known[leg.uniqueid]


@given(which=st.sampled_from(TOLD), data=st.data())
def test_any_order_of_reading_makes_the_same_record(which: tuple[object, str], data: st.DataObject) -> None:
    call = real_call(which[1], CALLBACKS if which[0] == CALLBACKS else FOLDER)
    moments = {fact.at_ms for fact in call.facts}
    if len(moments) == len(call.facts):  # those of one millisecond are in the journal's order
        assert told(call, data.draw(st.permutations(call.facts))) == told(call)


@pytest.mark.parametrize(
    ("name", "rows", "facts"),
    [
        ("parked_and_returned", (5, 32, 42), (0, 4, 10, 20, 24)),
        ("joined_before_the_answer", (5, 54, 58), (0, 4, 8, 19, 32, 36)),
        ("daemon_killed_held_again", (7, 33, 39, 62), (9, 10, 44, 48, 50)),
        ("outside_not_confirmed_then_answered", (5, 38, 83), (0, 4, 6, 8, 12, 16, 20)),
    ],
)
def test_no_offer_is_made_up_of_a_torn_channel(name: str, rows: tuple[int, ...], facts: tuple[int, ...]) -> None:
    """Of one of the agent's channels the end alone is written, of another the beginning, and a talk's end is lost."""
    call = real_call(name)
    record = whole(fold([call.rows[at] for at in rows], [call.facts[at] for at in facts]))
    told = [fact for at in facts if isinstance(fact := call.facts[at], CallOffered)]
    assert [one.agent for one in record.offers if not one.reconstructed] == [one.agent for one in told]
    assert len(record.offers) <= len(call.record().offers)
