"""The tone before a message, computed, so that nothing need be licensed or installed."""

import math
from array import array
from pathlib import Path

from ivr.computed_sounds import SAMPLE_RATE, provide_sound

BEEP_HZ = 1000
BEEP_S = 0.3

_PEAK = 8000  # of 32767
_RAMP = SAMPLE_RATE // 100  # neither its beginning nor its end is a click


def provide_beep(folder: Path) -> str:
    """The tone's name for Asterisk, in `folder`, its file written whole or not at all if it is not there yet."""
    return str(provide_sound(folder / "beep.wav", beep).with_suffix(""))


def beep() -> "array[int]":
    """The tone's samples."""
    length = round(BEEP_S * SAMPLE_RATE)
    loudness = (min(1.0, place / _RAMP, (length - place) / _RAMP) for place in range(length))
    wave_of = (math.sin(2 * math.pi * BEEP_HZ * place / SAMPLE_RATE) for place in range(length))
    return array("h", (round(_PEAK * loud * value) for loud, value in zip(loudness, wave_of, strict=True)))
