"""Records against Asterisk's own rows: real calls agree, and every kind of disagreement is found and named."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.fold import fold
from recording.ledger import read_rows
from recording.reconcile.comparison import Cause, Kind, Reconciliation, compare, no_call
from recording.reconcile.rows import CdrError, CdrRow, read_cdr, with_linkedids
from recording.record import ASTERISK_LOST, CallRecord
from tests.ledgers import CALLBACKS, FOLDER, NAMES, RealCall, real_call

pytestmark = pytest.mark.unit

CALLS = [(FOLDER, name) for name in NAMES] + [(CALLBACKS, one.name) for one in sorted(CALLBACKS.iterdir())]
ALONGSIDE = {"asked_into_conference": ["conference"]}  # the colleague who was asked came into it
ANSWERED = "answered_agent_hangs_up"


def rows_of(call: RealCall) -> list[CdrRow]:
    found = list(read_cdr(call.cdr.decode().splitlines()))
    return [one for one in found if isinstance(one, CdrRow)]


def both(name: str = ANSWERED) -> tuple[CallRecord, list[CdrRow]]:
    call = real_call(name)
    return call.record(), with_linkedids(rows_of(call))


def causes(result: Reconciliation) -> list[Cause]:
    return [one.cause for one in result.differences]


@pytest.mark.parametrize(("folder", "name"), CALLS)
def test_every_real_call_agrees_with_asterisks_own_rows(folder: Path, name: str) -> None:
    calls = [real_call(one, folder) for one in (name, *ALONGSIDE.get(name, ()))]
    records = [fold(call.rows, call.facts) for call in calls]
    rows = {row for call in calls for row in rows_of(call)}
    result = compare([record for record in records if record], with_linkedids(rows), {})
    assert result.differences == ()
    assert sum(result.rows.values()) == len(rows)


@pytest.fixture(scope="module")
def all_calls() -> dict[str, tuple[CallRecord, list[CdrRow]]]:
    """The record of each real call and Asterisk's rows of it, folded once."""
    return {name: (call.record(), rows_of(call)) for name in NAMES for call in (real_call(name),)}


@given(st.permutations(NAMES))
def test_all_calls_at_once_agree_in_whatever_order_they_come(
    all_calls: dict[str, tuple[CallRecord, list[CdrRow]]], names: list[str]
) -> None:
    calls = [all_calls[name] for name in names]
    rows = with_linkedids({row for _, own in calls for row in own})
    result = compare([record for record, _ in calls], rows[::-1], {})
    assert result.differences == ()
    assert result.records == result.rows[Kind.CALL] == len(names)


def test_what_the_rows_of_a_call_are_is_known_by_rule() -> None:
    record, rows = both("outside_fallback")
    assert compare([record], rows, {}).rows == {Kind.CALL: 1, Kind.FURTHER: 1, Kind.OUTSIDE_SEAT: 3}
    called_back = real_call("refused_then_reached", CALLBACKS)
    record = called_back.record()
    assert compare([record], with_linkedids(rows_of(called_back)), {}).rows == {Kind.CALL: 1, Kind.OTHER_CHANNEL: 1}


def test_a_caller_who_goes_on_alone_is_counted_by_asterisk_no_more() -> None:
    call = real_call("asked_for", CALLBACKS)  # he asks for a call-back after his agents' phones rang in vain
    rows = with_linkedids(rows_of(call))
    assert compare([call.record()], rows, {}).went_on_alone == 1
    short = [replace(row, end_us=row.end_us - 3_000_000) for row in rows]
    assert Cause.ENDED in causes(compare([call.record()], short, {})), "nobody left at that moment"


def test_a_call_that_only_one_side_knows_is_told() -> None:
    record, rows = both()
    assert causes(compare([], rows, {})) == [Cause.ONLY_ASTERISK]
    assert causes(compare([record], [], {})) == [Cause.ONLY_US]
    assert causes(compare([], rows, {record.linkedid: None})) == [Cause.NOT_FOLDED]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda row: replace(row, start_us=row.start_us - 5_000_000), {Cause.STARTED, Cause.DURATION}),
        (lambda row: replace(row, end_us=row.end_us + 5_000_000), {Cause.ENDED, Cause.DURATION, Cause.BILLED}),
        (lambda row: replace(row, answer_us=None), {Cause.ANSWERED, Cause.DISPOSITION}),
        (lambda row: replace(row, answer_us=row.start_us + 3_000_000), {Cause.ANSWERED, Cause.BILLED}),
    ],
)
def test_instants_and_lengths_apart_by_more_than_a_second_are_told(
    change: Callable[[CdrRow], CdrRow], expected: set[Cause]
) -> None:
    record, rows = both("answered_caller_hangs_up")
    found = compare([record], [change(row) for row in rows], {}).differences
    assert {one.cause for one in found} == expected
    assert all(one.call == record.id and one.channel == record.legs[0].channel for one in found)


