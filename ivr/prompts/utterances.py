"""One sound for a whole utterance, at call time: what is ready is taken at once, what speaks a caller's data is joined,
and free text is spoken, in a time that is limited. Whatever fails, the call goes on: something is always said.
"""

import asyncio
import os
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from ivr.flow.steps import Announced, FreeText, Piece, Prompt, Recorded
from ivr.prompts import audio
from ivr.prompts.errors import PromptError
from ivr.prompts.fallback import reading
from ivr.prompts.joining import is_silent, utterance_of
from ivr.prompts.library import Prompts
from ivr.prompts.once import Once
from ivr.prompts.passing import PassingSounds

log = structlog.get_logger()

TIME_LIMIT_S = 1.5
"""So long a caller waits for a text to be spoken."""

WORK_LIMIT_S = 10.0
"""So long a voice may work on it: what comes too late for this call is there for the next."""

MOST_WAITING = 16
"""Texts that are being spoken or stand in line for it; another is read by what is ready."""

MOST_SIGNS = 600
"""Of one free text; nobody listens to more than a minute."""

NOTHING_MS = 100


class Utterances:
    """The reception's sounds. `ready` holds what is made ahead, `passing` what is made for one call; `announced` is the
    sound of an announcement recorded for a closure."""

    def __init__(
        self,
        ready: Prompts,
        passing: PassingSounds,
        *,
        announced: Callable[[str], str] = str,
        time_limit_s: float = TIME_LIMIT_S,
        at_once: int | None = None,
    ) -> None:
        self._ready = ready
        self._passing = passing
        self._announced = announced
        self._time_limit_s = time_limit_s
        self._places = asyncio.Semaphore(at_once or os.cpu_count() or 1)
        self._speaking: Once[Path] = Once()
        self._joining: Once[None] = Once()

    async def sound(self, pieces: Sequence[Piece]) -> str:
        """The name, for Asterisk, of all these pieces as one sound. Raises PromptError where nothing can be written."""
        utterance = utterance_of(pieces)
        if len(utterance.pieces) == 1 and (sound := self._ready.made(utterance.pieces[0])) is not None:
            return sound
        if (joined := self._ready.joined(utterance)) is not None:
            return joined
        given = await asyncio.gather(*(self._sounds_of(piece) for piece in utterance.pieces))
        sounds: list[Path] = []
        pauses: list[int] = []
        for (named, within_ms), before_ms in zip(given, (0, *utterance.pauses_ms)[: len(given)], strict=True):
            if named:
                pauses += [before_ms, *within_ms] if sounds else within_ms
                sounds += named
        if len(sounds) == 1:
            return str(sounds[0])
        return str(await self._joined(sounds, pauses))

    async def close(self) -> None:
        """End what is under way."""
        await self._speaking.cancel()
        await self._joining.cancel()

    async def _sounds_of(self, piece: Piece) -> tuple[list[Path], tuple[int, ...]]:
        """The sounds of one piece, and the pauses between them."""
        if (sound := self._ready.made(piece)) is not None:
            return [Path(sound)], ()
        match piece:
            case Announced(name, _):
                return [Path(self._announced(name))], ()
            case Recorded():
                log.error("recording-not-ready", error_id="recording-not-ready", file=piece.file)
                return [], ()
            case Prompt(text, language):
                log.warning("prompt-not-ready", error_id="prompt-not-ready", language=language)
            case FreeText(text, language):
                pass
        text = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
        if is_silent(text):
            return [], ()
        try:
            return [await self._spoken(text, language)], ()
        except (PromptError, OSError, TimeoutError) as error:
            # neither the text nor what the voice said of it: both may hold a caller's data
            log.warning("text-not-spoken", error_id=getattr(error, "id", "synthesis-late"), language=language)
        read = utterance_of([prompt for prompt in reading(text, language) if self._ready.made(prompt)])
        return [Path(self._ready.made(prompt) or "") for prompt in read.pieces], read.pauses_ms

    async def _spoken(self, text: str, language: str) -> Path:
        """The text as a sound. Raises PromptError, OSError; TimeoutError where it takes too long for the call."""
        name = self._passing.name("text", language, text)
        if audio.is_there(name):
            return name
        if len(text) > MOST_SIGNS or (len(self._speaking) >= MOST_WAITING and name.name not in self._speaking):
            raise TimeoutError
        async with asyncio.timeout(self._time_limit_s):
            return await self._speaking.do(name.name, lambda: self._speak(name, Prompt(text, language)))

    async def _speak(self, name: Path, prompt: Prompt) -> Path:
        async with self._places, asyncio.timeout(WORK_LIMIT_S):
            samples = await self._ready.synthesise(prompt, WORK_LIMIT_S, self._passing.provide())
        await asyncio.to_thread(self._passing.write, name, audio.padded([samples]))
        return name

    async def _joined(self, sounds: Sequence[Path], pauses_ms: Sequence[int]) -> Path:
        name = self._passing.name("joined", *(sound.name for sound in sounds), *map(str, pauses_ms))
        if not audio.is_there(name):
            await self._joining.do(name.name, lambda: asyncio.to_thread(self._join, name, sounds, pauses_ms))
        return name

    def _join(self, name: Path, sounds: Sequence[Path], pauses_ms: Sequence[int]) -> None:
        try:
            if sounds:
                samples = audio.padded([audio.read_body(sound) for sound in sounds], pauses_ms)
            else:
                samples = {rate: audio.silence(rate, NOTHING_MS) for rate in audio.RATES}
            self._passing.write(name, samples)
        except (OSError, wave.Error, EOFError) as error:
            raise NotJoined(type(error).__name__) from error


class NotJoined(PromptError):
    """Sounds that had been made cannot be read any more, or what is joined of them cannot be written."""

    id = "sounds-not-joined"
