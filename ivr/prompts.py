"""Prompts as sound files: every text is spoken by a synthesiser before its flow goes live, never during a call.

A file is named by what makes its sound, so it is made once, shared by all flows and never stale. What is said and when
is decided by the flow.
"""

import asyncio
import hashlib
import os
import tempfile
import wave
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ivr.flow.steps import Prompt

SAMPLE_RATE = 8000

_SPEAK = ("espeak-ng", "-b", "1", "--stdin")
_TRIM = ("silence", "1", "0.01", "0.2%", "reverse")
LEVEL = ("rate", str(SAMPLE_RATE), *_TRIM, *_TRIM, "pad", "0.05", "0.15", "norm", "-3")
"""Of sox: silence about it cut, one level for all."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A synthesiser's voice and its rate in words a minute."""

    name: str
    rate: int


VOICES: Mapping[str, Voice] = {
    # not "cmn": in espeak-ng 1.51 (Debian 12, Ubuntu 24.04) it spells each syllable's pinyin as English with a number
    "cmn": Voice("cmn-latn-pinyin", 160),
    "en": Voice("en-us", 150),
}


class PromptError(Exception):
    """A prompt could not be made."""

    id: ClassVar[str] = "prompt-failed"


class SynthesiserMissing(PromptError):
    """A program that makes prompts is not installed."""

    id = "synthesiser-missing"

    def __init__(self, program: str) -> None:
        super().__init__(
            f"prompts need {program}, which is not installed; install it with: apt-get install -y espeak-ng sox"
        )


class SynthesisFailed(PromptError):
    """A program that makes prompts failed on a text."""

    id = "synthesis-failed"

    def __init__(self, prompt: Prompt, what: str) -> None:
        super().__init__(f'prompt "{prompt.text}" ({prompt.language}): {what}')


class Prompts:
    """The prompts' sound files in one folder: 8 kHz, mono, 16 bit, at one level. Several processes may share it."""

    def __init__(self, folder: Path, voices: Mapping[str, Voice] = VOICES, time_limit_s: float = 60) -> None:
        self._folder = folder
        self._voices = voices
        self._time_limit_s = time_limit_s

    def file(self, prompt: Prompt) -> Path:
        """Where the prompt's sound is, or will be."""
        voice = self._voices[prompt.language]
        recipe = "\0".join((prompt.text, voice.name, str(voice.rate), *_SPEAK, *LEVEL))
        return self._folder / f"{hashlib.sha256(recipe.encode()).hexdigest()[:32]}.wav"

    def sound(self, prompt: Prompt) -> str:
        """The prompt's name for Asterisk: its file without the ending."""
        return str(self.file(prompt).with_suffix(""))

    async def make(self, prompts: Iterable[Prompt]) -> int:
        """Makes the files that are not there yet and returns how many those were.

        Raises PromptError; the files made until then stay.
        """
        missing = {self.file(prompt): prompt for prompt in prompts if not self.file(prompt).exists()}
        places = asyncio.Semaphore(os.cpu_count() or 1)

        async def make_one(file: Path, prompt: Prompt) -> None:
            async with places:
                try:
                    await self._synthesise(prompt, file)
                except OSError as error:
                    raise SynthesisFailed(prompt, f"{self._folder}: {error.strerror}") from error

        try:
            async with asyncio.TaskGroup() as group:
                for file, prompt in missing.items():
                    group.create_task(make_one(file, prompt))
        except ExceptionGroup as errors:  # not except*: before Python 3.11.4 what is raised there comes out in a group
            raise errors.exceptions[0] from None
        return len(missing)

    async def _synthesise(self, prompt: Prompt, file: Path) -> None:
        voice = self._voices[prompt.language]
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".making-") as folder:
            spoken, levelled = f"{folder}/spoken.wav", f"{folder}/levelled.wav"
            # the text goes in by standard input: as an argument it could be taken for an option
            await self._run(prompt, *_SPEAK, "-v", voice.name, "-s", str(voice.rate), "-w", spoken, given=prompt.text)
            await self._run(
                prompt, "sox", "-D", spoken, "-r", str(SAMPLE_RATE), "-c", "1", "-b", "16", levelled, *LEVEL
            )
            with wave.open(levelled) as sound:
                if sound.getnframes() < SAMPLE_RATE // 4:
                    raise SynthesisFailed(prompt, "the synthesiser said nothing")
            os.replace(levelled, file)

    async def _run(self, prompt: Prompt, program: str, *arguments: str, given: str = "") -> None:
        try:
            process = await asyncio.create_subprocess_exec(program, *arguments, stdin=PIPE, stdout=DEVNULL, stderr=PIPE)
        except FileNotFoundError as error:
            raise SynthesiserMissing(program) from error
        try:
            async with asyncio.timeout(self._time_limit_s):
                _, complaint = await process.communicate(given.encode())
        except TimeoutError as error:
            raise SynthesisFailed(prompt, f"{program} took longer than {self._time_limit_s} s") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            said = complaint.decode(errors="replace").strip() or f"exit code {process.returncode}"
            raise SynthesisFailed(prompt, f"{program} failed: {said}")
