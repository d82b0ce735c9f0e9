"""Whole days of calls against Asterisk's rows, spoiled in one way here and there: each damage is told, by its name, of
the call that has it and of no other.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recording.reconcile.comparison import Cause, Comparison, compare
from recording.reconcile.rows import CdrRow
from recording.record import ASTERISK_LOST, CallRecord
from tests.reconciled_calls import STORIES, call

pytestmark = pytest.mark.unit

Rows = list[CdrRow]
Spoiled = tuple[list[CallRecord], Rows]
APART = timedelta(minutes=7)


def rows_lost(record: CallRecord, rows: Rows) -> Spoiled:
    return [record], []


def record_lost(record: CallRecord, rows: Rows) -> Spoiled:
    return [], rows


def row_doubled(record: CallRecord, rows: Rows) -> Spoiled:
    return [record], [*rows, rows[-1]]


def started_early(record: CallRecord, rows: Rows) -> Spoiled:
    return [record], [replace(row, start_us=row.start_us - 9_000_000) for row in rows]


def ended_late(record: CallRecord, rows: Rows) -> Spoiled:
    return [record], [replace(row, end_us=row.end_us + 9_000_000) for row in rows]


def other_channel(record: CallRecord, rows: Rows) -> Spoiled:
    channel, uniqueid = "PJSIP/stranger-00000001", f"{record.linkedid}9"
    return [record], [replace(row, channel=channel, uniqueid=uniqueid) for row in rows]


def other_disposition(record: CallRecord, rows: Rows) -> Spoiled:
    other = {"ANSWERED": "NO ANSWER"}
    return [record], [replace(row, disposition=other.get(row.disposition, "ANSWERED")) for row in rows]


def asterisk_killed(record: CallRecord, rows: Rows) -> Spoiled:
    return [record.model_copy(update={"reason": ASTERISK_LOST})], rows[1:]


DAMAGES: dict[Callable[[CallRecord, Rows], Spoiled], set[Cause]] = {
    rows_lost: {Cause.ONLY_US},
    record_lost: {Cause.ONLY_ASTERISK},
    row_doubled: {Cause.ROW_TWICE},
    started_early: {Cause.STARTED, Cause.DURATION},
    ended_late: {Cause.ENDED, Cause.DURATION, Cause.BILLED},
    other_channel: {Cause.LEG_UNKNOWN_TO_US, Cause.LEG_UNKNOWN_TO_ASTERISK},
    other_disposition: {Cause.DISPOSITION},
    asterisk_killed: {Cause.ASTERISK_LOST},
}


def floor(count: int, dice: Random) -> list[tuple[CallRecord, Rows]]:
    return [call(dice.choice(STORIES), number, number * APART) for number in range(count)]


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 40), st.lists(st.sampled_from(list(DAMAGES)), max_size=6))
def test_each_damage_is_told_of_the_call_that_has_it_and_of_no_other(
    seed: int, count: int, damages: list[Callable[[CallRecord, Rows], Spoiled]]
) -> None:
    dice = Random(seed)
    calls = floor(count, dice)
    expected: dict[str, set[Cause]] = {}
    records: list[CallRecord] = []
    rows: Rows = []
    for (record, own), damage in zip(calls, [*damages, *[None] * count], strict=False):
        ours, theirs = damage(record, own) if damage else ([record], own)
        if damage:
            expected[record.linkedid] = DAMAGES[damage]
        records += ours
        rows += theirs
    dice.shuffle(records)
    dice.shuffle(rows)
    result = compare(records, rows, {})
    told: dict[str, set[Cause]] = {}
    for one in result.differences:
        told.setdefault(one.linkedid, set()).add(one.cause)
    assert told == expected
    assert max(Counter(result.differences).values(), default=1) == 1
    assert result.records == len(records)


@pytest.mark.parametrize("name", STORIES)
def test_a_row_of_several_that_is_lost_is_told_if_it_is_of_two_who_were_together(name: str) -> None:
    record, rows = call(name, 1, APART)
    for lost in (row for row in rows if row.peer):
        found = compare([record], [row for row in rows if row is not lost], {}).differences
        assert found
        assert {one.linkedid for one in found} == {record.linkedid}


def test_a_call_that_is_in_two_records_is_told_of_both_however_far_apart_they_were_judged() -> None:
    record, rows = call("answered_caller_hangs_up", 1, APART)
    half = record.model_copy(update={"id": "f" * 32, "linkedid": "node1-1.1"})
    comparison = Comparison([*rows, *(replace(row, linkedid=half.linkedid) for row in rows)])
    comparison.judge(record)
    for number in range(2, 30):
        comparison.know(call("served_by_ivr", number, number * APART)[0])
    comparison.judge(half)
    found = comparison.result({}).differences
    assert {(one.cause, one.call) for one in found} == {(Cause.IN_PIECES, record.id), (Cause.IN_PIECES, half.id)}
