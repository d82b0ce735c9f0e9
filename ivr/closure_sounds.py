"""Announcements for an emergency, recorded by phone: where they lie, and how a recording becomes one. They are kept:
callers heard them, and a closure of another day may use one again.
"""

import asyncio
import re
from pathlib import Path

import structlog

from ivr.prompts import PromptError
from ivr.prompts.audio import ENDINGS
from ivr.prompts.recordings import keep_recording

log = structlog.get_logger()

_NAME = re.compile(r"closure-[0-9]+")


class ClosureSounds:
    """The announcements of one folder, each for phones of 8 and of 16 kHz."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def draft(self, now_ms: int) -> Path:
        """Where a recording that begins now goes, without its ending."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / f".draft-{now_ms}"

    def sound(self, announcement: str) -> str:
        """Its name for Asterisk: the file without the ending."""
        return str(self._folder / announcement)

    def has(self, announcement: str) -> bool:
        """Whether there is one of this name; what a call cannot play must not be given to it."""
        return bool(announcement) and self._folder.joinpath(f"{announcement}.wav").exists()

    async def names(self) -> list[str]:
        """All announcements, oldest first."""
        return await asyncio.to_thread(self._names)

    async def level(self, draft: Path) -> bool:
        """Bring the draft to the level of all prompts, without the silence about it. False: nothing is left of it."""
        try:
            await keep_recording(draft.with_name(f"{draft.name}.wav"), draft)
        except PromptError as error:
            log.error("announcement-not-levelled", error_id=error.id)
            return False
        return True

    def keep(self, draft: Path, now_ms: int) -> str:
        """The draft is an announcement from now on; returns its name."""
        name = f"closure-{now_ms}"
        for ending in ENDINGS.values():
            draft.with_name(f"{draft.name}{ending}").replace(self._folder / f"{name}{ending}")
        return name

    def drop(self, draft: Path) -> None:
        """The draft is not wanted."""
        for ending in ENDINGS.values():
            draft.with_name(f"{draft.name}{ending}").unlink(missing_ok=True)

    def _names(self) -> list[str]:
        return sorted(file.stem for file in self._folder.glob("closure-*.wav") if _NAME.fullmatch(file.stem))
