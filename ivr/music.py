"""Our own music on hold: a slow, soft round of chords, computed, so that nothing need be licensed or installed."""

import math
from array import array
from pathlib import Path

from ivr.computed_sounds import SAMPLE_RATE, provide_sound

_BEAT_S = 0.7
_PEAK = 4000  # of 32767: a good deal softer than the prompts

# C, E minor, A minor, F, D minor, G: each bar's chord as semitones above middle C, low notes first
_BARS = (
    (0, 7, 12, 16), (4, 7, 11, 19), (-3, 9, 12, 16), (-7, 9, 12, 17),
    (2, 9, 14, 17), (-5, 7, 11, 14), (0, 7, 14, 16), (-5, 7, 12, 14),
    (-3, 4, 12, 19), (4, 11, 14, 19), (-7, 5, 12, 21), (0, 7, 12, 16),
    (2, 9, 17, 21), (-5, 11, 14, 17), (-7, 9, 12, 17), (-5, 7, 11, 14),
)  # fmt: skip
_FIGURE = (0, 1, 2, 3, 2, 1)  # the order in which a bar's notes are plucked, half a beat each
_BAR_S = len(_FIGURE) * _BEAT_S / 2


def provide_music(folder: Path) -> Path:
    """The music's file in `folder`, written whole or not at all if it is not there yet."""
    return provide_sound(folder / "round.wav", compose)


def compose() -> "array[int]":
    """The round's samples. What rings on past its end is laid under its beginning, so it repeats without a seam."""
    length = round(len(_BARS) * _BAR_S * SAMPLE_RATE)
    sum_of_notes = [0.0] * length
    plucked = {pitch: _pluck(pitch) for pitch in sorted({pitch for bar in _BARS for pitch in bar})}
    for index, bar in enumerate(_BARS):
        for place, voice in enumerate(_FIGURE):
            start = round((index * _BAR_S + place * _BEAT_S / 2) * SAMPLE_RATE)
            for offset, value in enumerate(plucked[bar[voice]]):
                sum_of_notes[(start + offset) % length] += value
    scale = _PEAK / max(map(abs, sum_of_notes))
    return array("h", (round(value * scale) for value in sum_of_notes))


def _pluck(pitch: int, length_s: float = 2.5) -> list[float]:
    """One note: a soft attack, three partials, each dying away faster than the one below."""
    frequency = 261.63 * 2 ** (pitch / 12)
    samples = []
    for index in range(round(length_s * SAMPLE_RATE)):
        t = index / SAMPLE_RATE
        attack = min(1.0, t / 0.012)
        release = min(1.0, (length_s - t) / 0.1)
        tone = sum(
            strength * math.exp(-decay * t) * math.sin(2 * math.pi * frequency * partial * t)
            for partial, strength, decay in ((1, 1.0, 1.6), (2, 0.28, 2.6), (3, 0.1, 4.5))
        )
        samples.append(attack * release * tone)
    return samples
