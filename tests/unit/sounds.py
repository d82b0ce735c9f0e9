"""Sounds made up for tests, and an ear of its own: loudness by the formulas of ITU-R BS.1770-4, written a second time,
with the filter in Python, so that a mistake in ours does not judge itself.
"""

import math
import random
import wave
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path


def tone(hertz: float, seconds: float, rate: int, amplitude: float = 8000) -> "array[int]":
    """A sine."""
    return array(
        "h", (round(amplitude * math.sin(2 * math.pi * hertz * at / rate)) for at in range(round(seconds * rate)))
    )


def babble(seconds: float, rate: int, amplitude: float, seed: int = 1) -> "array[int]":
    """Something with the rhythm and the peaks of speech: noise in syllables, with pauses."""
    chance = random.Random(seed)
    loud = (abs(math.sin(2 * math.pi * 2.1 * at / rate)) ** 2 for at in range(round(seconds * rate)))
    return array("h", (max(-32768, min(32767, round(chance.gauss(0, amplitude) * one))) for one in loud))


def write_wav(file: Path, samples: "array[int]", rate: int, channels: int = 1) -> Path:
    """The samples as a file."""
    with file.open("wb") as raw, wave.open(raw, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(samples.tobytes())
    return file


def read_wav(file: Path) -> "array[int]":
    """The samples of a file."""
    with wave.open(str(file)) as sound:
        return array("h", sound.readframes(sound.getnframes()))


def lufs(samples: Sequence[int], rate: int) -> float:
    """Loudness, gated (BS.1770-4 annex 1)."""
    heard = [sample / 32768 for sample in samples]
    for coefficients in weighting(rate):
        heard = filtered(heard, coefficients)
    size, step = round(0.4 * rate), round(0.1 * rate)
    starts = range(0, max(1, len(heard) - size + 1), step)
    powers = [mean(one * one for one in heard[start : start + size]) for start in starts]
    over = [power for power in powers if level(power) > -70]
    return level(mean(power for power in over if level(power) > level(mean(over)) - 10))


def weighting(rate: int) -> list[tuple[float, ...]]:
    """K-weighting by the bilinear transform of its two analogue filters."""
    k, v, q = math.tan(math.pi * 1681.974450955533 / rate), 10 ** (3.999843853973347 / 20), 0.7071752369554196
    b, a = v**0.4996667741545416, 1 + k / q + k * k
    shelf = ((v + b * k / q + k * k) / a, 2 * (k * k - v) / a, (v - b * k / q + k * k) / a)
    first = (*shelf, 2 * (k * k - 1) / a, (1 - k / q + k * k) / a)
    k, q = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
    a = 1 + k / q + k * k
    return [first, (1.0, -2.0, 1.0, 2 * (k * k - 1) / a, (1 - k / q + k * k) / a)]


def filtered(samples: Iterable[float], coefficients: tuple[float, ...]) -> list[float]:
    """A biquad, direct form 1."""
    b0, b1, b2, a1, a2 = coefficients
    x1 = x2 = y1 = y2 = 0.0
    out = []
    for x in samples:
        y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
        x1, x2, y1, y2 = x, x1, y, y1
        out.append(y)
    return out


def level(power: float) -> float:
    return -0.691 + 10 * math.log10(power) if power > 0 else float("-inf")


def mean(values: Iterable[float]) -> float:
    values = list(values)
    return sum(values) / len(values)
