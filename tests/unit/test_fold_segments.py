"""The segments of a call: what the caller met, from its first moment to its last (real calls)."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acd.facts import CallHeld, CallMuted, CallRetrieved, CallUnmuted
from recording.channels import Connection, Interval
from recording.fold import fold
from recording.record import CallRecord, Direction, Segment, SegmentKind
from recording.segments import Company, together, total_ms
from tests.ledgers import CALLBACKS, FOLDER, RealCall, real_call, whole

pytestmark = pytest.mark.unit

EVERY = [(folder, one.name) for folder in (FOLDER, CALLBACKS) for one in sorted(folder.iterdir())]
WAITING = (SegmentKind.WAITING, SegmentKind.FALLBACK)
TALKING = (SegmentKind.TALKING, SegmentKind.CONFERENCE)
_MS = timedelta(milliseconds=1)

# What is met in each story, the moments between two things left out (the flow goes from one to the other).
MET = {
    "abandoned_ringing": "ringing ivr waiting:sales",
    "abandoned_waiting": "ringing ivr waiting:sales",
    "agent_to_agent": "ringing ivr ringing:1003 talking:1003 ivr",
    "announced_to_who_answered": "ringing ivr waiting:sales talking:1002 hold:1002 talking:1003",
    "asked_and_joined_ringing": "ringing ringing:1002",
    "asked_and_transferred": "ringing waiting:support talking:1003 ivr",
    "asked_for": "ringing waiting:sales ivr",
    "busy": "preparing ringing",
    "called_outside": "preparing ringing talking:1002 hold:1002 talking:1002",
    "called_outside_busy": "preparing ringing",
    "asked_into_conference": "ringing ringing:1003 talking:1003",
    "conference": (
        "ringing ivr waiting:sales talking:1002 hold:1002 talking:1003 conference:1002:1003 talking:1002"
        " conference:1002:1003 conference:1002:1003:not1002 conference:1002:1003 talking:1003 ivr"
    ),
    "daemon_killed_in_conference": ("ringing waiting:sales talking:1002 hold:1002 talking:1003 conference:1002:1003"),
    "daemon_killed_in_conference_and_sent_on": (
        "ringing waiting:sales talking:1002 hold:1002 talking:1003 conference:1002:1003 talking:1003"
        " talking:1003:not1003 talking:1003 ivr waiting:support"
    ),
    "daemon_killed_and_back": "ringing ivr waiting:sales fallback:sales waiting:sales talking:1002",
    "daemon_killed_asking": "ringing ivr waiting:sales talking:1002 hold:1002 talking:1003",
    "daemon_killed_dialling": "preparing ringing talking:1001",
    "daemon_killed_in_menu": "ringing ivr fallback:support ivr",
    "daemon_killed_waiting": "ringing ivr waiting:sales fallback:sales talking:1001",
    "fallback_answered": "ringing ivr fallback:sales talking:1001",
    "joined_before_the_answer": (
        "ringing ivr waiting:sales talking:1002 hold:1002 ivr waiting:support talking:1003 hold:1003 ivr"
        " waiting:support talking:1002"
    ),
    "message_left": "ringing ivr message ivr",
    "message_reached": "preparing ringing talking:1001 ivr",
    "missed_then_answered": "ringing ivr waiting:sales talking:1002",
    "outside_fallback": "ringing fallback:sales talking:1002",
    "overflowed_number": "ringing ivr ringing outside",
    "overflowed_voicemail": "ringing ivr waiting:cared message ivr",
    "daemon_killed_parked": (
        "ringing waiting:sales talking:1002 ivr parked:1002 fallback:sales parked:1002 talking:1003"
    ),
    "parked_and_fetched": (
        "ringing ivr waiting:sales talking:1002 ivr parked:1002 talking:1003 hold:1003 talking:1003 ivr"
    ),
    "parked_and_returned": (
        "ringing waiting:sales talking:1002 hold:1002 talking:1002 parked:1002 waiting:sales talking:1002 ivr"
        " parked:1002 waiting:sales"
    ),
    "parked_from_a_flow": "ringing ivr ringing:1001 talking:1001 ivr parked:1001 talking:1003 ivr",
    "parked_nowhere": "ringing waiting:sales talking:1002 hold:1002 ivr waiting:sales talking:1002 ivr",
    "paused_with_audio_lost": "ringing ivr waiting:sales talking:1002",
    "picked_up": "ringing ivr waiting:sales talking:1003 ivr",
    "picked_up_by_code": "ringing waiting:sales talking:1003 ivr",
    "several_queues": "ringing ivr waiting:stepwise waiting:support talking:1003",
    "served_by_ivr": "ringing ivr",
    "surveyed": "ringing ivr waiting:sales talking:1001 ivr survey ivr",
    "transferred_to_queue": "ringing ivr waiting:sales talking:1002 ivr waiting:support talking:1003 ivr",
}


def _call(name: str) -> RealCall:
    return real_call(name, next(folder for folder, one in EVERY if one == name))


def _told(one: Segment) -> str:
    return ":".join((one.kind.value, *filter(None, (one.queue, *one.agents)), *(f"not{agent}" for agent in one.muted)))


def _tiles(record: CallRecord) -> bool:
    """From the call's first moment to its last, each segment begins where the one before it ends."""
    if record.started_at == record.ended_at:
        return not record.segments
    times = [record.started_at, *(one.ended_at for one in record.segments)]
    return (
        times[-1] == record.ended_at
        and all(one.started_at == time for one, time in zip(record.segments, times, strict=False))
        and all(one.started_at < one.ended_at for one in record.segments)
        and all(
            (a.kind, a.queue, a.agents, a.muted) != (b.kind, b.queue, b.agents, b.muted)
            for a, b in pairwise(record.segments)
        )
    )


