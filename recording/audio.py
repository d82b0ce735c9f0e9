"""Asterisk's raw stereo file: when it began, under which name its audio is kept, and how it becomes a WAV that anyone
can play. (Other formats are made in recording/encoding.) It decides neither which call it is nor how long it is kept.
"""

import os
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path, PurePosixPath

from acd.recording_facts import UNSEEN, Written
from recording.instants import utc
from recording.record import AudioFormat

RATE = 8000  # samples a second
CHANNELS = 2  # left the caller, right what he hears
SAMPLE_SIZE = 2  # bytes; signed, little-endian
FRAME_SIZE = CHANNELS * SAMPLE_SIZE
_COPY_SIZE = 1_048_576
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A finished audio file: its size in bytes, its checksum, and that of the samples in it."""

    bytes: int
    sha256: str
    pcm_sha256: str


def wav_header(size: int) -> bytes:
    """The 44 bytes before `size` bytes of our PCM (RIFF WAVE, format 1). A size beyond 4 GiB, 37 hours, is capped:
    players then read to the end of the file.
    """
    capped = min(size, 0xFFFFFFFF - _HEADER.size + 8)
    rate = RATE * FRAME_SIZE
    return _HEADER.pack(
        b"RIFF", capped + _HEADER.size - 8, b"WAVE",
        b"fmt ", 16, 1, CHANNELS, RATE, rate, FRAME_SIZE, 8 * SAMPLE_SIZE,
        b"data", capped,
    )  # fmt: skip


def file_name(call: str, number: int, started_at: datetime, kind: AudioFormat) -> PurePosixPath:
    """Where the call's `number`-th recording lies in the folder of recordings: by the UTC day it began."""
    return PurePosixPath(f"{started_at.astimezone(UTC):%Y/%m/%d}/{call}-{number}.{kind}")


def measure(raw: Path) -> tuple[datetime, int]:
    """When a finished raw file began, and its size in bytes of whole frames. Raises OSError."""
    status = raw.stat()
    size = status.st_size - status.st_size % FRAME_SIZE  # Asterisk, killed, may leave half a frame
    return utc(status.st_mtime_ns // 1000) - timedelta(milliseconds=duration_ms(size)), size


def written(raw: Path) -> Written:
    """When Asterisk wrote last to a file that it still has open, and how much there was then; the rest, of a second at
    most, is in its memory."""
    try:
        status = raw.stat()
    except OSError:
        return UNSEEN
    return Written(status.st_mtime_ns // 1_000_000, duration_ms(status.st_size))


def convert(raw: Path, wav: Path) -> Encoded:
    """Writes `wav`, whole or not at all (an older one of that name is replaced); `raw` is left. Raises OSError."""
    _, size = measure(raw)
    wav.parent.mkdir(parents=True, exist_ok=True)
    unfinished = wav.with_name(f"{wav.name}.part")
    try:
        checksum, pcm = _copy(raw, unfinished, size)
        unfinished.replace(wav)
    finally:
        unfinished.unlink(missing_ok=True)
    return Encoded(bytes=_HEADER.size + size, sha256=checksum, pcm_sha256=pcm)


def _copy(raw: Path, target: Path, size: int) -> tuple[str, str]:
    header = wav_header(size)
    checksum, pcm, left = sha256(header), sha256(), size
    with raw.open("rb") as source, target.open("wb") as sink:
        sink.write(header)
        while left and (piece := source.read(min(_COPY_SIZE, left))):
            sink.write(piece)
            checksum.update(piece)
            pcm.update(piece)
            left -= len(piece)
        sink.flush()
        os.fsync(sink.fileno())
    if left:
        raise OSError(f"{raw.name} became shorter by {left} bytes while it was read; a finished file was expected")
    return checksum.hexdigest(), pcm.hexdigest()


def duration_ms(size: int) -> int:
    """How long `size` bytes play."""
    return size * 1000 // (RATE * FRAME_SIZE)
