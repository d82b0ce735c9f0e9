"""When a recording is silent on purpose, and what its manifest says of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.facts import CallArrived, Fact, RecordingPaused, RecordingResumed
from acd.recording_facts import UNSEEN, Written
from recording.fold import fold
from recording.instants import utc
from recording.manifest import Manifest, manifest_name, manifests
from recording.record import ASTERISK_LOST, AudioFormat, CallRecord, Conversation, Pause, Recording
from recording.recorded import missing_talk, silences, span_ms, talked, with_pauses
from tests.ledgers import real_call, whole

pytestmark = pytest.mark.unit

START_MS = 1_800_000_000_000
CALL = "node1-1.0"


def recording(start_ms: int, duration_ms: int, file: str = "2027/01/15/a-1.flac") -> Recording:
    return Recording(
        file=file,
        started_at=utc(start_ms * 1000),
        duration_ms=duration_ms,
        bytes=10,
        sha256="ab",
        format=AudioFormat.FLAC,
        pcm_sha256="cd",
    )


def paused(after_ms: int, by: str = "agent:1001", why: str = "card number") -> RecordingPaused:
    return RecordingPaused(at_ms=START_MS + after_ms, linkedid=CALL, node="", why=why, by=by)


def resumed(after_ms: int, why: str = "done") -> RecordingResumed:
    return RecordingResumed(at_ms=START_MS + after_ms, linkedid=CALL, node="", why=why, by="agent:1001")


def arrived(after_ms: int, *, again: bool) -> CallArrived:
    return CallArrived(
        at_ms=START_MS + after_ms, linkedid=CALL, channel="c", caller="1", caller_name="", dialled="4000", flow="f",
        resumed=again,
    )  # fmt: skip


def marked(*facts: Fact, ended_ms: int = 60_000) -> tuple[Pause, ...]:
    """The pauses of a recording that began with the call and lasted as long."""
    silent = silences(facts, (START_MS + ended_ms) * 1000)
    (one,) = with_pauses([recording(START_MS, ended_ms)], silent)
    return one.pauses


def test_a_pause_is_marked_where_the_recording_is_silent_with_who_and_why() -> None:
    assert marked(paused(10_000), resumed(12_500)) == (
        Pause(start_ms=10_000, end_ms=12_500, who="agent:1001", why="card number"),
    )


def test_a_pause_that_nobody_ended_lasts_to_the_end_of_the_call() -> None:
    assert [(one.start_ms, one.end_ms) for one in marked(paused(10_000))] == [(10_000, 60_000)]


def test_a_pause_in_which_we_died_ends_at_the_latest_when_the_caller_comes_again() -> None:
    said = marked(arrived(0, again=False), paused(10_000), arrived(15_000, again=True), paused(20_000), resumed(21_000))
    assert [(one.start_ms, one.end_ms) for one in said] == [(10_000, 15_000), (20_000, 21_000)]


def test_each_recording_of_a_call_has_its_own_part_of_a_pause() -> None:
    silent = silences([paused(8_000), resumed(12_000)], (START_MS + 60_000) * 1000)
    first, second = with_pauses([recording(START_MS, 10_000), recording(START_MS + 11_000, 5_000)], silent)
    assert [(one.start_ms, one.end_ms) for one in (*first.pauses, *second.pauses)] == [(8_000, 10_000), (0, 1_000)]


def test_both_pauses_of_a_real_call_are_marked_though_the_file_was_too_short_for_the_first() -> None:
    """No packet of either side came for two seconds, after the first of two pauses: as story 143 lost audio."""
    call = real_call("paused_with_audio_lost")
    kept = recording(0, 5_080).model_copy(update={"started_at": datetime(2026, 11, 22, 23, 4, 43, 953_839, tzinfo=UTC)})
    record = whole(fold(call.rows, call.facts, [kept]))
    (one,) = record.recordings
    assert [(pause.why, pause.start_ms, pause.end_ms) for pause in one.pauses] == [
        ("card number", 237, 869),
        ("address", 3_282, 3_890),
    ]
    first = next(fact for fact in call.facts if isinstance(fact, RecordingResumed))
    assert utc(first.at_ms * 1000) < one.started_at, "by the end of the file it was over before"
    (lack,) = missing_talk(record)
    assert (lack.started_at, lack.ended_at) == (record.connected_at, one.started_at)


def seen(fact: RecordingPaused | RecordingResumed, at_ms: int, ms: int) -> RecordingPaused | RecordingResumed:
    """The fact by somebody who saw that so much was written then."""
    return replace(fact, written_at_ms=START_MS + at_ms, written_ms=ms)


def test_a_pause_lies_where_it_was_by_what_was_written_next_to_it() -> None:
    """Ten seconds of a minute never came, after the first pause and before the second."""
    silent = silences(
        [
            seen(paused(5_000), 4_500, 4_500), seen(resumed(8_000), 7_600, 7_600),
            seen(paused(40_000), 39_800, 29_800), resumed(42_000),
        ],
        (START_MS + 60_000) * 1000,
    )  # fmt: skip
    (one,) = with_pauses([recording(START_MS + 10_000, 50_000)], silent)
    assert [(pause.start_ms, pause.end_ms) for pause in one.pauses] == [(5_000, 8_000), (30_000, 32_000)]


def test_a_pause_in_which_nothing_came_is_told_all_the_same() -> None:
    facts = [seen(paused(5_000), 4_000, 4_000), seen(resumed(9_000), 4_000, 4_000)]
    (one,) = with_pauses([recording(START_MS + 6_000, 4_000)], silences(facts, (START_MS + 10_000) * 1000))
    assert [(pause.start_ms, pause.end_ms) for pause in one.pauses] == [(4_000, 4_000)]


def test_what_was_written_of_another_file_says_nothing_of_this_one() -> None:
    silent = silences([seen(paused(2_000), 1_500, 1_500), resumed(3_000)], (START_MS + 60_000) * 1000)
    first, second = with_pauses([recording(START_MS, 10_000), recording(START_MS + 30_000, 5_000)], silent)
    assert [(one.start_ms, one.end_ms) for one in (*first.pauses, *second.pauses)] == [(2_000, 3_000)]


WRITTEN = st.one_of(
    st.just(UNSEEN), st.builds(Written, st.integers(START_MS, START_MS + 100_000), st.integers(0, 90_000))
)


@given(
    st.lists(st.tuples(st.integers(0, 100_000), st.booleans(), WRITTEN), max_size=8),
    st.integers(-5_000, 105_000),
    st.integers(0, 120_000),
)
def test_pauses_lie_within_their_recording_in_order_and_apart_whatever_was_seen_of_it(
    switched: list[tuple[int, bool, Written]], start_ms: int, duration_ms: int
) -> None:
    facts = [
        replace(paused(at) if on else resumed(at), written_at_ms=said.at_ms, written_ms=said.ms)
        for at, on, said in sorted(switched)
    ]
    silent = silences(facts, (START_MS + 100_000) * 1000)
    (one,) = with_pauses([recording(START_MS + start_ms, duration_ms)], silent)
    at = 0
    for pause in one.pauses:
        assert at <= pause.start_ms <= pause.end_ms <= duration_ms
        at = pause.end_ms


def a_record() -> CallRecord:
    record = real_call("served_by_ivr").record()
    one = recording(0, 4_000, "2026/11/22/x-1.flac").model_copy(update={"started_at": record.started_at})
    return record.model_copy(update={"recordings": (one,)})


def test_a_manifest_says_what_the_file_is_a_recording_of() -> None:
    record = a_record()
    (one,) = manifests(record)
    assert (one.call, one.linkedid, one.number, one.channel) == (record.id, record.linkedid, 1, record.legs[0].uniqueid)
    assert one.ended_at == record.started_at + timedelta(seconds=4)
    assert (one.format, one.media_type, one.channels, one.rate) == ("flac", "audio/flac", 2, 8000)
    assert (one.sha256, one.pcm_sha256) == ("ab", "cd")
    assert Manifest.model_validate_json(one.model_dump_json()) == one


def test_a_manifest_lies_beside_its_audio() -> None:
    assert manifest_name("2026/11/22/x-1.flac") == "2026/11/22/x-1.json"


def test_a_record_from_before_has_the_defaults_of_its_time() -> None:
    old = a_record().model_dump(mode="json")
    del old["missing"]
    old["recordings"] = [
        {name: old["recordings"][0][name] for name in ("file", "started_at", "duration_ms", "bytes", "sha256")}
    ]
    (one,) = CallRecord.model_validate(old).recordings
    assert (one.format, one.channels, one.rate, one.pcm_sha256, one.place, one.pauses) == ("wav", 2, 8000, "", "", ())


def talking(record: CallRecord, *spans_ms: tuple[int, int]) -> CallRecord:
    """The record with these conversations, in milliseconds after its start."""
    return record.model_copy(
        update={
            "conversations": tuple(
                Conversation(agent="1001", started_at=at(record, start), ended_at=at(record, end), hold_ms=0)
                for start, end in spans_ms
            )
        }
    )


def recorded(record: CallRecord, *spans_ms: tuple[int, int]) -> CallRecord:
    """The record with these recordings."""
    made = [recording(0, end - start).model_copy(update={"started_at": at(record, start)}) for start, end in spans_ms]
    return record.model_copy(update={"recordings": tuple(made)})


def at(record: CallRecord, after_ms: int) -> datetime:
    return record.started_at + timedelta(milliseconds=after_ms)


def lacks(record: CallRecord, cause: str = "") -> list[tuple[int, int, str]]:
    """The missing talk, in milliseconds after the record's start."""
    millisecond = timedelta(milliseconds=1)
    return [
        (
            (one.started_at - record.started_at) // millisecond,
            (one.ended_at - record.started_at) // millisecond,
            one.cause,
        )
        for one in missing_talk(record, cause)
    ]


