"""Recordings encoded beside live calls: how much faster than time one core encodes, and whether anybody hears of it.

100 callers go round the menus of tests/load/bench_menus.py, all of them recorded, by turns with nothing to encode and
with an encoder that never comes to an end (a day's backlog), on the same Asterisk. A gap is the time between two
packets at a caller's ear within a prompt; 20 ms would be perfect. Keys are pressed all the while, and answered.

What is encoded is ten minutes of both sides speaking the shipped prompts. The factor is seconds of audio for each
second of the processor that the encoder has used: alone, and beside the calls.
"""

import asyncio
import itertools
import tempfile
import wave
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from recording.audio import RATE, duration_ms
from recording.encoding.encoder import Encoder
from recording.record import AudioFormat
from tests.load.bench import options, run, write
from tests.load.bench_menus import LASTS_S, OURS, measured, noting, set_sounds, told
from tests.load.centre import PROMPTS, asterisk_version, bench_centre
from tests.load.cpu import cpu_s

CALLERS = 100
ROUNDS = 2
SPOKEN_S = 600
ALONE = 5
"""So many times each format is encoded with nobody beside."""


def speech(raw: Path) -> None:
    """Ten minutes: left one prompt after the other, right the same a minute later."""
    spoken = array("h")
    for file in itertools.cycle(sorted(PROMPTS.glob("*.wav"))):
        with wave.open(str(file)) as sound:
            if sound.getframerate() == RATE and sound.getnchannels() == 1:
                spoken.frombytes(sound.readframes(sound.getnframes()))
        if len(spoken) >= (SPOKEN_S + 60) * RATE:
            break
    left, right = spoken[: SPOKEN_S * RATE], spoken[60 * RATE : (SPOKEN_S + 60) * RATE]
    raw.write_bytes(array("h", itertools.chain.from_iterable(zip(left, right, strict=True))).tobytes())


class Backlog:
    """Encodes the same file again and again, and counts."""

    def __init__(self, raw: Path) -> None:
        self._raw = raw
        self._seconds = duration_ms(raw.stat().st_size) / 1000
        self.encoder = Encoder()
        self.done: list[dict[str, float]] = []

    async def one(self, kind: AudioFormat) -> dict[str, float]:
        """Once: seconds of audio for each second of the processor and of the clock, and how small it became."""
        target = self._raw.with_suffix(f".{kind}")
        began, used = perf_counter(), self._used()
        made = await self.encoder.encode(self._raw, target, kind)
        took = perf_counter() - began
        return {
            "of_processor": round(self._seconds / (self._used() - used), 1),
            "of_clock": round(self._seconds / took, 1),
            "size": round(made.bytes / self._raw.stat().st_size, 3),
        }

    @asynccontextmanager
    async def running(self, kind: AudioFormat) -> AsyncIterator[None]:
        """While the block runs, without a pause."""

        over = asyncio.Event()

        async def on() -> None:
            while not over.is_set():
                self.done.append(await self.one(kind))

        async with asyncio.TaskGroup() as group:
            group.create_task(on())
            try:
                yield
            finally:
                over.set()

    def _used(self) -> float:
        return cpu_s(self.encoder.process) if self.encoder.process else 0.0


async def main() -> None:
    """Alone, then both sides by turns, then the file."""
    given = options(__doc__, callers=CALLERS, seconds=LASTS_S, rounds=ROUNDS)
    quiet: list[dict[str, Any]] = []
    encoding: list[dict[str, Any]] = []
    async with noting() as times, bench_centre(1, channels=given.callers) as centre:
        with tempfile.TemporaryDirectory(prefix="callcenter-speech-") as folder:
            raw = Path(folder) / "speech.raw"
            speech(raw)
            backlog = Backlog(raw)
            alone = {
                kind.value: [await backlog.one(kind) for _ in range(ALONE)]
                for kind in (AudioFormat.FLAC, AudioFormat.OPUS)
            }
            print("alone", alone, flush=True)
            await set_sounds(centre)
            for turn in range(given.rounds):
                for name, sides in (("quiet", quiet), ("encoding", encoding)):
                    at = centre.settings.state / f"{name}-{turn}"
                    (at / "sipp").mkdir(parents=True)
                    if name == "quiet":
                        result = await measured(centre, at, OURS, times, given.callers, given.seconds)
                    else:
                        async with backlog.running(AudioFormat.FLAC):
                            result = await measured(centre, at, OURS, times, given.callers, given.seconds)
                        result["encoded"], backlog.done = backlog.done, []
                    sides.append(result)
                    print(name, {key: told(value) for key, value in result.items()}, flush=True)
            await backlog.encoder.close()
        version = await asterisk_version(centre)
    conditions = {"callers": given.callers, "rounds": given.rounds, "recorded": True, "spoken_s": SPOKEN_S}
    print(write("encoding", encoding, quiet, asterisk=version, conditions=conditions, alone=alone))


if __name__ == "__main__":
    run(main())
