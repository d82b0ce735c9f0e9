"""The fold over ledgers of real calls, with and without the router's account of them."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acd.facts import AgentStateChanged, CallHeld, CallQueued, CallRetrieved, Fact
from acd.states import AgentState, CallOutcome, DequeueReason, EndedBy, OfferOutcome, Status
from recording.fold import fold
from recording.ledger import LedgerRow, RowType, parse_row, vanished_row
from recording.record import CallRecord, Direction, LegKind, SegmentKind
from tests.ledgers import NAMES, RealCall, real_call, whole
from tests.unit.expected_records import ABANDONED, ANSWERED, EXPECTED

pytestmark = pytest.mark.unit


def test_every_real_call_has_an_expectation() -> None:
    assert sorted(EXPECTED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_real_call_becomes_the_record_a_person_would_write(name: str) -> None:
    record = real_call(name).record()
    offers = [(offer.agent, offer.outcome.value) for offer in record.offers]
    last = record.queues[-1].reason.value if record.queues else None
    assert EXPECTED[name] == (
        record.outcome, record.ended_by.value, record.agent, offers, last, record.reconstructed,
    )  # fmt: skip


def _without_holds(record: CallRecord) -> CallRecord:
    """Of holds the ledger has the music, which begins and ends some milliseconds apart from what the router tells."""
    conversations = tuple(one.model_copy(update={"hold_ms": 0}) for one in record.conversations)
    return record.model_copy(update={"conversations": conversations, "talk_ms": record.talk_ms + record.hold_ms})


@pytest.mark.parametrize("name", [name for name in NAMES if real_call(name).facts])
def test_answer_conversation_and_end_are_known_without_a_word_of_the_router(name: str) -> None:
    call = real_call(name)
    told, alone = _without_holds(call.record()), _without_holds(whole(fold(call.rows)))
    assert alone.reconstructed
    for field in (
        "id", "caller", "caller_name", "dialled", "started_at", "answered_at", "connected_at", "ended_at", "agent",
        "talk_ms", "conversations", "legs",
    ):  # fmt: skip
        assert getattr(alone, field) == getattr(told, field), field
    if told.outcome is ANSWERED:
        assert alone.outcome is ANSWERED


@pytest.mark.parametrize("name", NAMES)
def test_times_agree_with_themselves(name: str) -> None:
    record = real_call(name).record()
    assert record.started_at <= record.ended_at
    whole_ms = (record.ended_at - record.started_at) / timedelta(milliseconds=1)
    assert record.wait_ms + record.talk_ms + record.hold_ms <= whole_ms
    for visit in record.queues:
        assert record.started_at <= visit.entered_at <= visit.left_at <= record.ended_at
    for offer in record.offers:
        assert offer.ring_ms <= whole_ms
    for leg in record.legs:
        assert record.started_at <= leg.started_at <= leg.ended_at <= record.ended_at


ENDS_WITH_THE_TALK = frozenset({"surveyed", "parked_from_a_flow"})
"""Of what the caller hears and keys after his agent, Asterisk's own record says nothing."""


@pytest.mark.parametrize("name", NAMES)
def test_start_answer_and_end_agree_with_asterisks_own_cdr(name: str) -> None:
    record = real_call(name).record()
    rows = (real_call(name).cdr).decode().splitlines()
    times = sorted(field for row in rows for field in row.split('"') if field.startswith("2026-"))
    ended_at = record.conversations[-1].ended_at if name in ENDS_WITH_THE_TALK else record.ended_at
    for ours, theirs in ((record.started_at, times[0]), (ended_at, times[-1])):
        assert abs(ours - ours.fromisoformat(theirs + "+00:00")) <= timedelta(seconds=1)


def test_the_way_through_the_menu_is_told() -> None:
    record = real_call("answered_agent_hangs_up").record()
    assert [(step.node, step.kind, step.choice) for step in record.ivr_path] == [
        ("menu", "menu", "1"),
        ("sales", "queue", None),
    ]