def test_a_row_to_the_microsecond_is_held_to_the_millisecond_over_a_second() -> None:
    record, rows = both("answered_caller_hangs_up")
    leg = record.legs[0]
    assert leg.answered_at is not None
    instants = [round(one.timestamp() * 1_000_000) for one in (leg.started_at, leg.answered_at, leg.ended_at)]
    start_us, answer_us, end_us = instants
    exact = replace(rows[0], start_us=start_us, answer_us=answer_us, end_us=end_us, precise=True)
    assert compare([record], [exact], {}).agrees
    assert compare([record], [replace(exact, end_us=end_us + 1_000_000)], {}).agrees
    late = compare([record], [replace(exact, end_us=end_us + 1_001_000)], {})
    assert set(causes(late)) == {Cause.ENDED, Cause.DURATION, Cause.BILLED}


def test_channels_that_one_side_does_not_know_are_told() -> None:
    record, rows = both()
    stranger = replace(rows[0], channel="PJSIP/line-000000ff", uniqueid="node1-1.1")
    assert Cause.LEG_UNKNOWN_TO_US in causes(compare([record], [*rows, stranger], {}))
    assert Cause.LEG_UNKNOWN_TO_ASTERISK in causes(compare([record], [replace(row, peer="") for row in rows], {}))


def test_a_call_in_two_records_is_told_unless_an_agent_asked_in_one_about_the_other() -> None:
    record, rows = both()
    half = record.model_copy(update={"id": "0" * 32, "linkedid": "node1-1.1"})
    result = compare([record, half], [*rows, *(replace(row, linkedid=half.linkedid) for row in rows)], {})
    assert set(causes(result)) == {Cause.IN_PIECES}
    asked = half.model_copy(update={"consult_of": record.id})
    assert compare([record, asked], [*rows, *(replace(row, linkedid=half.linkedid) for row in rows)], {}).agrees


def test_what_a_killed_asterisk_could_not_write_is_named_and_is_no_breach() -> None:
    record, rows = both()
    lost = record.model_copy(update={"reason": ASTERISK_LOST})
    for some in ([], rows[:1]):
        cut = [replace(row, end_us=row.end_us - 2_000_000) for row in some]
        result = compare([lost], cut, {})
        assert causes(result) == [Cause.ASTERISK_LOST]
        assert result.agrees


def test_a_record_that_lasts_longer_because_of_a_leg_nobody_closed_is_told() -> None:
    record, rows = both()
    leg = record.legs[0]
    stretched = leg.model_copy(update={"ended_at": leg.ended_at + timedelta(seconds=9)})
    result = compare([record.model_copy(update={"legs": (stretched, *record.legs[1:])})], rows, {})
    assert Cause.ENDED in causes(result)


def test_what_is_no_call_of_ours_is_known_by_our_ledger() -> None:
    rows = read_rows(real_call(ANSWERED).ledger).events
    ledger = [row for _, row in rows]
    linkedid = ledger[0].linkedid
    assert no_call(linkedid, ledger, under_way=True) is Kind.UNDER_WAY
    assert no_call(linkedid, ledger, under_way=False) is None
    star = [row._replace(extension="*11") for row in ledger]
    assert no_call(linkedid, star, under_way=False) is Kind.STAR_CODE
    unrung = [row._replace(linkedid="node1-callback-1-1.1") for row in ledger]
    assert no_call("node1-callback-1-1.1", unrung, under_way=False) is Kind.CALLBACK_NOT_RUNG
    record, of_call = both()
    result = compare([], of_call, {record.linkedid: Kind.STAR_CODE})
    assert result.rows == {Kind.STAR_CODE: len(of_call)}
    assert result.agrees


def test_a_line_that_is_no_row_is_told_and_costs_no_other() -> None:
    good = real_call(ANSWERED).cdr.decode().splitlines()
    found = list(read_cdr([good[0], '"torn","by a cra', good[1]]))
    assert [type(one) for one in found[:1]] == [CdrRow]
    assert any(isinstance(one, CdrError) for one in found)
    assert [str(one) for one in read_cdr(["a,b"])] == ["line 1: 2 columns; expected 11, or 17 or 18"]
    assert [str(one) for one in read_cdr([",".join(["x"] * 11)])] == [
        "line 1: invalid literal for int() with base 10: 'x'"
    ]
