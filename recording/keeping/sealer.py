"""Seals recordings that lie open on their shelf, because sealing was off when they were kept: beside the open audio the
sealed one is put and confirmed, then the row says that it counts, and only then the open one is deleted.

Until that is done the row says that something more of it lies on its own shelf (`also`). Whatever dies between, the
next run does it again or goes on; who deletes the recording deletes it under all its names.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from structlog import get_logger

from recording.keeping.kept import Kept, KeptRecordings, Place
from recording.keeping.sealing import part_key, seal
from recording.keeping.shelf import NotConfirmed, NotOnShelf, Shelf, ShelfAway, ShelfError
from recording.keeping.shelves import AUDIO, PEAKS, PEAKS_SUFFIX, SEALED_PEAKS_SUFFIX, SEALED_SUFFIX, Shelves

log = get_logger()

ROUND = 100
"""So many are looked up at a time."""


class Digest(Protocol):
    """What hashlib makes."""

    def update(self, piece: bytes, /) -> None:
        """See there."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a run did: how many are sealed now, and how many could not be."""

    sealed: int
    left: int


class Sealer:
    """`await seal()`. `turn` is held while a recording is sealed; nobody deletes or moves it meanwhile."""

    def __init__(self, kept: KeptRecordings, shelves: Shelves, turn: AbstractAsyncContextManager[object]) -> None:
        self._kept = kept
        self._shelves = shelves
        self._turn = turn

    async def seal(self, on_sealed: Callable[[int], None] = lambda done: None) -> Sealed:
        """Seal every recording that is kept open, the oldest first; `on_sealed` is told after each how many are. Raises
        KeysError where there is no key, ShelfAway where a shelf is away: what was sealed by then stays so."""
        self._shelves.keys().new("")  # there is a current key, or nothing is begun
        await finish(self._kept, self._shelves, self._turn)
        sealed, tried = 0, set[str]()
        while some := [one for one in await self._kept.open_ones(ROUND + len(tried) - sealed) if one.file not in tried]:
            for one in some:
                tried.add(one.file)
                async with self._turn:
                    sealed += await self._one(one)
                on_sealed(sealed)
        return Sealed(sealed, len(tried) - sealed)

    async def _one(self, one: Kept) -> bool:
        try:
            place = await asyncio.to_thread(self._put, one)
        except ShelfAway:
            raise
        except (ShelfError, OSError) as error:
            error_id = getattr(error, "id", "recording-not-sealed")
            log.error("recording stays open", id=error_id, call=one.call, n=one.number, why=str(error))
            return False
        if not await self._kept.sealed(one, place):
            return False  # it was to be deleted meanwhile, or lies elsewhere now
        await _tidy(self._kept, self._shelves, one)
        return True

    def _put(self, one: Kept) -> Place:
        shelf = self._shelves.shelf(one.shelf)
        data_key, wrapped = self._shelves.keys().new(one.file)
        peaks = b"".join(shelf.read(one.file + PEAKS_SUFFIX))
        opened, sealed = sha256(), sha256()
        with TemporaryDirectory(prefix="sealing-", dir=self._shelves.folder) as folder:
            scratch = Path(folder) / "piece"
            scratch.write_bytes(b"".join(seal([peaks], part_key(data_key, PEAKS))))
            shelf.put(one.file + SEALED_PEAKS_SUFFIX, scratch)
            with scratch.open("wb") as sink:
                for piece in seal(_noting(shelf.read(one.name), opened), part_key(data_key, AUDIO)):
                    sealed.update(piece)
                    sink.write(piece)
            if opened.hexdigest() != one.stored_sha256:
                raise NotConfirmed(f"{one.name} is not the audio that was kept: its checksum is another")
            name = one.name + SEALED_SUFFIX
            put = shelf.put(name, scratch)
        if put.sha256 != sealed.hexdigest():
            raise NotConfirmed(f"{name} changed while it was sent")
        return Place(shelf=one.shelf, name=name, bytes=put.bytes, sha256=put.sha256, wrapped=wrapped, told=shelf.name)


def _noting(pieces: Iterable[bytes], digest: Digest) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


async def finish(kept: KeptRecordings, shelves: Shelves, turn: AbstractAsyncContextManager[object]) -> None:
    """Of runs that were cut short: nothing lies open any more of what is sealed. Raises ShelfAway."""
    while some := await kept.half_sealed(ROUND):
        for one in some:
            async with turn:
                await _tidy(kept, shelves, one)


async def _tidy(kept: KeptRecordings, shelves: Shelves, one: Kept) -> None:
    await asyncio.to_thread(_delete_open, shelves.shelf(one.shelf), shelves.folder, one)
    await kept.settled(one)


def _delete_open(shelf: Shelf, folder: Path, one: Kept) -> None:
    """The sealed peaks come to where peaks are looked for; open audio and open peaks go, in every version."""
    file = one.file
    shelf.delete(one.name.removesuffix(SEALED_SUFFIX))
    with TemporaryDirectory(prefix="sealing-", dir=folder) as scratch, suppress(NotOnShelf):
        peaks = Path(scratch) / "peaks"
        peaks.write_bytes(b"".join(shelf.read(file + SEALED_PEAKS_SUFFIX)))
        shelf.delete(file + PEAKS_SUFFIX)
        shelf.put(file + PEAKS_SUFFIX, peaks)
        shelf.delete(file + SEALED_PEAKS_SUFFIX)
