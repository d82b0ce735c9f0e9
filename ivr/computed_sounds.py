"""How sounds that we compute ourselves are written for Asterisk."""

import os
import wave
from array import array
from collections.abc import Callable
from pathlib import Path

SAMPLE_RATE = 8000
"""Samples a second, of 16 bits, on one channel."""


def provide_sound(file: Path, compute: Callable[[], "array[int]"]) -> Path:
    """The file, with the samples of `compute` written whole or not at all if it is not there yet. Raises OSError."""
    if file.exists():
        return file
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.parent / f".{file.name}.{os.getpid()}"
    with unfinished.open("wb") as raw, wave.open(raw, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(SAMPLE_RATE)
        sound.writeframes(compute().tobytes())
    return unfinished.replace(file)