@pytest.mark.parametrize("name", MET)
def test_each_story_is_met_in_its_order(name: str) -> None:
    record = _call(name).record()
    met = [_told(one) for one in record.segments if one.ended_at - one.started_at > 5 * _MS or one.kind != "ivr"]
    assert met == MET[name].split()


@pytest.mark.parametrize(("folder", "name"), EVERY)
def test_the_segments_are_the_whole_call_and_add_up_to_its_sums(folder: Path, name: str) -> None:
    record = real_call(name, folder).record()
    assert _tiles(record)
    rounding = len(record.segments)
    assert total_ms(record.segments, SegmentKind.HOLD) == record.hold_ms
    assert abs(total_ms(record.segments, *TALKING) - record.talk_ms) <= rounding
    waited_ms = total_ms(record.segments, *WAITING)
    if record.direction is Direction.INBOUND:
        assert abs(waited_ms - record.wait_ms) <= rounding
    else:
        assert waited_ms <= record.wait_ms + rounding  # the place that is kept is older than the call


@settings(max_examples=200, deadline=None)
@given(which=st.sampled_from(EVERY), data=st.data())
def test_whatever_lines_are_lost_the_segments_are_the_whole_call(which: tuple[Path, str], data: st.DataObject) -> None:
    call = real_call(which[1], which[0])
    kept = data.draw(st.lists(st.sampled_from(range(len(call.rows))), unique=True).map(sorted))
    facts = [fact for fact in call.facts if data.draw(st.booleans())]
    record = fold([call.rows[index] for index in kept], facts)
    if record is not None:
        assert _tiles(record)
        assert total_ms(record.segments, SegmentKind.HOLD) == record.hold_ms


def test_a_hold_divides_the_talk() -> None:
    call = _call("answered_with_hold")
    plain = call.record()
    assert plain.connected_at is not None
    held_ms = int((plain.connected_at + 700 * _MS).timestamp() * 1000)
    told = {"linkedid": plain.linkedid, "agent": "1001"}
    facts = [*call.facts, CallHeld(at_ms=held_ms, **told), CallRetrieved(at_ms=held_ms + 600, **told)]
    record = whole(fold(call.rows, facts))
    assert [_told(one) for one in record.segments][3:6] == ["talking:1001", "hold:1001", "talking:1001"]


