"""What can be heard in audio: a tone in a recording, a prompt among all that was said. It asserts nothing."""

import math
import wave
from array import array
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from cti.simulation.tones import RATE, share

FRAME = RATE // 100
"""A hundredth of a second: loudness by this step is the rhythm of speech, and tells one sentence from another."""

PLAYED = 0.83
"""Measured on the shipped prompts: stuttering three times by 60 ms they come to 0.94 at least, cut by a third to 0.82
at most, and two different ones to 0.75."""

OPENING, PIECE, STUTTER = 100, 30, 10  # in frames
STARTS = 6  # how many places, an opening apart, are followed


def sides(recording: bytes) -> tuple[list[int], list[int]]:
    """The two channels of a stereo WAV file: the caller, and what he heard."""
    with wave.open(BytesIO(recording)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, RATE)
        samples = array("h", file.readframes(file.getnframes()))
    return list(samples[::2]), list(samples[1::2])


def spoken(prompt: Path) -> list[int]:
    """The samples of a prompt's file."""
    with wave.open(str(prompt)) as file:
        return list(array("h", file.readframes(file.getnframes())))


def seconds_of(tone_hz: int, heard: Sequence[int]) -> float:
    """For how long this tone, and hardly anything else, is heard."""
    step = RATE // 5
    pieces = [heard[start : start + step] for start in range(0, len(heard) - step + 1, step)]
    return sum(share(piece, tone_hz) > 0.8 for piece in pieces) / 5


def likeness(prompt: Sequence[int], heard: Sequence[int]) -> float:
    """How well the rhythm of the prompt fits where it fits best (correlation of the two loudness curves): 1 if all of
    it was played, above PLAYED even if it stuttered on a busy machine, below if a third is missing or it is another.
    """
    wanted, given = _loudness(prompt), _loudness(heard)
    return max(_correlation(wanted, _followed(wanted, given, place)) for place in _starts(wanted[:OPENING], given))


def _starts(opening: Sequence[float], given: Sequence[float]) -> list[int]:
    """The places where the opening fits best, no two of them about the same."""
    fits = [_correlation(opening, given[place : place + OPENING]) for place in range(len(given) - len(opening) + 1)]
    starts: list[int] = []
    for place in sorted(range(len(fits)), key=fits.__getitem__, reverse=True):
        if all(abs(place - start) >= OPENING for start in starts):
            starts.append(place)
        if len(starts) == STARTS:
            break
    return starts or [0]


def _followed(wanted: Sequence[float], given: Sequence[float], place: int) -> list[float]:
    """What is heard from `place` on, piece by piece, each where it fits best within what a stutter may have put in."""
    followed: list[float] = []
    for start in range(0, len(wanted), PIECE):
        piece = wanted[start : start + PIECE]
        shifts = range(max(0, place - 2), place + STUTTER + 1)
        place = max(shifts, key=lambda shift: (_correlation(piece, given[shift : shift + len(piece)]), -shift))
        followed += given[place : place + len(piece)]
        place += len(piece)
    return followed + [0.0] * (len(wanted) - len(followed))


def _loudness(samples: Sequence[int]) -> list[float]:
    starts = range(0, len(samples) - FRAME + 1, FRAME)
    return [math.sqrt(sum(one * one for one in samples[start : start + FRAME]) / FRAME) for start in starts]


def _correlation(one: Sequence[float], other: Sequence[float]) -> float:
    if len(one) != len(other):
        return 0.0
    mean_one, mean_other = sum(one) / len(one), sum(other) / len(other)
    both = sum((a - mean_one) * (b - mean_other) for a, b in zip(one, other, strict=True))
    spread = sum((a - mean_one) ** 2 for a in one) * sum((b - mean_other) ** 2 for b in other)
    return both / math.sqrt(spread) if spread > 0 else 0.0
