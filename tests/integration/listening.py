"""What can be heard in audio: a tone in a recording, a prompt among all that was said. It asserts nothing."""

import wave
from array import array
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cti.simulation.tones import RATE, share

Samples = NDArray[np.float64]
Spectrum = NDArray[np.complex128]

PIECE = RATE * 3 // 10
"""Longer than a syllable: what is alike in shorter ones is the voice."""

SAME = 0.75
"""Of two pieces (correlation of their samples): above where one is the other, perhaps with a gap in it."""

PLAYED = 0.6
"""Measured on the shipped prompts: interrupted three times by up to 400 ms they come to 0.8 at least, with three pieces
of 60 ms lost to 0.73; of another prompt 0.13 is found in the mean."""


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
    """How much of the prompt was played, wherever: of its pieces that are no pause, the part that is found in what was
    heard. So it does not matter for how long a busy machine stood still between two of them.
    """
    wanted, given = np.asarray(prompt, dtype=float), np.asarray(heard, dtype=float)
    if len(given) < PIECE:
        return 0.0
    size = 1 << (len(given) + PIECE).bit_length()
    spectrum = np.fft.rfft(given, size)
    sums = np.concatenate(([0.0], np.cumsum(given**2)))
    energies = sums[PIECE:] - sums[:-PIECE]
    pieces = [wanted[start : start + PIECE] for start in range(0, len(wanted) - PIECE + 1, PIECE)]
    loud = [piece for piece in pieces if np.sum(piece**2) > np.mean(wanted**2) * PIECE / 16]
    found = [_most_alike(piece, spectrum, energies, size) > SAME for piece in loud]
    return sum(found) / len(found)


def _most_alike(piece: Samples, spectrum: Spectrum, energies: Samples, size: int) -> float:
    """The correlation of this piece with that piece of what was heard which it fits best."""
    products = np.fft.irfft(spectrum * np.conj(np.fft.rfft(piece, size)), size)[: len(energies)]
    own = float(np.sum(piece**2))
    return float(np.max(products / np.sqrt(own * np.maximum(energies, own / 4))))