def test_the_queue_visit_carries_what_the_router_said() -> None:
    record = real_call("missed_then_answered").record()
    assert (record.queue, record.priority, record.skills) == ("sales", 0, {"sales": 1})
    assert len(record.queues) == 1  # back at the head after the missed offer: the same visit
    assert record.wait_ms == record.queues[0].wait_ms > 2000
    assert record.offers[0].decision == {"agent": "1001", "candidates": 2}


def test_a_caller_taken_over_by_the_fallback_queue_keeps_his_wait() -> None:
    record = real_call("daemon_killed_and_back").record()
    assert [visit.queue for visit in record.queues] == ["sales"]
    assert record.wait_ms == pytest.approx(3620, abs=20)
    assert [offer.reconstructed for offer in record.offers] == [True, False]


def test_a_caller_fetched_back_into_the_menu_has_left_the_fallback_queue() -> None:
    record = real_call("daemon_killed_in_menu").record()
    assert [(visit.queue, visit.reason.value, visit.wait_ms) for visit in record.queues] == [
        ("support", "withdrawn", 3555)
    ]
    assert [(step.node, step.choice) for step in record.ivr_path] == [("language", None), ("language", None)]
    assert record.reason == "hung_up"


def test_a_caller_fetched_back_into_the_menu_enters_a_queue_anew() -> None:
    call = real_call("daemon_killed_in_menu")
    entered_ms = call.facts[-1].at_ms - 60
    chosen = CallQueued(
        at_ms=entered_ms, linkedid=call.rows[0].linkedid, queue="support", priority=0, skills={}, waiting=1,
        entered_ms=entered_ms,
    )  # fmt: skip
    record = whole(fold(call.rows, [*call.facts, chosen]))
    assert [visit.reason.value for visit in record.queues] == ["withdrawn", "abandoned"]
    assert record.outcome is ABANDONED


def test_legs_are_the_caller_and_every_phone_that_rang() -> None:
    legs = real_call("refused_then_answered").record().legs
    assert [(leg.kind, leg.number, leg.agent, leg.cause) for leg in legs] == [
        (LegKind.CALLER, "5551234", None, 16),
        (LegKind.AGENT, "1001", "1001", 17),
        (LegKind.AGENT, "1002", "1002", 16),
    ]
    assert [leg.answered_at is not None for leg in legs] == [True, False, True]


def test_a_callers_name_arrives_unharmed() -> None:
    assert real_call("answered_caller_hangs_up").record().caller_name == 'Zhou \\"Sam\\" $(reboot); `id`, 周'


def test_hold_is_taken_from_talk() -> None:
    call = real_call("answered_with_hold")
    plain = call.record()
    assert plain.connected_at is not None
    held_ms = int((plain.connected_at + timedelta(milliseconds=700)).timestamp() * 1000)
    told = {"linkedid": plain.linkedid, "agent": "1001"}
    facts: list[Fact] = [
        *call.facts,
        CallHeld(at_ms=held_ms, **told),
        CallRetrieved(at_ms=held_ms + 600, **told),
        CallHeld(at_ms=held_ms + 1300, **told),  # and never retrieved
    ]
    record = whole(fold(call.rows, facts))
    assert record.hold_ms + record.talk_ms == plain.talk_ms
    first, second = 600, plain.talk_ms - 700 - 1300
    assert record.hold_ms == pytest.approx(first + second, abs=2)


def test_an_agent_is_known_by_the_phone_he_sits_at() -> None:
    call = real_call("fallback_answered")
    seat = AgentStateChanged(
        at_ms=0, agent="1004", phone="1001", status=Status.READY, before=AgentState.READY, after=AgentState.RINGING,
        reason="", cause="device", linkedid=call.rows[0].linkedid,
    )  # fmt: skip
    record = whole(fold(call.rows, [seat]))
    assert (record.agent, record.legs[1].agent, record.legs[1].number) == ("1004", "1004", "1001")


