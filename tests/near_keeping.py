"""The keeping of recordings for a floor without processes."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cti.keeping_port import KeepingRefused
from cti.keeping_service import REFUSALS, error_id
from recording.encoding.codec import as_wav
from recording.keeping.eraser import Eraser
from recording.keeping.erasing import Erasures
from recording.keeping.folder import FolderShelf
from recording.keeping.kept import Kept, KeptRecordings
from recording.keeping.master_keys import MasterKeys
from recording.keeping.shelf import NotOnShelf
from recording.keeping.shelves import Shelves
from recording.record import CallRecord
from recording.store import Store


class NearKeeping:
    """cti.keeping_port.Keeping without a process: the same shelves, in ours. A test may put others in their place."""

    waiting = 0

    def __init__(self, shelves: Shelves, erase: Callable[[], Awaitable[int]]) -> None:
        self.shelves = shelves
        self.erase_all = erase

    def look(self) -> None:
        """Nothing looks here."""

    async def audio(self, one: Kept, span: range) -> AsyncGenerator[bytes, None]:
        """See Keeping."""
        with _refusing():
            for piece in self.shelves.read(one, span.start, span.stop):
                yield piece

    async def wav(self, one: Kept) -> AsyncGenerator[bytes, None]:
        """See Keeping."""
        with _refusing(), TemporaryDirectory() as folder:
            file = Path(folder) / Path(one.file).name
            file.write_bytes(b"".join(self.shelves.read(one, 0, one.bytes)))
            for piece in as_wav(file):
                yield piece

    async def peaks(self, one: Kept, points: int) -> Mapping[str, Any]:
        """See Keeping."""
        with _refusing():
            return asdict(self.shelves.peaks(one).at_most(points))

    async def erase(self) -> None:
        """See Keeping."""
        await self.erase_all()


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except REFUSALS as error:
        raise KeepingRefused(error_id(error), str(error), 404 if isinstance(error, NotOnShelf) else 503) from error


def near_keeping(store: Store, folder: Path) -> NearKeeping:
    """One for whatever lies in this folder."""
    shelves = Shelves({"folder": lambda: FolderShelf(folder, make=True)}, "folder", folder, MasterKeys, sealing=False)

    async def tell(_: CallRecord) -> None:
        pass

    turn = asyncio.Lock()
    eraser = Eraser(KeptRecordings(store), Erasures(store), shelves, lambda: datetime.now(UTC), tell, turn)
    return NearKeeping(shelves, eraser.erase)
