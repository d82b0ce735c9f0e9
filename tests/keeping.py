"""Recordings for tests of their keeping: a real call's, with tones of known loudness."""

import asyncio
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from recording.audio import wav_header
from recording.keeping.eraser import Eraser
from recording.keeping.erasing import Erasures
from recording.keeping.folder import FolderShelf
from recording.keeping.holds import Holds
from recording.keeping.kept import KeptRecordings
from recording.keeping.master_keys import MasterKeys, read_keys
from recording.keeping.mover import Mover, Samples
from recording.keeping.retention import Retention
from recording.keeping.s3 import S3Shelf
from recording.keeping.shelf import Shelf
from recording.keeping.shelves import Shelves
from recording.manifest import Manifest, manifest
from recording.record import CallRecord, Recording
from recording.store import Store
from tests.ledgers import real_call
from tests.s3_server import BUCKET, S3Server

CALL = real_call("served_by_ivr")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEADER = 44


def sound(ms: int = 1_000) -> bytes:
    """A WAV file: the caller loud, what he hears half as loud, silence in between."""
    frames = b"".join(
        struct.pack("<hh", *((0, 0) if ms * 3 < n < ms * 5 else (20_480 * (-1) ** n, 10_240 * (-1) ** n)))
        for n in range(ms * 8)
    )
    return wav_header(len(frames)) + frames


def samples(file: Path, _: Manifest) -> Iterator[bytes]:
    """Those of such a file."""
    yield file.read_bytes()[HEADER:]


@dataclass
class Room:
    """A store with one call, a folder in which its recordings wait, and what brings them to a shelf."""

    store: Store
    folder: Path
    shelf: Shelf
    sealing: bool = False
    samples: Samples = samples
    packing: bool = False
    told: list[CallRecord] = field(default_factory=list)
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.keys_file = self.folder.parent / "keys"
        self.folder.mkdir(exist_ok=True)
        self.kept = KeptRecordings(self.store)
        self.shelves = Shelves(
            {self.shelf.name: lambda: self.shelf}, self.shelf.name, self.folder, self._keys, self.sealing
        )
        self.turn = turn = asyncio.Lock()
        self.mover = Mover(
            self.kept, self.shelves, self.samples, lambda: self.now, self._tell, turn, packing=self.packing
        )
        self.erasures = Erasures(self.store)
        self.eraser = Eraser(self.kept, self.erasures, self.shelves, lambda: self.now, self._tell, turn)
        self.retention = Retention(self.store, self.eraser, lambda: self.now)
        self.holds = Holds(self.store)

    async def begin(self) -> None:
        """The call is on record."""
        for batch in CALL.batches():
            await self.store.ingest(batch)

    async def finish(self, number: int = 1, audio: bytes | None = None, started_at: datetime = NOW) -> Manifest:
        """A recording of the call is finished, and handed over."""
        audio = sound() if audio is None else audio
        record = CALL.record()
        file = f"{started_at:%Y/%m/%d}/{record.id}-{number}.wav"
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(audio)
        made = Recording(
            file=file,
            started_at=started_at,
            duration_ms=(len(audio) - HEADER) // 32,
            bytes=len(audio),
            sha256=sha256(audio).hexdigest(),
        )
        said = manifest(record.id, record.linkedid, number, made)
        await self.kept.take(said, path)
        await self.store.add_recordings([(record.linkedid, made)])
        return said

    async def finish_and_move(self, number: int = 1, started_at: datetime = NOW) -> Manifest:
        """The same, and it lies on the shelf."""
        said = await self.finish(number, started_at=started_at)
        assert await self.mover.move() == ""
        return said

    def later(self, **time: int) -> None:
        """Time has passed."""
        self.now += timedelta(**time)

    def _keys(self) -> MasterKeys:
        return read_keys(self.keys_file)

    async def _tell(self, record: CallRecord) -> None:
        self.told.append(record)


def bucket(server: tuple[S3Server, Path], *, tries: int = 1) -> S3Shelf:
    """A shelf in that server's bucket, which is asked once only."""
    return S3Shelf(BUCKET, endpoint=server[0].endpoint, credentials=server[1], tries=tries)


def folder_shelf(folder: Path) -> FolderShelf:
    """A shelf in a folder of its own."""
    return FolderShelf(folder / "archive", make=True)
