"""The audio of messages for the phones of agents who are to hear them: Asterisk plays files of this machine, so what is
sealed, or lies in a store, is brought into a folder for as long as an agent is at it. Every hearing is written down
before the first word.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import structlog

from acd.callbacks import VoiceMessage
from cti.callbacks.means import MessageAway
from cti.keeping_port import UNAVAILABLE, Keeping, KeepingRefused
from recording.database import is_away
from recording.keeping.kept import Kept, KeptRecordings, State
from recording.keeping.left_messages import LeftMessages
from recording.keeping.listening import Listenings
from recording.keeping.local import local_file
from recording.store import Store

log = structlog.get_logger()

HEARING = "hearing"
"""The folder within that of the recordings."""

FETCH_S = 10.0
"""So long an agent is kept reserved for a message that does not come."""

STARTING_S = 0.2
"""How soon the process that keeps recordings is asked again, where it is being started."""


class KeptSound:
    """See cti.callbacks.means.Sound. The file is there for this hearing alone."""

    def __init__(self, one: Kept, path: Path, listenings: Listenings) -> None:
        self.path = path
        self._one = one
        self._listenings = listenings

    async def heard_by(self, agent: str) -> None:
        """See Sound."""
        async with _in_time():
            await self._listenings.add(
                self._one, range(self._one.bytes), who=f"agent:{agent}", at=datetime.now(UTC), address="telephone"
            )
        log.info("message-heard", call=self._one.call, n=self._one.number, agent=agent)

    def put_away(self) -> None:
        """See Sound."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            log.error("message-not-removed", error_id="message-not-removed", detail=error.strerror)


class KeptAudio:
    """See cti.callbacks.means.MessageAudio. `recordings` is the folder of recordings."""

    def __init__(self, store: Store, keeping: Keeping, recordings: Path) -> None:
        self._left = LeftMessages(KeptRecordings(store), recordings)
        self._listenings = Listenings(store)
        self._keeping = keeping
        self._recordings = recordings

    async def fetch(self, message: VoiceMessage) -> KeptSound | None:
        """See MessageAudio."""
        async with _in_time():
            one = await self._left.find(message.file)
            if one is None or one.state in (State.ERASING, State.MISSING):
                return None
            folder = self._recordings / HEARING
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sound = KeptSound(one, folder / f"{uuid4().hex}.wav", self._listenings)
            try:
                await self._bring(one, sound.path)
            except BaseException:
                sound.put_away()
                raise
            return sound

    def tidy(self) -> None:
        """See MessageAudio."""
        shutil.rmtree(self._recordings / HEARING, ignore_errors=True)

    async def _bring(self, one: Kept, path: Path) -> None:
        if (file := local_file(self._recordings, one)) is not None:
            with suppress(FileNotFoundError):  # its shelf has it by now
                await asyncio.to_thread(os.link, file, path)  # it may go while the agent's phone rings
                return
        while True:
            try:
                with path.open("wb") as sink:
                    async with aclosing(self._keeping.audio(one, range(one.bytes))) as pieces:
                        async for piece in pieces:
                            sink.write(piece)
            except KeepingRefused as error:
                if error.id != UNAVAILABLE:
                    raise
                await asyncio.sleep(STARTING_S)  # its process is started anew, as we were perhaps
            else:
                return


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    """What is wrong with disk, data base or store is that the message cannot be had now."""
    try:
        async with asyncio.timeout(FETCH_S):
            yield
    except (KeepingRefused, OSError) as error:  # a time limit is one, too
        raise MessageAway(str(error) or "it takes too long") from error
    except Exception as error:
        if not is_away(error):
            raise
        raise MessageAway("the data base is away") from error