def test_a_call_recorded_from_answer_to_end_lacks_nothing_however_often_it_was_sent_on() -> None:
    call = talking(a_record(), (1_000, 5_000), (5_500, 9_000), (8_000, 12_000))
    assert lacks(recorded(call, (0, 12_000))) == []
    assert lacks(recorded(call, (0, 6_000), (6_100, 12_000))) == []  # the tick between two files is none
    assert span_ms(talked(call)) == 4_000 + 6_500


def test_what_no_recording_has_is_missing_with_its_cause() -> None:
    call = talking(a_record(), (1_000, 5_000), (6_000, 9_000))
    assert lacks(recorded(call)) == [(1_000, 5_000, "unknown"), (6_000, 9_000, "unknown")]
    assert lacks(recorded(call, (2_000, 7_000)), "disk_full") == [
        (1_000, 2_000, "disk_full"),
        (7_000, 9_000, "disk_full"),
    ]
    lost = recorded(call, (0, 8_000)).model_copy(update={"reason": ASTERISK_LOST})
    assert lacks(lost) == [(8_000, 9_000, "asterisk_lost")]


def test_a_call_without_talk_lacks_nothing() -> None:
    assert missing_talk(a_record().model_copy(update={"recordings": (), "conversations": ()})) == ()


SPANS = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 100)), max_size=6)


@given(SPANS, SPANS)
def test_talk_is_recorded_or_missing_and_never_both(talks: list[tuple[int, int]], files: list[tuple[int, int]]) -> None:
    """In steps of 500 ms, the least that counts."""
    spoken = {step for start, length in talks for step in range(start, start + length)}
    kept = {step for start, length in files for step in range(start, start + length)}
    call = talking(a_record(), *((start * 500, (start + length) * 500) for start, length in talks))
    found = lacks(recorded(call, *((start * 500, (start + length) * 500) for start, length in files)))
    assert {step for start, end, _ in found for step in range(start // 500, end // 500)} == spoken - kept
    assert span_ms(talked(call)) == 500 * len(spoken)
