"""Sound as samples, by sox: whatever there is becomes 16 bit mono at the two rates that telephones hear, and is written
for Asterisk as `name.wav` (8 kHz) and `name.wav16` (16 kHz), of which it opens the one that suits the caller's codec.

Each has 50 ms of silence before and 150 ms after it, exactly: where pieces are joined others take their place.
"""

import asyncio
import os
import subprocess
import wave
from array import array
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from secrets import token_hex

from ivr.prompts.errors import ProgramFailed, SynthesiserMissing
from ivr.prompts.loudness import HEADROOM_DB, k_weighting, levelled
from ivr.prompts.programs import run

NARROW, WIDE = 8000, 16000
ENDINGS: Mapping[int, str] = {NARROW: ".wav", WIDE: ".wav16"}
RATES = tuple(ENDINGS)

BEFORE_MS, AFTER_MS = 50, 150

SPOKEN = ("silence", "1", "0.01", "0.2%", "reverse", "silence", "1", "0.01", "0.2%", "reverse")
"""Takes the silence off both ends of what a synthesiser made."""

RECORDED = (
    *("highpass", "70", "norm", "-1"),
    *("silence", "1", "0.02", "1%", "reverse", "silence", "1", "0.02", "1%", "reverse"),
)
"""The same of what a microphone took: hum goes, and silence is what is 40 dB below the loudest."""

RECIPE = "2 " + " ".join((*SPOKEN, *RECORDED))
"""Changes where the same speech would come to sound otherwise, so that no file made before is taken for it."""

LONGEST_S = 300
_LIMIT_S = 60.0
_RAW = ("-t", "raw", "-e", "signed", "-b", "16", "-c", "1", "-L")

Samples = Mapping[int, "array[int]"]
"""The same sound by sampling rate."""


async def decode(file: Path, trim: tuple[str, ...]) -> "Samples | None":
    """The sound in the file, whatever its form, without silence at its ends, at the level of all prompts; None where it
    holds nothing that could be heard. Raises SynthesiserMissing, ProgramFailed."""
    to = (*_RAW, "-r", str(WIDE), "-")
    cut = ("trim", "0", str(LONGEST_S))
    wide = _samples(
        await run(("sox", "-V1", "-D", _named(file), *to, *cut, "rate", str(WIDE), *trim), time_limit_s=_LIMIT_S)
    )
    if not wide:
        return None
    shrink = ("sox", "-V1", "-D", *_RAW, "-r", str(WIDE), "-", *_RAW, "-r", str(NARROW), "-", "rate", str(NARROW))
    given: Samples = {NARROW: _samples(await run(shrink, wide.tobytes(), time_limit_s=_LIMIT_S)), WIDE: wide}
    made = {rate: await asyncio.to_thread(levelled, given[rate], rate, partial(_weigh, rate)) for rate in RATES}
    if (narrow := made[NARROW]) is None or (wide_made := made[WIDE]) is None:
        return None
    return {NARROW: narrow, WIDE: wide_made}


async def length_ms(file: Path) -> int:
    """How long the sound in the file is. Raises SynthesiserMissing; ProgramFailed where it is none."""
    said = await run(("sox", "--i", "-D", _named(file)), time_limit_s=_LIMIT_S)
    return round(float(said) * 1000)


def padded(bodies: Iterable[Samples], pauses_ms: Iterable[int] = ()) -> Samples:
    """Sounds one after the other, between each two a pause, and before and after them what every file has."""
    bodies = list(bodies)
    between = [*pauses_ms, AFTER_MS]
    joined = {rate: silence(rate, BEFORE_MS) for rate in RATES}
    for body, pause_ms in zip(bodies, between, strict=True):
        for rate in RATES:
            joined[rate] += body[rate] + silence(rate, pause_ms)
    return joined


def silence(rate: int, ms: int) -> "array[int]":
    """So much of nothing."""
    return array("h", bytes(2 * (rate * ms // 1000)))


def write(name: Path, samples: Samples) -> None:
    """Write both files of `name`, each whole or not at all; that of 8 kHz last. Raises OSError."""
    for rate in (WIDE, NARROW):
        file = name.with_name(name.name + ENDINGS[rate])
        unfinished = file.with_name(f".{file.name}.{token_hex(4)}")
        try:
            with unfinished.open("wb") as raw, wave.open(raw, "wb") as sound:
                sound.setnchannels(1)
                sound.setsampwidth(2)
                sound.setframerate(rate)
                sound.writeframes(samples[rate].tobytes())
            os.replace(unfinished, file)
        finally:
            unfinished.unlink(missing_ok=True)


def is_there(name: Path) -> bool:
    """Whether both files of `name` have been written."""
    return name.with_name(name.name + ENDINGS[NARROW]).exists()


def join(name: Path, sounds: Iterable[Path], pauses_ms: Iterable[int]) -> None:
    """Write as `name` what was written as `sounds`, with these pauses between. Raises OSError, wave.Error, EOFError."""
    write(name, padded(map(read_body, sounds), pauses_ms))


def read_body(name: Path) -> Samples:
    """What was written as `name`, without its silence at both ends. Raises OSError, wave.Error, EOFError."""
    bodies: dict[int, array[int]] = {}
    for rate in RATES:
        with wave.open(str(name.with_name(name.name + ENDINGS[rate]))) as sound:
            samples = array("h", sound.readframes(sound.getnframes()))
        bodies[rate] = samples[rate * BEFORE_MS // 1000 : len(samples) - rate * AFTER_MS // 1000]
    return bodies


def _named(file: Path) -> str:
    """Never an option, nor one of sox's special names."""
    return os.path.abspath(file)


def _samples(raw: bytes) -> "array[int]":
    return array("h", raw[: len(raw) // 2 * 2])


def _weigh(rate: int, samples: "array[int]") -> "array[int]":
    filters = [str(number) for biquad in k_weighting(rate) for number in ("biquad", *biquad)]
    raw = (*_RAW, "-r", str(rate))
    command = ["sox", "-V1", "-D", *raw, "-", *raw, "-", "gain", f"-{HEADROOM_DB:g}", *filters]
    try:
        done = subprocess.run(command, input=samples.tobytes(), capture_output=True, timeout=_LIMIT_S, check=True)
    except FileNotFoundError as error:
        raise SynthesiserMissing("sox") from error
    except subprocess.SubprocessError as error:
        raise ProgramFailed(f"sox failed to weigh: {error}") from error
    return _samples(done.stdout)
