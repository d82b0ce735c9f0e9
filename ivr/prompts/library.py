"""The sounds that are ready before a call can need them: every fixed text, spoken by a voice or by who recorded it, the
recorded files of the centre, and utterances joined from these. What is said and when is decided by the flow.

A file is named by what makes its sound, so it is made once, shared by all flows and never stale.
"""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ivr.flow.steps import Piece, Prompt, Recorded
from ivr.prompts import audio
from ivr.prompts.errors import ProgramFailed, SoundsUnwritable, SynthesisFailed, VoiceMissing
from ivr.prompts.joining import Utterance, utterance_of
from ivr.prompts.recordings import read_recording
from ivr.prompts.replacements import Replacements, sweep
from ivr.prompts.synthesis import speak
from ivr.prompts.voices import VOICES, AnyVoice

Progress = Callable[[int, int], None]
"""Is told how many of how many are made."""

LEAST_S = 0.05
"""What is shorter was no speech."""


def _nobody(done: int, total: int) -> None:
    return None


class Prompts:
    """The ready sounds in one folder, which several processes may share. `replacements` take the place of voices; they
    lie beside it where nothing else is said."""

    def __init__(
        self, folder: Path, voices: Mapping[str, AnyVoice] = VOICES, replacements: Replacements | None = None
    ) -> None:
        self.voices = voices
        self.replacements = replacements or Replacements(folder.parent / "replacements")
        self._folder = folder

    def file(self, prompt: Prompt) -> Path:
        """Where the prompt's sound for 8 kHz is, or will be. Raises VoiceMissing."""
        name = self._name(prompt)
        return name.with_name(name.name + audio.ENDINGS[audio.NARROW])

    def sound(self, prompt: Prompt) -> str:
        """The prompt's name for Asterisk: its file without the ending. Raises VoiceMissing."""
        return str(self._name(prompt))

    def made(self, piece: Piece) -> str | None:
        """The sound of a piece that is there already; None where it is not, or is not fixed."""
        match piece:
            case Prompt():
                return (
                    str(name) if piece.language in self.voices and audio.is_there(name := self._name(piece)) else None
                )
            case Recorded():
                return str(name) if piece.digest and audio.is_there(name := self._recording(piece)) else None
            case _:
                return None

    def joined(self, utterance: Utterance) -> str | None:
        """The sound of an utterance of several pieces, if it has been joined ahead."""
        name = self._join_name(utterance)
        return str(name) if name is not None and audio.is_there(name) else None

    async def make(self, prompts: Iterable[Prompt], progress: Progress = _nobody) -> int:
        """Makes the files that are not there yet and returns how many those were.

        Raises PromptError; the files made until then stay. So they do where it is cancelled, and nothing goes on.
        """
        missing = {name: prompt for prompt in prompts if not audio.is_there(name := self._name(prompt))}
        places, done = asyncio.Semaphore(os.cpu_count() or 1), 0

        async def make_one(name: Path, prompt: Prompt) -> None:
            nonlocal done
            async with places:
                await self._write(name, await self.synthesise(prompt))
            done += 1
            progress(done, len(missing))

        if missing:
            progress(0, len(missing))
        await _together(make_one(name, prompt) for name, prompt in missing.items())
        return len(missing)

    async def make_recorded(self, files: Mapping[Recorded, Path]) -> None:
        """Takes in the recorded files of a centre. Raises PromptError."""
        places = asyncio.Semaphore(os.cpu_count() or 1)

        async def take(piece: Recorded, file: Path) -> None:
            async with places:
                if not audio.is_there(name := self._recording(piece)):
                    await self._write(name, await read_recording(file))

        await _together(take(piece, file) for piece, file in files.items())

    async def join(self, utterances: Iterable[Sequence[Piece]]) -> int:
        """Joins ahead what consists of several made pieces; returns how many were not there yet."""
        count = 0
        for utterance in map(utterance_of, utterances):
            name = self._join_name(utterance)
            if name is not None and not audio.is_there(name):
                sounds = [Path(self.made(piece) or "") for piece in utterance.pieces]
                await asyncio.to_thread(audio.join, name, sounds, utterance.pauses_ms)
                count += 1
        return count

    async def synthesise(
        self, prompt: Prompt, time_limit_s: float | None = None, within: Path | None = None
    ) -> audio.Samples:
        """What the voice of its language makes of the text, levelled; `within` a folder of the caller's, if he names
        one, lies what is unfinished. Raises PromptError."""
        voice, within = self._voice(prompt.language), within or self._folder
        try:
            within.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=within, prefix=".making-") as folder:
                spoken = await speak(voice, prompt.text, prompt.language, Path(folder), time_limit_s)
                samples = await audio.decode(spoken, audio.SPOKEN)
        except ProgramFailed as error:
            raise SynthesisFailed(prompt, str(error)) from error
        except OSError as error:
            raise SoundsUnwritable(f"{self._folder}: {error.strerror}") from error
        if samples is None or len(samples[audio.NARROW]) < audio.NARROW * LEAST_S:
            raise SynthesisFailed(prompt, "the synthesiser said nothing")
        return samples

    def tidy(self) -> None:
        """Remove what nobody will play any more, and what was left unfinished."""
        self.replacements.tidy()
        sweep(self._folder)

    def made_by(self, prompt: Prompt) -> str:
        """Who or what speaks it, for people."""
        if replacement := self.replacements.of(prompt):
            return f"recorded by {replacement.by} ({replacement.how})"
        return self._voice(prompt.language).made_by

    def synthesised(self, prompt: Prompt) -> Path:
        """The name of what the voice made of it, whether or not a recording takes its place."""
        return self._folder / _hashed(prompt.text, *self._voice(prompt.language).recipe, audio.RECIPE)

    def _recording(self, piece: Recorded) -> Path:
        return self._folder / _hashed("recorded", piece.digest, audio.RECIPE)

    async def _write(self, name: Path, samples: audio.Samples) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            await asyncio.to_thread(audio.write, name, audio.padded([samples]))
        except OSError as error:
            raise SoundsUnwritable(f"{self._folder}: {error.strerror}") from error

    def _name(self, prompt: Prompt) -> Path:
        if replacement := self.replacements.of(prompt):
            return replacement.name
        return self.synthesised(prompt)

    def _voice(self, language: str) -> AnyVoice:
        if language not in self.voices:
            raise VoiceMissing(language, ", ".join(sorted(self.voices)))
        return self.voices[language]

    def _join_name(self, utterance: Utterance) -> Path | None:
        """None where it is one piece, or not all are made."""
        sounds = [self.made(piece) for piece in utterance.pieces]
        if len(sounds) < 2 or None in sounds:
            return None
        return self._folder / join_key([sound or "" for sound in sounds], utterance.pauses_ms)


def join_key(sounds: Sequence[str], pauses_ms: Sequence[int]) -> str:
    """What an utterance of these sounds is called: all of them are named by what they are."""
    return _hashed("joined", *(Path(sound).name for sound in sounds), *map(str, pauses_ms))


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


async def _together(making: Iterable[Coroutine[Any, Any, None]]) -> None:
    """All of it; the first that fails ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            for one in making:
                group.create_task(one)
    except ExceptionGroup as errors:  # not except*: before Python 3.11.4 what is raised there comes out in a group
        raise errors.exceptions[0] from None