def test_whoever_is_muted_is_so_within_his_conversation_until_it_is_lifted_or_over() -> None:
    call = _call("answered_with_hold")
    plain = call.record()
    (talk,) = plain.conversations
    start_ms, end_ms = (int(one.timestamp() * 1000) for one in (talk.started_at, talk.ended_at))
    told = {"linkedid": plain.linkedid, "agent": "1001", "by": "agent:1001"}
    facts = [
        CallMuted(at_ms=start_ms + 100, **told),
        CallMuted(at_ms=start_ms + 200, **told),  # told again: it is so already
        CallUnmuted(at_ms=start_ms + 300, **told),
        CallUnmuted(at_ms=start_ms + 350, **told),
        CallMuted(at_ms=end_ms - 50, **told),
    ]
    record = whole(fold(call.rows, [*call.facts, *facts]))
    first, second = record.mutes
    assert (first.agent, first.by, first.ended_at - first.started_at) == ("1001", "agent:1001", 200 * _MS)
    assert abs(second.ended_at - talk.ended_at) <= 20 * _MS
    heard = [replaced.model_copy(update={"muted": ()}) for replaced in record.segments]
    assert {one.muted for one in record.segments if one.kind is SegmentKind.TALKING} == {(), ("1001",)}
    assert all(not one.muted for one in record.segments if one.kind is not SegmentKind.TALKING)
    unheard_ms = sum((one.ended_at - one.started_at) / _MS for one in record.segments if one.muted)
    assert unheard_ms <= sum((one.ended_at - one.started_at) / _MS for one in record.mutes)
    assert _joined(heard) == list(plain.segments)
    assert abs(record.talk_ms - plain.talk_ms) <= len(record.segments)
    same = {"mutes": (), "segments": plain.segments, "talk_ms": plain.talk_ms}
    assert record.model_copy(update=same) == plain


def _joined(found: Sequence[Segment]) -> list[Segment]:
    """Neighbours that are alike as one."""
    joined: list[Segment] = []
    for one in found:
        times = {"started_at", "ended_at"}
        if joined and joined[-1].model_dump(exclude=times) == one.model_dump(exclude=times):
            joined[-1] = joined[-1].model_copy(update={"ended_at": one.ended_at})
        else:
            joined.append(one)
    return joined


SPANS = st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda span: tuple(sorted(span)))


def _in_conversation(agents: Sequence[tuple[str, tuple[int, int]]], moment: int) -> set[str]:
    return {agent for agent, (start, end) in agents if start <= moment < end}


@given(
    agents=st.lists(st.tuples(st.sampled_from("ABC"), SPANS), max_size=5),
    holds=st.lists(st.tuples(st.sampled_from("ABC"), SPANS), max_size=4),
    mutes=st.lists(st.tuples(st.sampled_from("ABC"), SPANS), max_size=3),
)
def test_he_is_held_when_nobody_with_him_hears_him(
    agents: list[tuple[str, tuple[int, int]]],
    holds: list[tuple[str, tuple[int, int]]],
    mutes: list[tuple[str, tuple[int, int]]],
) -> None:
    """Each moment judged alone is what the intervals say of it."""
    company = Company(
        agents=[(agent, *span) for agent, span in agents],
        outside=[],
        holds=[Interval(name=agent, data="", start_us=start, end_us=end) for agent, (start, end) in holds],
        mutes=[Interval(name=agent, data="", start_us=start, end_us=end) for agent, (start, end) in mutes],
    )
    met = list(together(company))
    for moment in range(50):
        found = [one for one in met if one.start_us <= moment < one.end_us]
        there = _in_conversation(agents, moment)
        hearing = there - _in_conversation(holds, moment)
        assert {agent for one in found for agent in one.muted} == hearing & _in_conversation(mutes, moment)
        if not there:
            assert found == []
            continue
        (one,) = found
        wanted = "hold" if not hearing else "talking" if len(hearing) == 1 else "conference"
        assert (one.kind, set(one.agents)) == (wanted, hearing or there)


def test_an_agent_who_speaks_with_caller_and_number_outside_is_in_a_conference() -> None:
    customer = Connection(channel=None, start_us=10, end_us=30)  # type: ignore[arg-type]  # nobody looks who it is
    company = Company(agents=[("A", 0, 20)], outside=[customer], holds=[], mutes=[])
    assert [(one.kind.value, one.start_us, one.end_us) for one in together(company)] == [
        ("talking", 0, 10),
        ("conference", 10, 20),
        ("outside", 20, 30),
    ]
