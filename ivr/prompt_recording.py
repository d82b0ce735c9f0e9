"""The star code by which an administrator records a prompt at any phone: he hears how it sounds, speaks after the tone,
hears himself as callers will, and keeps it, speaks again or gives it up.

Who he is, and that his PIN is right, has been decided before (ivr/star_codes.py); whether he may is decided here.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import structlog

from ivr.agi.session import AgiSession
from ivr.announcements import Announcement
from ivr.prompts.audio import ENDINGS, WIDE
from ivr.prompts.errors import PromptError
from ivr.prompts.recordings import LONGEST_MS, keep_recording
from ivr.prompts.studio import PHONE, Studio

log = structlog.get_logger()

KEY_TIMEOUT_MS = 8_000
SILENCE_S = 10
TRIES = 3
ENDS_BY = "#"
ANY = "0123456789*#"

KEEP, AGAIN, DROP = CHOICES = "123"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptRecording:
    """What it works with. `administrators` are the numbers of those who may; `beep` is heard before a recording."""

    studio: Studio
    administrators: Callable[[], Collection[str]]
    beep: str

    async def deal(self, session: AgiSession, agent: str, number: str, sound: Callable[[Announcement], str]) -> None:
        """Let this agent record the prompt of that number. `sound` are the announcements in his language."""
        if agent not in self.administrators():
            log.warning("prompt-recording-refused", error_id="not-an-administrator", agent=agent)
            await session.stream_file(sound(Announcement.NOT_ALLOWED))
            return
        entry = self.studio.catalogue.entry(int(number)) if number.isdecimal() else None
        if entry is None:
            await session.stream_file(sound(Announcement.NO_SUCH_PROMPT))
            return
        with self.studio.draft() as folder:
            await _Dealing(self, session, agent, sound, Path(folder), entry.number).run()


class _Dealing:
    """One administrator's dealing with one prompt."""

    def __init__(
        self,
        recording: PromptRecording,
        session: AgiSession,
        agent: str,
        sound: Callable[[Announcement], str],
        folder: Path,
        number: int,
    ) -> None:
        self._recording = recording
        self._studio = recording.studio
        self._session = session
        self._agent = agent
        self._sound = sound
        self._folder = folder
        self._number = number

    async def run(self) -> None:
        """Until he has kept something, given it up, or tried often enough."""
        present = self._studio.prompts.sound(self._studio.entry(self._number).prompt)
        for heard in (self._sound(Announcement.PROMPT_NOW), present):
            if await self._session.stream_file(heard, ANY):
                break  # he knows it
        for _ in range(TRIES):
            if not await self._spoken():
                continue
            answer = await self._hears()
            if answer == KEEP:
                await self._keep()
                return
            if answer != AGAIN:
                break
        await self._say(Announcement.PROMPT_UNCHANGED)

    async def _spoken(self) -> bool:
        await self._session.stream_file(self._sound(Announcement.SPEAK_PROMPT), ENDS_BY)
        await self._session.stream_file(self._recording.beep)
        raw = self._folder / "raw"
        await self._session.record_file(str(raw), ENDS_BY, LONGEST_MS, SILENCE_S, wide=True)
        try:
            await keep_recording(raw.with_name(raw.name + ENDINGS[WIDE]), self._draft)
        except PromptError as error:
            log.info("prompt-not-recorded", error_id=error.id, agent=self._agent)
            await self._say(Announcement.NOTHING_RECORDED)
            return False
        return True

    async def _hears(self) -> str:
        """He hears himself; returns what he wants with it, empty if he says nothing."""
        for _ in range(TRIES):
            key = await self._session.stream_file(str(self._draft), CHOICES)
            if key := key or await self._key(Announcement.KEEP_PROMPT):
                return key
        return ""

    async def _keep(self) -> None:
        recording = self._draft.with_name(self._draft.name + ENDINGS[WIDE])
        try:
            await self._studio.replace(self._number, recording, by=f"phone:{self._agent}", how=PHONE)
        except PromptError as error:
            log.error("prompt-not-replaced", error_id=error.id, agent=self._agent, detail=str(error))
            await self._say(Announcement.PROMPT_UNCHANGED)
            return
        await self._say(Announcement.PROMPT_KEPT)

    @property
    def _draft(self) -> Path:
        return self._folder / "heard"

    async def _key(self, asked: Announcement) -> str:
        key = await self._session.stream_file(self._sound(asked), CHOICES)
        key = key or await self._session.wait_for_digit(KEY_TIMEOUT_MS)
        return key if key and key in CHOICES else ""

    async def _say(self, said: Announcement) -> None:
        await self._session.stream_file(self._sound(said))
