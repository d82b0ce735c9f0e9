"""Recordings that take the place of synthesised texts, one by one: by text and language, so that a text that is changed
is never spoken by a recording of the old one. They belong to the instance, not to a version of its files.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from ivr.flow.steps import Prompt
from ivr.prompts import audio
from ivr.prompts.errors import SoundsUnwritable
from ivr.prompts.recordings import read_recording

KEPT_S = 86_400
"""A recording that was itself replaced stays so long: a call may be about to play it."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A recording in force: of which prompt, by whom, how it came ("phone", "upload"), when, and its sound's name."""

    prompt: Prompt
    by: str
    how: str
    at_ms: int
    name: Path


class Replacements:
    """The recordings in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known = {replacement.prompt: replacement for replacement in _read(folder)}

    def __iter__(self) -> Iterator[Replacement]:
        return iter(self._known.values())

    def of(self, prompt: Prompt) -> Replacement | None:
        """The recording that is played for the prompt."""
        return self._known.get(prompt)

    async def put(self, prompt: Prompt, recording: Path, by: str, how: str, at_ms: int) -> Replacement:
        """From now on the recording is played for the prompt. Raises PromptError, and then nothing has changed."""
        samples = await read_recording(recording)
        digest = hashlib.sha256(samples[audio.WIDE].tobytes()).hexdigest()[:12]
        name = self._folder / f"{key_of(prompt)}-{digest}"
        replacement = Replacement(prompt, by, how, at_ms, name)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            audio.write(name, audio.padded([samples]))
            _write(self._folder, replacement)
        except OSError as error:
            raise SoundsUnwritable(f"{self._folder}: {error.strerror}") from error
        self._known[prompt] = replacement
        return replacement

    def drop(self, prompt: Prompt) -> bool:
        """The voice speaks the prompt again; False: it did already. Raises SoundsUnwritable."""
        try:
            (self._folder / f"{key_of(prompt)}.json").unlink(missing_ok=True)
        except OSError as error:
            raise SoundsUnwritable(f"{self._folder}: {error.strerror}") from error
        return self._known.pop(prompt, None) is not None

    def tidy(self) -> None:
        """Remove recordings that were replaced themselves, or dropped, long enough ago."""
        wanted = {replacement.name.name for replacement in self}
        for ending in audio.ENDINGS.values():
            for file in self._folder.glob(f"*{ending}"):
                if file.stem not in wanted and file.stat().st_mtime < time.time() - KEPT_S:
                    file.unlink(missing_ok=True)
        sweep(self._folder)


def sweep(folder: Path) -> None:
    """Remove what was left unfinished by a process that was killed."""
    for left in folder.glob(".*"):
        with suppress(FileNotFoundError):
            if left.is_dir() and left.stat().st_mtime < time.time() - KEPT_S:
                shutil.rmtree(left, ignore_errors=True)


def key_of(prompt: Prompt) -> str:
    """What stands for text and language in file names."""
    return hashlib.sha256(f"{prompt.language}\0{prompt.text}".encode()).hexdigest()[:24]


def _write(folder: Path, replacement: Replacement) -> None:
    file = folder / f"{key_of(replacement.prompt)}.json"
    unfinished = file.with_suffix(".new")
    unfinished.write_text(
        json.dumps({**asdict(replacement), "name": replacement.name.name}, ensure_ascii=False), encoding="utf-8"
    )
    unfinished.replace(file)


def _read(folder: Path) -> Iterator[Replacement]:
    """Those that are whole; of another nothing is played but the voice."""
    for file in sorted(folder.glob("*.json")):
        try:
            kept = json.loads(file.read_text("utf-8"))
            prompt = Prompt(kept["prompt"]["text"], kept["prompt"]["language"])
            name = folder / str(kept["name"])
            replacement = Replacement(prompt, str(kept["by"]), str(kept["how"]), int(kept["at_ms"]), name)
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if name.parent == folder and audio.is_there(name):
            yield replacement
