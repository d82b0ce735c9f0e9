"""The peaks of a recording: of each track, bucket by bucket, the lowest and the highest sample, from which a player
draws its waveform. Pure; where the samples come from is decided elsewhere.
"""

import struct
import zlib
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BUCKETS = 8_192
"""Kept of one recording at most: twice what the widest screen shows."""

FINEST_MS = 10
"""No bucket is shorter."""

_HEAD = struct.Struct(">4sBIII")
_KIND = b"PK1\x00"
LEVEL = 256
"""Samples of 16 bits are kept in 8."""

LOUDEST = 127

Levels = npt.NDArray[np.int16]
"""By bucket, extreme (lowest, highest) and channel."""


class PeaksUnreadable(Exception):
    """What should be peaks is none."""

    id = "recording-peaks-unreadable"


@dataclass(frozen=True, slots=True)
class Track:
    """The lowest and the highest sample of each bucket, from -127 to 127; silence is 0 and 0."""

    lowest: tuple[int, ...]
    highest: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Peaks:
    """Of a recording of `samples` samples a track, `rate` a second: `bucket` samples to a bucket, the last one may have
    fewer."""

    rate: int
    samples: int
    bucket: int
    tracks: tuple[Track, ...]

    def at_most(self, points: int) -> "Peaks":
        """The same in no more than so many buckets, each as long as the others but the last."""
        count = len(self.tracks[0].lowest) if self.tracks else 0
        together = max(1, -(-count // points))
        if together == 1:
            return self
        tracks = (
            Track(_in_groups(min, track.lowest, together), _in_groups(max, track.highest, together))
            for track in self.tracks
        )
        return Peaks(self.rate, self.samples, self.bucket * together, tuple(tracks))

    def to_bytes(self) -> bytes:
        """As they are kept."""
        values = array("b")
        for track in self.tracks:
            values.extend(track.lowest)
            values.extend(track.highest)
        head = _HEAD.pack(_KIND, len(self.tracks), self.rate, self.samples, self.bucket)
        return head + zlib.compress(values.tobytes())

    @classmethod
    def from_bytes(cls, kept: bytes) -> "Peaks":
        """Back. Raises PeaksUnreadable."""
        try:
            kind, tracks, rate, samples, bucket = _HEAD.unpack_from(kept)
            if kind != _KIND:
                raise ValueError("of another kind")
            values = array("b", zlib.decompress(kept[_HEAD.size :]))
            count = -(-samples // bucket)
            if len(values) != 2 * tracks * count:
                raise ValueError("too short or too long")
        except (struct.error, zlib.error, ValueError, ZeroDivisionError) as error:
            raise PeaksUnreadable(f"the peaks of a recording cannot be read: {error}") from None
        rows = [tuple(values[at : at + count]) for at in range(0, len(values), count)] if count else [()] * 2 * tracks
        return cls(
            rate, samples, bucket, tuple(Track(low, high) for low, high in zip(rows[::2], rows[1::2], strict=True))
        )


def peaks_of(pieces: Iterable[bytes], *, channels: int, rate: int, samples: int) -> Peaks:
    """The peaks of signed 16-bit little-endian samples, the channels in turn. `samples`, of a track, decides how long
    a bucket is; how many there are is counted. Pieces may end anywhere."""
    bucket = max(1, rate * FINEST_MS // 1000, -(-samples // BUCKETS))
    width = 2 * channels * bucket
    found: list[Levels] = []
    waiting, counted = b"", 0
    for piece in pieces:
        waiting += piece
        whole = len(waiting) // width * width
        if whole:
            counted += whole // (2 * channels)
            found.append(_levels(waiting[:whole], channels, bucket))
            waiting = waiting[whole:]
    rest = len(waiting) // (2 * channels)
    if rest:
        found.append(_levels(waiting[: rest * 2 * channels], channels, rest))
    joined = np.concatenate(found) if found else np.empty((0, 2, channels), dtype=np.int16)
    tracks = tuple(Track(*(tuple(row.tolist()) for row in joined[:, :, channel].T)) for channel in range(channels))
    return Peaks(rate, counted + rest, bucket, tracks)


def _levels(pcm: bytes, channels: int, bucket: int) -> Levels:
    """Bucket by bucket the lowest and the highest level of each channel; towards 0, so that what is nearly silent shows
    as silence."""
    samples = np.frombuffer(pcm, dtype="<i2").reshape(-1, bucket, channels)
    extremes = np.stack((samples.min(axis=1), samples.max(axis=1)), axis=1).astype(np.int32)
    levels: Levels = np.clip(np.fix(extremes / LEVEL), -LOUDEST, LOUDEST).astype(np.int16)
    return levels


def _in_groups(of: Callable[[tuple[int, ...]], int], values: tuple[int, ...], size: int) -> tuple[int, ...]:
    return tuple(of(values[at : at + size]) for at in range(0, len(values), size))
