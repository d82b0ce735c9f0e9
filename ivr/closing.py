"""The star code by which an administrator shuts the centre in an emergency, and opens it again, at any phone.

He hears how it stands, and closes with an announcement that he records there and then, or with the standing one. Who
he is, and that his PIN is right, has been decided before (ivr/star_codes.py); whether he may is decided here.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import structlog

from acd.closures import EVERY, Closures
from acd.distributor import Distributor
from ivr.agi.session import AgiSession
from ivr.announcements import Announcement
from ivr.closure_sounds import ClosureSounds
from ivr.closure_words import words_of
from ivr.flow.steps import Prompt

log = structlog.get_logger()

KEY_TIMEOUT_MS = 8_000
MOST_MS = 120_000
SILENCE_S = 5
LEAST_MS = 1_000
"""What is shorter is no announcement."""
TRIES = 3
ENDS_BY = "#"

NEW, STANDING, OPEN = CHOICES = "123"
KEEP, AGAIN, BACK = "12*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What it works with. `administrators` are the numbers of those who may; `beep` is heard before a recording."""

    distributor: Distributor
    closures: Closures
    sounds: ClosureSounds
    administrators: Callable[[], Collection[str]]
    sound_of: Callable[[Prompt], str]
    beep: str

    async def deal(self, session: AgiSession, agent: str, language: str, sound: Callable[[Announcement], str]) -> None:
        """Let this agent shut the centre or open it. `sound` are the announcements in his language."""
        if agent not in self.administrators():
            log.warning("closure-refused", error_id="not-an-administrator", agent=agent)
            await session.stream_file(sound(Announcement.NOT_ALLOWED))
            return
        dealing = _Dealing(self, session, agent, sound)
        await dealing.asks(await dealing.tells_state(language))


class _Dealing:
    """One administrator's dealing with the switch."""

    def __init__(self, closing: Closing, session: AgiSession, agent: str, sound: Callable[[Announcement], str]) -> None:
        self._closing = closing
        self._session = session
        self._agent = agent
        self._sound = sound

    async def tells_state(self, language: str) -> str:
        """Say whether the centre is shut, and what callers hear of it. Who knows what he wants need not hear it out:
        the key is returned, empty if there was none."""
        closure = self._closing.closures.of(None)
        if closure is None:
            sounds = [
                self._sound(Announcement.PART_SHUT if self._closing.closures.on else Announcement.CENTRE_NOT_SHUT)
            ]
        elif self._closing.sounds.has(closure.announcement):
            sounds = [self._sound(Announcement.CENTRE_SHUT), self._closing.sounds.sound(closure.announcement)]
        else:
            sounds = [self._sound(Announcement.CENTRE_SHUT), self._closing.sound_of(words_of({}, language))]
        for sound in sounds:
            if key := await self._session.stream_file(sound, CHOICES):
                return key
        return ""

    async def asks(self, key: str) -> None:
        """What he wants, in a few tries; `key` where he has said it."""
        for _ in range(TRIES):
            key = key or await self._key(Announcement.CLOSURE_MENU, CHOICES)
            if key == NEW and (announcement := await self._records()):
                await self._shut(announcement)
                break
            if key == STANDING:
                await self._shut("")
                break
            if key == OPEN:
                await self._open()
                break
            key = ""
        else:
            await self._say(Announcement.CLOSURE_UNCHANGED)

    async def _records(self) -> str:
        """A new announcement that he has heard and wants kept; empty if he has given it up."""
        for _ in range(TRIES):
            draft = self._closing.sounds.draft(self._now_ms())
            try:
                if await self._spoken(draft):
                    answer = await self._hears(draft)
                    if answer == KEEP:
                        return self._closing.sounds.keep(draft, self._now_ms())
                    if answer != AGAIN:
                        return ""
            finally:
                self._closing.sounds.drop(draft)
        return ""

    async def _spoken(self, draft: Path) -> bool:
        await self._say(Announcement.SPEAK_CLOSURE)
        await self._session.stream_file(self._closing.beep)
        length_ms = await self._session.record_file(str(draft), ENDS_BY, MOST_MS, SILENCE_S)
        if length_ms >= LEAST_MS and await self._closing.sounds.level(draft):
            return True
        await self._say(Announcement.NOTHING_RECORDED)
        return False

    async def _hears(self, draft: Path) -> str:
        """He hears the announcement; returns what he wants with it, empty if he says nothing."""
        for _ in range(TRIES):
            key = await self._session.stream_file(str(draft), KEEP + AGAIN + BACK)
            if key := key or await self._key(Announcement.KEEP_CLOSURE, KEEP + AGAIN + BACK):
                return key
        return ""

    async def _shut(self, announcement: str) -> None:
        closures, now_ms = self._closing.closures, self._now_ms()
        closures.declare(EVERY, by=self._by, why="by phone", announcement=announcement, now_ms=now_ms)
        await self._say(Announcement.NOW_SHUT)

    async def _open(self) -> None:
        for calendar in [*self._closing.closures.on]:
            self._closing.closures.lift(calendar, by=self._by, why="by phone", now_ms=self._now_ms())
        await self._say(Announcement.NOW_OPEN)

    @property
    def _by(self) -> str:
        return f"phone:{self._agent}"

    async def _key(self, asked: Announcement, keys: str) -> str:
        key = await self._session.stream_file(self._sound(asked), keys)
        key = key or await self._session.wait_for_digit(KEY_TIMEOUT_MS)
        return key if key and key in keys else ""

    async def _say(self, said: Announcement) -> None:
        await self._session.stream_file(self._sound(said))

    def _now_ms(self) -> int:
        return self._closing.distributor.clock.now_ms()
