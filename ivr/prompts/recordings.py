"""Recordings by people: what may be played to callers, and what it sounds like at the level of all prompts."""

import asyncio
import os
from pathlib import Path

from ivr.prompts import audio
from ivr.prompts.errors import ProgramFailed, RecordingUnfit, SoundsUnwritable

SHORTEST_MS, LONGEST_MS = 200, audio.LONGEST_S * 1000
MOST_BYTES = 100_000_000
"""Five minutes of stereo at 48 kHz and 24 bit, and then some."""

EXPECTED = "expected a recording of 0.2 to 300 seconds that sox can read, such as WAV"


async def keep_recording(file: Path, name: Path) -> None:
    """Write what is heard in the file as a sound of that name, which may be the file's own without its ending. Raises
    RecordingUnfit, SynthesiserMissing, SoundsUnwritable."""
    samples = await read_recording(file)
    try:
        await asyncio.to_thread(audio.write, name, audio.padded([samples]))
    except OSError as error:
        raise SoundsUnwritable(f"{name.parent}: {error.strerror}") from error


async def read_recording(file: Path) -> audio.Samples:
    """What is heard in the file, whatever its form. Raises RecordingUnfit, SynthesiserMissing."""
    try:
        if os.stat(file).st_size > MOST_BYTES:
            raise RecordingUnfit(f"{file.name}: larger than {MOST_BYTES // 1_000_000} MB; {EXPECTED}")
        length_ms = await audio.length_ms(file)
        if not SHORTEST_MS <= length_ms <= LONGEST_MS:
            raise RecordingUnfit(f"{file.name}: {length_ms / 1000:.2f} seconds long; {EXPECTED}")
        samples = await audio.decode(file, audio.RECORDED)
    except FileNotFoundError as error:
        raise RecordingUnfit(f"{file.name}: there is no such file; {EXPECTED}") from error
    except OSError as error:
        raise RecordingUnfit(f"{file.name}: {error.strerror}; {EXPECTED}") from error
    except (ProgramFailed, ValueError) as error:
        raise RecordingUnfit(f"{file.name}: not audio; {EXPECTED}") from error
    if samples is None:
        raise RecordingUnfit(f"{file.name}: nothing can be heard in it; {EXPECTED}")
    return samples
