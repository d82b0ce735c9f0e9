"""The fold over ledgers of real call-backs: the call in which one is asked for, and the calls it becomes."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acd.states import CallOutcome, DequeueReason, EndedBy
from recording.fold import fold
from recording.identity import call_id
from recording.ledger import LedgerRow, RowType, parse_row, vanished_row
from recording.record import CallRecord, Direction, LegKind
from tests.ledgers import CALLBACKS, RealCall, real_call, whole

pytestmark = pytest.mark.unit

CUSTOMER = "13900000001"

# name: outcome, reason, who ended it, agent, offers (agent, outcome), reconstructed
EXPECTED = {
    "refused_then_reached": ("answered", "hung_up", "caller", "1001",
                             [("1002", "refused"), ("1001", "answered")], False),
    "busy": ("not_reached", "busy", "caller", None, [("1001", "withdrawn")], False),
    "given_up": ("not_reached", "given_up", "agent", None, [("1001", "withdrawn")], False),
    "no_answer": ("not_reached", "no_answer", "system", None, [("1001", "withdrawn")], False),
    "declined": ("not_reached", "refused", "caller", None, [("1001", "withdrawn")], False),
    "message_busy": ("not_reached", "busy", "caller", None, [("1001", "answered")], False),
    "message_reached": ("answered", "hung_up", "caller", "1001", [("1001", "answered")], False),
    "daemon_killed_dialling": ("answered", "hung_up", "agent", "1001", [("1001", "answered")], True),
}  # fmt: skip


def called_back(name: str) -> RealCall:
    return real_call(name, CALLBACKS)


# What an agent calls himself: outcome, reason, who ended it, with whom the customer spoke, reconstructed.
CALLED_OUTSIDE = {
    "called_outside": (CallOutcome.ANSWERED, "reached", EndedBy.AGENT, "1002", False),
    "called_outside_busy": (CallOutcome.NOT_REACHED, "busy", EndedBy.CALLER, None, False),
    "daemon_killed_called_outside": (CallOutcome.ANSWERED, "reached", EndedBy.AGENT, "1002", True),
}


@pytest.mark.parametrize("name", CALLED_OUTSIDE)
def test_an_agents_own_call_is_one_of_ours_with_no_call_back_behind_it(name: str) -> None:
    call = called_back(name)
    record = call.record()
    told = (record.outcome, record.reason, record.ended_by, record.agent, record.reconstructed)
    assert told == CALLED_OUTSIDE[name]
    assert (record.direction, record.callback) == (Direction.OUTBOUND, None)
    assert (record.offers, record.queues) == ((), ())
    assert [leg.kind.value for leg in record.legs] == ["caller", "agent"]
    alone = whole(fold(call.rows))
    assert (alone.outcome, alone.reason, alone.reconstructed) == (record.outcome, record.reason, True)
    assert {one.caller for one in (record, alone)} == {"13900000001"}


def test_a_call_that_an_agent_may_not_make_is_one_of_ours_that_was_refused() -> None:
    call = called_back("called_outside_refused")
    record = call.record()
    assert (record.outcome, record.reason, record.agent) == (CallOutcome.BLOCKED, "dial-not-allowed", "1003")
    assert (record.direction, record.caller, record.dialled) == (Direction.OUTBOUND, CUSTOMER, CUSTOMER)
    assert (record.ended_by, record.answered_at, record.reconstructed) == (EndedBy.SYSTEM, None, False)
    assert [(leg.kind, leg.agent) for leg in record.legs] == [(LegKind.AGENT, "1003")]
    assert [one.kind.value for one in record.segments] == ["preparing"]
    assert (record.talk_ms, record.recordings, record.conversations) == (0, (), ())
    assert fold(call.rows) is None  # what else he may have dialled the star code for the router alone knows


def test_every_real_call_back_has_an_expectation() -> None:
    assert sorted([*EXPECTED, *CALLED_OUTSIDE, "called_outside_refused", "asked_for"]) == sorted(
        folder.name for folder in CALLBACKS.iterdir()
    )


@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_call_back_becomes_the_record_a_person_would_write(name: str) -> None:
    record = called_back(name).record()
    offers = [(offer.agent, offer.outcome.value) for offer in record.offers]
    assert EXPECTED[name] == (
        record.outcome, record.reason, record.ended_by.value, record.agent, offers, record.reconstructed,
    )  # fmt: skip
    assert (record.direction, record.caller, record.dialled) == (Direction.OUTBOUND, CUSTOMER, CUSTOMER)
    assert record.callback == record.linkedid.rpartition(".")[0]


@pytest.mark.parametrize("name", EXPECTED)
def test_whom_when_and_for_how_long_is_known_without_a_word_of_the_router(name: str) -> None:
    call = called_back(name)
    told, alone = call.record(), whole(fold(call.rows))
    assert alone.reconstructed
    for field in (
        "id", "direction", "caller", "dialled", "started_at", "answered_at", "connected_at", "ended_at", "ended_by",
        "outcome", "reason", "agent", "talk_ms", "conversations", "legs", "callback",
    ):  # fmt: skip
        assert getattr(alone, field) == getattr(told, field), field


def test_each_agents_phone_is_a_leg_of_its_own_though_they_bear_one_name() -> None:
    legs = called_back("refused_then_reached").record().legs
    assert [(leg.kind, leg.number, leg.agent, leg.cause) for leg in legs] == [
        (LegKind.CALLER, CUSTOMER, None, 16),
        (LegKind.AGENT, "1002", "1002", 21),
        (LegKind.AGENT, "1001", "1001", 16),
    ]
    assert legs[1].uniqueid == legs[2].uniqueid
    assert [leg.answered_at is not None for leg in legs] == [True, False, True]


def test_the_wait_counts_from_the_place_that_was_kept() -> None:
    asked, reached = called_back("asked_for").record(), called_back("refused_then_reached").record()
    (visit,) = reached.queues
    assert (visit.queue, visit.reason) == ("sales", DequeueReason.ANSWERED)
    assert visit.entered_at == asked.queues[0].entered_at
    assert visit.left_at == reached.connected_at
    assert reached.wait_ms > asked.wait_ms


def test_an_attempt_that_failed_has_left_its_queue_withdrawn_and_nobody_has_talked() -> None:
    record = called_back("busy").record()
    assert [visit.reason for visit in record.queues] == [DequeueReason.WITHDRAWN]
    assert (record.conversations, record.talk_ms, record.wrap_up_ms, record.connected_at) == ((), 0, 0, None)


def test_the_call_that_asked_for_it_says_so_and_the_two_are_linked() -> None:
    asked, reached = called_back("asked_for").record(), called_back("refused_then_reached").record()
    assert (asked.outcome, asked.reason, asked.direction) == (CallOutcome.CALLBACK, "callback", Direction.INBOUND)
    assert asked.callback == reached.callback
    assert (asked.origin, reached.origin) == (None, asked.id)
    assert called_back("busy").record().origin is None  # a program asked


def test_a_call_back_whose_customer_was_not_rung_is_no_call() -> None:
    rows = called_back("refused_then_reached").rows
    end = next(at for at, row in enumerate(rows) if row.type == RowType.LINKEDID_END)
    assert fold(rows[: end + 1]) is None  # 1002 has refused
    again = next(at for at, row in enumerate(rows) if at > end and row.type == RowType.CHAN_START)
    assert fold(rows[: again + 1]) is None  # 1001's phone rings


def test_a_call_back_that_goes_on_has_no_record() -> None:
    rows = called_back("refused_then_reached").rows
    assert fold(rows[:-1]) is None


def test_a_call_back_asterisk_lost_ends_where_we_say_and_says_so() -> None:
    call = called_back("busy")
    rows = [row for row in call.rows if row.type not in (RowType.LINKEDID_END, RowType.HANGUP, RowType.CHAN_END)]
    end_us = call.rows[-1].at_us + 1_000_000
    record = whole(fold([*rows, parse_row(vanished_row(rows[0].linkedid, end_us))], call.facts))
    assert (record.reconstructed, record.outcome) == (True, CallOutcome.NOT_REACHED)
    assert record.ended_at > whole(fold(call.rows)).ended_at


@pytest.mark.parametrize(
    ("cause", "reason"), [(17, "busy"), (21, "refused"), (19, "no_answer"), (0, "no_answer"), (38, "unreachable")]
)
def test_without_the_router_the_cause_says_why(cause: int, reason: str) -> None:
    rows = [_hung_up(row, cause) for row in called_back("no_answer").rows]
    assert whole(fold(rows)).reason == reason


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(sorted(EXPECTED)), data=st.data())
def test_no_loss_of_lines_makes_the_fold_fail_or_invent_time(name: str, data: st.DataObject) -> None:
    call = called_back(name)
    kept_rows = data.draw(st.lists(st.sampled_from(range(len(call.rows))), unique=True).map(sorted))
    facts = [fact for fact in call.facts if data.draw(st.booleans())]
    record = fold([call.rows[index] for index in kept_rows], facts)
    if record is not None:
        whole_ms = (record.ended_at - record.started_at) / timedelta(milliseconds=1)
        assert 0 <= record.talk_ms + record.hold_ms <= whole_ms + 1
        assert record.id == call_id(record.linkedid)


def test_who_ended_it_is_told_by_whoever_hung_up_first() -> None:
    def ended_by(name: str) -> EndedBy:
        record: CallRecord = called_back(name).record()
        return record.ended_by

    assert ended_by("refused_then_reached") is EndedBy.CALLER
    assert ended_by("daemon_killed_dialling") is EndedBy.AGENT


def _hung_up(row: LedgerRow, cause: int) -> LedgerRow:
    if row.type != RowType.HANGUP or row.uniqueid == row.linkedid:
        return row
    return row._replace(extra={"hangupcause": cause, "hangupsource": "", "dialstatus": ""})
