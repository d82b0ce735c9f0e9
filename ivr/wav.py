"""Asterisk's recordings of one voice, WAV of 8 kHz and 16 bit, mono: how long one is, and its header made to fit where
Asterisk, killed, has not done so.
"""

import struct
from pathlib import Path

HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
"""RIFF WAVE, format 1: 44 bytes before the samples."""

BYTES_PER_MS = 16
_RATE, _SAMPLE = 8000, 2


def duration_ms(file: Path) -> int:
    """How much is on the disk; 0 where there is no such file."""
    try:
        size = file.stat().st_size
    except FileNotFoundError:
        return 0
    return max(0, size - HEADER.size) // BYTES_PER_MS


def mend(file: Path) -> None:
    """Let the header say how much there is. Raises OSError."""
    size = max(0, file.stat().st_size - HEADER.size)
    size -= size % _SAMPLE
    header = HEADER.pack(
        b"RIFF", size + HEADER.size - 8, b"WAVE",
        b"fmt ", 16, 1, 1, _RATE, _RATE * _SAMPLE, _SAMPLE, 8 * _SAMPLE,
        b"data", size,
    )  # fmt: skip
    with file.open("r+b") as sound:
        if sound.read(HEADER.size) != header:
            sound.seek(0)
            sound.write(header)