def test_a_call_that_goes_on_has_no_record() -> None:
    rows = real_call("served_by_ivr").rows
    assert fold(rows[:-1]) is None
    assert fold(()) is None
    assert fold(rows[-1:]) is None


def test_an_agents_sign_in_by_star_code_is_no_call() -> None:
    rows = [row._replace(extension="*11") for row in real_call("served_by_ivr").rows]
    assert fold(rows) is None


def test_a_call_from_an_agents_phone_is_internal() -> None:
    rows = [
        row._replace(channel=row.channel.replace("line", "1003"), extra=_renamed(row))
        for row in real_call("abandoned_waiting").rows
    ]
    record = whole(fold(rows, real_call("abandoned_waiting").facts))
    assert record.direction is Direction.INTERNAL
    assert real_call("abandoned_waiting").record().direction is Direction.INBOUND


def test_a_call_turned_away_before_any_answer_is_blocked() -> None:
    for cause, reason in ((21, "refused"), (34, "lines_busy"), (42, "lines_busy")):
        rows = [_hung_up(row, "", cause) for row in real_call("served_by_ivr").rows if row.type != RowType.ANSWER]
        assert (whole(fold(rows)).outcome, whole(fold(rows)).reason) == (CallOutcome.BLOCKED, reason)


@pytest.mark.parametrize("reason", ["call_limit", "unknown_number"])
def test_a_call_that_the_dialplan_refused_says_why_and_lacks_nothing(reason: str) -> None:
    record = real_call(f"refused_{reason}").record()
    assert (record.reason, record.reconstructed, record.connected_at) == (reason, False, None)
    assert [one.kind for one in record.segments] == [SegmentKind.RINGING] * len(record.segments)


def test_a_caller_who_hangs_up_before_any_answer_abandons() -> None:
    rows = [_hung_up(row, row.channel, 16) for row in real_call("served_by_ivr").rows if row.type != RowType.ANSWER]
    assert whole(fold(rows)).outcome is ABANDONED


def test_answered_by_the_router_but_never_connected_is_abandoned() -> None:
    call = real_call("answered_caller_hangs_up")
    rows = [row for row in call.rows if row.type not in (RowType.BRIDGE_ENTER, RowType.BRIDGE_EXIT)]
    record = whole(fold(rows, call.facts))
    assert (record.outcome, record.queues[-1].reason) == (ABANDONED, DequeueReason.ABANDONED)


def test_an_agent_who_picks_up_and_hangs_up_at_once_has_answered() -> None:
    call = real_call("answered_agent_hangs_up")
    rows = [row for row in call.rows if row.type not in (RowType.BRIDGE_ENTER, RowType.BRIDGE_EXIT)]
    record = whole(fold(rows, call.facts))
    assert (record.outcome, record.agent, record.talk_ms) == (ANSWERED, "1001", 0)
    assert [visit.reason for visit in record.queues] == [DequeueReason.ANSWERED]


def test_an_agent_who_picks_up_in_the_fallback_queue_and_hangs_up_at_once_has_answered() -> None:
    call = real_call("fallback_answered")
    rows = [row for row in call.rows if row.type not in (RowType.BRIDGE_ENTER, RowType.BRIDGE_EXIT)]
    record = whole(fold(rows))
    assert (record.outcome, record.agent, record.talk_ms) == (ANSWERED, call.record().agent, 0)
    assert [(offer.outcome, offer.reconstructed) for offer in record.offers] == [(OfferOutcome.ANSWERED, True)]


def test_an_unreachable_phone_is_told_from_a_missed_call() -> None:
    call = real_call("fallback_missed_then_abandoned")
    phone = call.record().legs[1].channel
    rows = [_hung_up(row, "", 20) if row.channel == phone else row for row in call.rows]
    assert whole(fold(rows)).offers[0].outcome is OfferOutcome.UNREACHABLE


