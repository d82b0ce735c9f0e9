"""What an agent hears of the call he was judged by: not what a colleague said with the caller without him."""

import io
import struct
import wave
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.quality.own_part import Silencer, hidden_from, shown_peaks
from recording.record import Conversation, Recording, Segment, SegmentKind
from tests.ledgers import real_call

pytestmark = pytest.mark.unit

AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
RATE = 8000


def seconds(count: float) -> datetime:
    return AT + timedelta(seconds=count)


def talked(*spans: tuple[str, float, float], outside: Sequence[tuple[float, float]] = ()) -> list[tuple[int, int]]:
    """What is hidden from agent 1001 of a recording that begins at second 10 and lasts 100, in which the caller was
    alone with a number outside meanwhile."""
    talks = tuple(
        Conversation(agent=agent, started_at=seconds(start), ended_at=seconds(end), hold_ms=0)
        for agent, start, end in spans
    )
    called = tuple(
        Segment(kind=SegmentKind.OUTSIDE, started_at=seconds(start), ended_at=seconds(end)) for start, end in outside
    )
    record = real_call("answered_with_hold").record()
    record = record.model_copy(update={"conversations": talks, "segments": (*record.segments, *called)})
    sound = Recording(file="a", started_at=seconds(10), duration_ms=100_000, bytes=1, sha256="")
    return list(hidden_from("1001", record, sound))


def test_what_a_colleague_says_before_and_after_him_is_hidden_and_nothing_else() -> None:
    assert talked(("1001", 20, 40)) == []
    assert talked(("1001", 20, 40), ("1002", 50, 70)) == [(40_000, 60_000)]
    assert talked(("1002", 5, 20), ("1001", 20, 40), ("1002", 90, 200)) == [(0, 10_000), (80_000, 100_000)]
    assert talked(("1002", 0, 8), ("1001", 20, 40)) == [], "what was before the recording began"


def test_what_is_said_with_him_in_a_conference_is_heard() -> None:
    assert talked(("1001", 20, 40), ("1002", 30, 50)) == [(30_000, 40_000)]


def test_what_is_said_with_a_number_outside_to_which_he_sent_the_caller_on_is_hidden() -> None:
    assert talked(("1001", 20, 40), outside=[(40, 70)]) == [(30_000, 60_000)]
    assert talked(("1001", 20, 40), ("1002", 60, 80), outside=[(50, 60)]) == [(40_000, 70_000)]
    assert talked(("1001", 20, 40), outside=[(25, 30)]) == [(15_000, 20_000)], "he held the caller meanwhile"


def test_of_a_call_that_went_to_a_number_outside_that_part_is_hidden() -> None:
    record = real_call("overflowed_number").record()
    (part,) = (one for one in record.segments if one.kind is SegmentKind.OUTSIDE)
    sound = Recording(file="a", started_at=record.started_at, duration_ms=60_000, bytes=1, sha256="")
    ((start_ms, end_ms),) = hidden_from("1001", record, sound)
    assert end_ms - start_ms == pytest.approx((part.ended_at - part.started_at) / timedelta(milliseconds=1), abs=1)


def wav(samples: int, channels: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(struct.pack(f"<{samples * channels}h", *([7] * samples * channels)))
    return file.getvalue()


@given(data=st.data(), channels=st.sampled_from([1, 2]), samples=st.integers(0, 4000))
def test_the_silence_is_exactly_there_however_the_file_is_cut(data: st.DataObject, channels: int, samples: int) -> None:
    whole = wav(samples, channels)
    edges = sorted(data.draw(st.lists(st.integers(0, 600), min_size=4, max_size=4)))
    hidden = [(edges[0], edges[1]), (edges[2], edges[3])]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=5)))
    silencer = Silencer(hidden)
    given_out = b"".join(
        silencer.feed(whole[start:end]) for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)
    )
    with wave.open(io.BytesIO(given_out)) as heard:
        assert (heard.getnchannels(), heard.getnframes()) == (channels, samples)
        frames = struct.unpack(f"<{samples * channels}h", heard.readframes(samples))
    for at in range(samples):
        silent = any(start * RATE // 1000 <= at < end * RATE // 1000 for start, end in hidden)
        assert frames[at * channels : (at + 1) * channels] == (0 if silent else 7,) * channels


def test_what_is_no_wav_is_refused() -> None:
    with pytest.raises(ValueError, match="no WAV"):
        Silencer([(0, 1)]).feed(b"fLaC" + bytes(64))


def test_peaks_are_flat_where_it_is_silent() -> None:
    assert shown_peaks([5, 5, 5, 5], 10.0, [(15, 20)]) == (5, 0, 5, 5)
    assert shown_peaks([5, 5, 5, 5], 10.0, [(19, 21)]) == (5, 0, 0, 5)
