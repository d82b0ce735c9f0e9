"""Adherence and attendance, by hand and by their definition."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.states import AgentState, Status
from recording.agent_log import StateEntry
from recording.inputs.attendance import AT_WORK, Adherence, Stay, adherence, attendance, signed_in, stays
from recording.inputs.plan import PlannedShift
from recording.inputs.spans import Span, meet, total_ms, union, without

pytestmark = pytest.mark.unit

BEGIN = datetime(2026, 11, 23, 8, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


def span(start: float, end: float) -> Span:
    return Span(at(start), at(end))


def entry(minutes: float, before: AgentState, after: AgentState) -> StateEntry:
    status = {AgentState.SIGNED_OUT: Status.SIGNED_OUT, AgentState.NOT_READY: Status.NOT_READY}.get(after, Status.READY)
    return StateEntry(
        at=at(minutes), phone="1001", before=before, after=after, status=status, reason="", cause="phone", linkedid=""
    )


DAY = [
    entry(-30, AgentState.SIGNED_OUT, AgentState.READY),
    entry(10, AgentState.READY, AgentState.TALKING),
    entry(20, AgentState.TALKING, AgentState.NOT_READY),
    entry(50, AgentState.NOT_READY, AgentState.READY),
    entry(70, AgentState.READY, AgentState.SIGNED_OUT),
]


def test_a_day_by_hand() -> None:
    done = list(stays(DAY, at(0), at(120)))
    assert [(one.state.value, one.span) for one in done] == [
        ("ready", span(0, 10)),
        ("talking", span(10, 20)),
        ("not_ready", span(20, 50)),
        ("ready", span(50, 70)),
        ("signed_out", span(70, 120)),
    ]
    # scheduled 08:00 to 10:00 but for a break from 08:30 to 09:00: at work 20 and 10 of 90 minutes
    working = [span(0, 30), span(60, 120)]
    assert adherence(working, done) == Adherence(adhered_ms=30 * 60_000, scheduled_ms=90 * 60_000)
    assert union(signed_in(done)) == (span(0, 70),)


def test_without_any_entry_nothing_is_known_and_before_the_first_he_was_what_it_says() -> None:
    assert list(stays([], at(0), at(10))) == []
    (first, _) = stays([entry(5, AgentState.READY, AgentState.TALKING)], at(0), at(10))
    assert first == Stay(AgentState.READY, True, span(0, 5))


def shift(agent: str, start: float, end: float) -> PlannedShift:
    whole = span(start, end)
    return PlannedShift(agent=agent, day=date(2026, 11, 23), span=whole, breaks=(), working=(whole,))


def test_who_was_signed_in_at_some_time_of_a_shift_of_his_came() -> None:
    shifts = [shift("1001", 0, 60), shift("1002", 0, 60), shift("1003", 0, 60), shift("1003", 90, 120)]
    came, expected = attendance(
        shifts, {"1001": [span(-60, 1)], "1002": [span(60, 90)], "1003": [span(95, 96)], "1004": [span(0, 9)]}
    )
    assert sorted(came) == ["1001", "1003"]
    assert sorted(expected) == ["1001", "1002", "1003"]


SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 20)).map(lambda pair: span(pair[0], pair[0] + pair[1])), max_size=6
)
STAYS = st.lists(st.tuples(st.sampled_from(AgentState), st.integers(1, 15)), max_size=8)


def minutes(spans: list[Span] | tuple[Span, ...]) -> set[int]:
    return {minute for minute in range(100) if any(one.start <= at(minute) < one.end for one in spans)}


@given(SPANS, SPANS)
def test_spans_are_sets_of_moments(first: list[Span], second: list[Span]) -> None:
    assert minutes(union(first)) == minutes(first)
    assert minutes(meet(first, second)) == minutes(first) & minutes(second)
    assert minutes(without(first, second)) == minutes(first) - minutes(second)
    assert total_ms(first) == len(minutes(first)) * 60_000
    for made in (union(first), meet(first, second), without(first, second)):
        assert all(one.end < after.start for one, after in pairwise(made))


@given(SPANS, STAYS)
def test_adherence_is_the_minutes_of_schedule_in_which_he_was_at_work(
    working: list[Span], changes: list[tuple[AgentState, int]]
) -> None:
    done: list[Stay] = []
    minute = 0
    for state, length in changes:
        done.append(Stay(state, state is not AgentState.SIGNED_OUT, span(minute, minute + length)))
        minute += length
    found = adherence(working, done)
    present = minutes([one.span for one in done if one.state in AT_WORK])
    assert found.scheduled_ms == len(minutes(working)) * 60_000
    assert found.adhered_ms == len(minutes(working) & present) * 60_000
    assert 0 <= found.adhered_ms <= found.scheduled_ms
