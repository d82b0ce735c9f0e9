"""The peaks from which a player draws its waveform."""

import struct
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recording.keeping.peaks import BUCKETS, Peaks, PeaksUnreadable, Track, peaks_of

pytestmark = pytest.mark.unit

RATE = 8_000


def _pcm(left: list[int], right: list[int]) -> bytes:
    return b"".join(struct.pack("<hh", *frame) for frame in zip(left, right, strict=True))


def _peaks(left: list[int], right: list[int]) -> Peaks:
    return peaks_of([_pcm(left, right)], channels=2, rate=RATE, samples=len(left))


def test_each_track_has_its_own_lowest_and_highest_sample_of_every_bucket() -> None:
    left = [0] * 80 + [25_600] + [-12_800] * 79
    right = [512] * 160
    peaks = _peaks(left, right)
    assert (peaks.bucket, peaks.samples) == (80, 160)
    assert peaks.tracks == (Track((0, -50), (0, 100)), Track((2, 2), (2, 2)))


def test_paused_parts_are_flat_and_what_is_beside_them_is_not() -> None:
    loud = [20_000, -20_000] * 400
    peaks = _peaks(loud + [0] * 800 + loud, loud + [0] * 800 + loud)
    for track in peaks.tracks:
        assert track.lowest == (-78,) * 10 + (0,) * 10 + (-78,) * 10
        assert track.highest == (78,) * 10 + (0,) * 10 + (78,) * 10


def test_the_loudest_samples_there_are_stay_within_bounds() -> None:
    assert _peaks([-32_768] * 80, [32_767] * 80).tracks == (Track((-127,), (-127,)), Track((127,), (127,)))


@given(st.lists(st.integers(-32_768, 32_767), max_size=600), st.integers(1, 50), st.integers(1, 700))
@settings(max_examples=100, deadline=None)
def test_fewer_points_and_other_pieces_show_the_same_extremes(samples: list[int], points: int, cut: int) -> None:
    pcm = _pcm(samples, samples)
    pieces = [pcm[at : at + cut] for at in range(0, len(pcm), cut)]
    whole = peaks_of(pieces, channels=2, rate=RATE, samples=len(samples))
    assert whole == _peaks(samples, samples)
    assert Peaks.from_bytes(whole.to_bytes()) == whole
    fewer = whole.at_most(points)
    for track, before in zip(fewer.tracks, whole.tracks, strict=True):
        assert len(track.lowest) == len(track.highest) == -(-whole.samples // fewer.bucket) <= max(points, 0)
        assert (min(track.lowest, default=0), max(track.highest, default=0)) == (
            min(before.lowest, default=0),
            max(before.highest, default=0),
        )


def test_a_long_call_has_no_more_buckets_than_a_screen_can_use() -> None:
    minute = array("h", [1_000, -1_000] * RATE * 60).tobytes()
    hour = peaks_of([minute] * 60, channels=2, rate=RATE, samples=RATE * 3_600)
    assert len(hour.tracks[0].lowest) <= BUCKETS
    assert hour.samples == RATE * 3_600
    assert len(hour.at_most(1_000).tracks[1].highest) <= 1_000


def test_half_a_frame_at_the_end_is_left_out() -> None:
    assert peaks_of([_pcm([256], [512]) + b"\1"], channels=2, rate=RATE, samples=1).samples == 1


@pytest.mark.parametrize("kept", [b"", b"nonsense" * 10, Peaks(8_000, 80, 80, (Track((0,), (1,)),)).to_bytes()[:-4]])
def test_what_is_no_peaks_is_told(kept: bytes) -> None:
    with pytest.raises(PeaksUnreadable):
        Peaks.from_bytes(kept)