def test_an_offer_of_a_dead_router_that_rang_nowhere_was_withdrawn() -> None:
    call = real_call("abandoned_ringing")
    rows = [row for row in call.rows if row.linkedid == row.uniqueid]
    facts = [fact for fact in call.facts if type(fact).__name__ != "OfferEnded"]
    (offer,) = whole(fold(rows, facts)).offers
    assert (offer.outcome, offer.ring_ms) == (OfferOutcome.WITHDRAWN, 0)


def test_a_call_asterisk_lost_ends_where_we_say_and_says_so() -> None:
    call = real_call("answered_agent_hangs_up")
    end_us = call.rows[-1].at_us + 1_000_000
    lost = [*call.rows[:9], parse_row(vanished_row(call.rows[0].linkedid, end_us))]
    record = whole(fold(lost, call.facts[:7]))
    assert (record.reason, record.ended_by, record.reconstructed) == ("asterisk_lost", EndedBy.SYSTEM, True)
    assert record.outcome is ANSWERED
    assert record.conversations[0].ended_at == record.ended_at
    assert {leg.ended_at for leg in record.legs} == {record.ended_at}


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_calls_written_through_each_other_are_told_apart(data: st.DataObject) -> None:
    """Rows and facts of several calls, in any interleaving that keeps each writer's order within a call."""
    names = data.draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True))
    calls = {name: real_call(name) for name in names}
    queues: list[list[LedgerRow | Fact]] = [
        list[LedgerRow | Fact](part) for call in calls.values() for part in (call.rows, call.facts)
    ]
    written: list[LedgerRow | Fact] = []
    while queues := [queue for queue in queues if queue]:
        written.append(queues[data.draw(st.integers(0, len(queues) - 1))].pop(0))
    for call in calls.values():
        assert _folded_from(written, call) == call.record()


def test_two_agents_with_a_caller_at_once_make_his_talk_no_longer() -> None:
    """The line that says when the first of them left is lost."""
    call = real_call("announced_on_the_other_leg")
    record = whole(fold([call.rows[index] for index in (0, 1, 2, 9, 10, 14, 24)], []))
    assert [one.agent for one in record.conversations] == ["1002", "1003"]
    assert record.talk_ms == (record.ended_at - record.conversations[0].started_at) // timedelta(milliseconds=1)


@settings(max_examples=200, deadline=None)
@given(name=st.sampled_from(NAMES), data=st.data())
def test_no_loss_of_lines_makes_the_fold_fail_or_invent_time(name: str, data: st.DataObject) -> None:
    call = real_call(name)
    kept_rows = data.draw(st.lists(st.sampled_from(range(len(call.rows))), unique=True).map(sorted))
    facts = [fact for fact in call.facts if data.draw(st.booleans())]
    record = fold([call.rows[index] for index in kept_rows], facts)
    if record is not None:
        whole_ms = (record.ended_at - record.started_at) / timedelta(milliseconds=1)
        assert 0 <= record.talk_ms + record.hold_ms <= whole_ms + 1
        assert record.hold_ms >= 0
        assert len(record.offers) <= len(call.record().offers)


def _folded_from(written: list[LedgerRow | Fact], call: RealCall) -> CallRecord:
    linkedid = call.rows[0].linkedid
    own = [event for event in written if getattr(event, "linkedid", None) == linkedid]
    rows = [event for event in own if isinstance(event, LedgerRow)]
    return whole(fold(rows, [event for event in own if isinstance(event, Fact)]))


def _hung_up(row: LedgerRow, source: str, cause: int) -> LedgerRow:
    if row.type != RowType.HANGUP:
        return row
    return row._replace(extra={"hangupcause": cause, "hangupsource": source, "dialstatus": ""})


def _renamed(row: LedgerRow) -> dict[str, object]:
    return {
        name: value.replace("line", "1003") if isinstance(value, str) else value for name, value in row.extra.items()
    }
