"""Pure tones as telephone audio (G.711 µ-law, 8 kHz), and how strongly one is heard in a piece of audio."""

import math
from collections.abc import Iterable, Sequence
from functools import cache

RATE = 8000
_BIAS = 132
_CLIP = 32635


def encode(sample: int) -> int:
    """A 16-bit sample as a µ-law byte (ITU-T G.711, table 2a)."""
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), _CLIP) + _BIAS
    exponent = magnitude.bit_length() - 8
    return ~(sign | exponent << 4 | magnitude >> (exponent + 3) & 0x0F) & 0xFF


def decode(byte: int) -> int:
    """The 16-bit sample of a µ-law byte."""
    byte = ~byte & 0xFF
    magnitude = ((byte & 0x0F) << 3 | 0x84) << (byte >> 4 & 0x07)
    return _BIAS - magnitude if byte & 0x80 else magnitude - _BIAS


_SAMPLES = [decode(byte) for byte in range(256)]


@cache
def tone(hertz: int, level: int = 8000) -> bytes:
    """One second of a sine in µ-law; for a whole number of hertz it can be repeated without a click."""
    return bytes(encode(round(level * math.sin(2 * math.pi * hertz * n / RATE))) for n in range(RATE))


def samples(audio: Iterable[int]) -> list[int]:
    """The 16-bit samples of µ-law audio."""
    return [_SAMPLES[byte] for byte in audio]


def share(heard: Sequence[int], hertz: int, rate: int = RATE) -> float:
    """Which part of the energy of 16-bit samples is at this frequency: 1 for its pure tone, 0 for silence (Goertzel).

    The resolution is the inverse of the length: 100 ms tell 400 Hz from 420 Hz.
    """
    coefficient = 2 * math.cos(2 * math.pi * hertz / rate)
    energy = before = last = 0.0
    for sample in heard:
        energy += sample * sample
        before, last = last, sample + coefficient * last - before
    if energy == 0:
        return 0.0
    power = last * last + before * before - coefficient * last * before
    return min(1.0, 2 * power / (energy * len(heard)))
