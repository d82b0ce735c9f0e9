"""Says something to a caller, whatever it is put together from, and hears his key meanwhile: also while words are still
being made that nobody knew before the call.
"""

import asyncio
from collections.abc import Sequence

import structlog

from ivr.agi.errors import AgiInterrupted
from ivr.agi.session import AgiSession
from ivr.desk import Desk
from ivr.flow.steps import Announced, FreeText, Piece, Prompt
from ivr.prompts.errors import PromptError

log = structlog.get_logger()

FOR_EVER = -1


class Saying:
    """What is said in one session."""

    def __init__(self, desk: Desk, session: AgiSession) -> None:
        self._desk = desk
        self._session = session

    async def play(self, pieces: tuple[Piece, ...], escape_digits: str) -> str | None:
        """Say the pieces in turn, to their end or the key among `escape_digits` that he pressed. Raises what the
        session does."""
        if any(isinstance(piece, FreeText) for piece in pieces):
            key, sounds = await self._made(pieces, escape_digits)
            if key is not None:
                return key
        else:
            sounds = await self._sounds(pieces)
        for sound in sounds:
            if (key := await self._session.stream_file(sound, escape_digits)) is not None:
                return key
        return None

    async def _made(self, pieces: tuple[Piece, ...], keys: str) -> tuple[str | None, Sequence[str]]:
        """The sounds of what has to be spoken first, or the key that came before."""
        making = asyncio.create_task(self._sounds(pieces))
        try:
            if keys and (key := await self._key_before(making, keys)) is not None:
                return key, ()
            return None, await making
        finally:
            making.cancel()

    async def _key_before(self, making: "asyncio.Task[Sequence[str]]", keys: str) -> str | None:
        """The first of these keys that he presses before the sounds are there; None: they are."""
        try:
            with self._session.interrupted_by(making):
                while True:
                    if (key := await self._session.wait_for_digit(FOR_EVER)) is not None and key in keys:
                        return key
        except AgiInterrupted:
            return None

    async def _sounds(self, pieces: tuple[Piece, ...]) -> Sequence[str]:
        """One sound for all; where it cannot be made, those that are ready, one by one."""
        if pieces and self._desk.sounds is not None:
            try:
                return [await self._desk.sounds.sound(pieces)]
            except PromptError as error:
                log.error("utterance-not-made", error_id=error.id, detail=str(error))
        return [sound for piece in pieces if (sound := self._sound(piece))]

    def _sound(self, piece: Piece) -> str:
        match piece:
            case Prompt():
                return self._desk.sound_of(piece)
            case Announced(name, _):
                return self._desk.announced(name)
            case _:
                return ""
