"""Takes the messages that callers have left into the keeping of recordings: each is kept beside its call's, of which it
has retention and holds. Who hears it is decided elsewhere.

A finished message is a WAV file without a note beside it (ivr/messages.py). It is linked to where it waits for its
shelf, its row is written, and only then its first name goes: whatever dies between, it is done again.
"""

import asyncio
import os
import wave
from contextlib import suppress
from datetime import UTC, timedelta
from hashlib import sha256
from pathlib import Path, PurePosixPath

from structlog import get_logger

from recording.identity import call_id
from recording.instants import utc
from recording.keeping.kept import Kept, KeptRecordings
from recording.manifest import MEDIA_TYPES, Kind, Manifest
from recording.record import ERASED, AudioFormat

log = get_logger()

NOTE = ".json"
"""The ending of the note of a message that is not finished."""


class LeftMessages:
    """`recordings` is the folder of recordings. Methods raise SQLAlchemy's errors while the data base is away."""

    def __init__(self, kept: KeptRecordings, recordings: Path) -> None:
        self._kept = kept
        self._recordings = recordings

    async def take(self, folder: str) -> str:
        """Take every finished message of this folder in that of the recordings. Returns "", or the id of the error for
        which one was left."""
        trouble = ""
        for file in await asyncio.to_thread(self._finished, folder):
            try:
                await self.find(file)
            except OSError as error:
                trouble = "message-not-kept"
                log.error("message waits", id=trouble, why=str(error))
        return trouble

    async def find(self, file: str) -> Kept | None:
        """The message of this file (acd.callbacks.VoiceMessage), taken now if it was not yet; None where there is none,
        or no more. Raises OSError."""
        if (name := kept_name(file)) is None:
            return None
        one = await self._kept.of_file(name)
        if one is None:
            one = await self._take(self._recordings / file, name)
        if one is not None:
            await asyncio.to_thread((self._recordings / file).unlink, missing_ok=True)
        return one

    async def _take(self, file: Path, name: str) -> Kept | None:
        waiting = self._recordings / name
        try:
            await asyncio.to_thread(_link, file, waiting)
        except FileNotFoundError:
            return None
        linkedid, begun_ms = _parts(file.stem)
        number = len(await self._kept.messages(call_id(linkedid))) + 1
        try:
            said = await asyncio.to_thread(_manifest, linkedid, begun_ms, number, name, waiting)
        except (wave.Error, EOFError) as error:
            log.error("message is no WAV file", id="message-unreadable", file=file.name, why=str(error))
            waiting.unlink(missing_ok=True)
            return None
        if await self._kept.take(said) == ERASED:  # and its first name had not gone
            for path in (waiting, file):
                path.unlink(missing_ok=True)
        return await self._kept.of_file(name)

    def _finished(self, folder: str) -> list[str]:
        """In the order in which they were spoken."""
        files = (self._recordings / folder).glob("*.wav")
        found = [file for file in files if _parts(file.stem)[0] and not file.with_suffix(NOTE).exists()]
        found.sort(key=lambda file: _parts(file.stem)[1])
        return [f"{folder}/{file.name}" for file in found]


def kept_name(file: str) -> str | None:
    """Under which name a message is kept that was spoken into this file, `…/<linkedid>-<milliseconds since the
    epoch>.wav`; None for any other."""
    linkedid, begun_ms = _parts(PurePosixPath(file).stem)
    if not linkedid:
        return None
    day = utc(begun_ms * 1000).astimezone(UTC)
    return f"{day:%Y/%m/%d}/{call_id(linkedid)}-message-{begun_ms}.{AudioFormat.WAV}"


def _parts(stem: str) -> tuple[str, int]:
    """The linkedid and the beginning; empty and 0 for what is no name of a message, such as a take anew."""
    linkedid, _, begun = stem.rpartition("-")
    fits = begun.isascii() and begun.isdecimal() and len(begun) < 16
    return (linkedid, int(begun)) if fits else ("", 0)


def _link(file: Path, waiting: Path) -> None:
    waiting.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):  # of a process that died
        os.link(file, waiting)


def _manifest(linkedid: str, begun_ms: int, number: int, name: str, file: Path) -> Manifest:
    with wave.open(str(file)) as sound:
        channels, rate, frames = sound.getnchannels(), sound.getframerate(), sound.getnframes()
        samples = sound.readframes(frames)
    audio, started_at, duration_ms = file.read_bytes(), utc(begun_ms * 1000), frames * 1000 // rate
    return Manifest(
        kind=Kind.MESSAGE,
        call=call_id(linkedid),
        linkedid=linkedid,
        number=number,
        channel=linkedid,
        file=name,
        format=AudioFormat.WAV,
        media_type=MEDIA_TYPES[AudioFormat.WAV],
        channels=channels,
        rate=rate,
        started_at=started_at,
        ended_at=started_at + timedelta(milliseconds=duration_ms),
        duration_ms=duration_ms,
        bytes=len(audio),
        sha256=sha256(audio).hexdigest(),
        pcm_sha256=sha256(samples).hexdigest(),
    )
