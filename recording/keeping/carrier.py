"""Carries recordings from the shelf on which they lie to another: copied as they are, sealed or not, confirmed, and
only then deleted where they lay.

Before anything is copied the row says on which other shelf something of it may lie (`also`). Whatever dies between, the
next run clears that away or copies again, and who deletes the recording deletes it on both.
"""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from structlog import get_logger

from recording.keeping.kept import Kept, KeptRecordings
from recording.keeping.sealer import finish
from recording.keeping.shelf import NotConfirmed, ShelfAway, ShelfError
from recording.keeping.shelves import PEAKS_SUFFIX, Shelves
from recording.manifest import manifest_name

log = get_logger()

ROUND = 100
"""So many are looked up at a time."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a run did: how many lie on the new shelf now, and how many could not be carried."""

    moved: int
    left: int


class Carrier:
    """`await carry(to)`. `turn` is held while a recording is carried; nobody deletes it meanwhile."""

    def __init__(self, kept: KeptRecordings, shelves: Shelves, turn: AbstractAsyncContextManager[object]) -> None:
        self._kept = kept
        self._shelves = shelves
        self._turn = turn

    async def carry(self, to: str) -> Carried:
        """Bring every recording to this shelf that is kept on another. Raises ShelfAway where one of the two is: what
        was carried by then stays carried."""
        await finish(self._kept, self._shelves, self._turn)
        await self._clear()
        moved, tried = 0, set[str]()
        while some := [one for one in await self._kept.elsewhere(to, ROUND + len(tried)) if one.file not in tried]:
            for one in some:
                tried.add(one.file)
                async with self._turn:
                    moved += await self._one(one, to)
        return Carried(moved, len(tried) - moved)

    async def _clear(self) -> None:
        """Of runs that were cut short: nothing is left where the recordings do not lie."""
        while some := await self._kept.between_shelves(ROUND):
            for one in some:
                async with self._turn:
                    await asyncio.to_thread(self._delete, one, one.also)
                    await self._kept.settled(one)

    async def _one(self, one: Kept, to: str) -> bool:
        if not await self._kept.leaves(one, to):
            return False  # it was to be deleted meanwhile
        try:
            await asyncio.to_thread(self._copy, one, to)
        except ShelfAway:
            raise
        except (ShelfError, OSError) as error:
            error_id = getattr(error, "id", "recording-not-moved")
            log.error("recording stays where it is", id=error_id, call=one.call, n=one.number, why=str(error))
            return False
        here = self._shelves.shelf(to).lies_at(one.name, self._shelves.folder / one.file)
        if not await self._kept.arrived(one, to, "" if here else to):
            return False
        await asyncio.to_thread(self._delete, one, one.shelf)
        await self._kept.settled(one)
        return True

    def _copy(self, one: Kept, to: str) -> None:
        source, target = self._shelves.shelf(one.shelf), self._shelves.shelf(to)
        with TemporaryDirectory(prefix="carrying-", dir=self._shelves.folder) as folder:
            scratch = Path(folder) / "piece"
            for name, wanted in (
                (one.file + PEAKS_SUFFIX, ""),
                (manifest_name(one.file), ""),
                (one.name, one.stored_sha256),
            ):
                digest = sha256()
                with scratch.open("wb") as sink:
                    for piece in source.read(name):
                        digest.update(piece)
                        sink.write(piece)
                if wanted and digest.hexdigest() != wanted:
                    raise NotConfirmed(f"{name} is not what was kept there: its checksum is another")
                if target.put(name, scratch).sha256 != digest.hexdigest():
                    raise NotConfirmed(f"{name} changed while it was sent")

    def _delete(self, one: Kept, shelf: str) -> None:
        for name in self._shelves.names(one):
            self._shelves.shelf(shelf).delete(name)
