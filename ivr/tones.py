"""The tone before a message, computed, so that nothing need be licensed or installed."""

import math
import os
import wave
from array import array
from pathlib import Path

SAMPLE_RATE = 8000
BEEP_HZ = 1000
BEEP_S = 0.3

_PEAK = 8000  # of 32767
_RAMP = SAMPLE_RATE // 100  # neither its beginning nor its end is a click


def provide_beep(folder: Path) -> str:
    """The tone's name for Asterisk, in `folder`, its file written whole or not at all if it is not there yet."""
    file = folder / "beep.wav"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{file.name}.{os.getpid()}"
        with unfinished.open("wb") as raw, wave.open(raw, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(SAMPLE_RATE)
            sound.writeframes(beep().tobytes())
        unfinished.replace(file)
    return str(file.with_suffix(""))


def beep() -> "array[int]":
    """The tone's samples."""
    length = round(BEEP_S * SAMPLE_RATE)
    loudness = (min(1.0, place / _RAMP, (length - place) / _RAMP) for place in range(length))
    wave_of = (math.sin(2 * math.pi * BEEP_HZ * place / SAMPLE_RATE) for place in range(length))
    return array("h", (round(_PEAK * loud * value) for loud, value in zip(loudness, wave_of, strict=True)))
