"""Brings recordings that wait to their shelf: makes their peaks, seals them where that is wanted, and deletes the open
file only when the shelf has confirmed what it holds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from structlog import get_logger

from recording.keeping.kept import Kept, KeptRecordings, Place, State
from recording.keeping.master_keys import KeysError
from recording.keeping.packing import PACKED_SUFFIX, packed
from recording.keeping.peaks import peaks_of
from recording.keeping.sealing import part_key, seal
from recording.keeping.shelf import PIECE, NotConfirmed, Shelf, ShelfAway, ShelfError
from recording.keeping.shelves import AUDIO, PEAKS, PEAKS_SUFFIX, SEALED_SUFFIX, Shelves
from recording.keeping.wrapped import Wrapped
from recording.manifest import Kind, Manifest, manifest_name
from recording.record import CallRecord

log = get_logger()

AT_ONCE = 4
"""So many are sent at a time: a store far away answers late."""

ROUND = 100
"""So many are looked up at a time."""

Samples = Callable[[Path, Manifest], Iterator[bytes]]
"""The samples of an audio file, signed 16-bit little-endian, the channels in turn."""


class Mover:
    """`await move()` whenever something may wait. `now` is the time of day; `on_record` is told each record that says
    another place now; `turn` is held while files are touched; nobody deletes one meanwhile. `packing`: messages are
    kept packed (recording.keeping.packing)."""

    def __init__(
        self,
        kept: KeptRecordings,
        shelves: Shelves,
        samples: Samples,
        now: Callable[[], datetime],
        on_record: Callable[[CallRecord], Awaitable[None]],
        turn: AbstractAsyncContextManager[object],
        *,
        packing: bool = False,
    ) -> None:
        self._packing = packing
        self._kept = kept
        self._shelves = shelves
        self._samples = samples
        self._now = now
        self._on_record = on_record
        self._turn = turn

    async def move(self) -> str:
        """Bring everything that waits to its shelf. Returns "" when nothing waits any more, else the id of the error
        that stands in the way."""
        tried: set[str] = set()
        trouble = ""
        while some := [one for one in await self._kept.waiting(ROUND + len(tried)) if one.file not in tried]:
            for at in range(0, len(some), AT_ONCE):
                group = some[at : at + AT_ONCE]
                async with self._turn:
                    errors = [one for one in await asyncio.gather(*map(self._move, group)) if one]
                if any(error == ShelfAway.id or error.startswith("recording-key") for error in errors):
                    return errors[0]
                trouble = trouble or next(iter(errors), "")
                tried |= {one.file for one in group}
        return trouble or await self._describe()

    async def _move(self, one: Kept) -> str:
        if not await self._kept.still(one, State.WAITING):
            return ""  # it was to be deleted meanwhile
        try:
            place = await asyncio.to_thread(self._put, one)
        except FileNotFoundError:
            log.error("recording is not there to be kept", id="recording-missing", call=one.call, n=one.number)
            await self._kept.missing(one)
            return ""
        except (ShelfError, KeysError, OSError) as error:
            error_id = getattr(error, "id", "recording-not-kept")
            log.error("recording waits for its shelf", id=error_id, call=one.call, n=one.number, why=str(error))
            return str(error_id)
        for record in await self._kept.put(one, place, self._now()):
            await self._on_record(record)
        await asyncio.to_thread(self._tidy, one, place)
        return ""

    def _put(self, one: Kept) -> Place:
        file = self._shelves.folder / one.file
        shelf = self._shelves.shelf(self._shelves.current)
        data_key, wrapped = self._shelves.keys().new(one.file) if self._shelves.sealing else (b"", None)
        with TemporaryDirectory(prefix="keeping-", dir=self._shelves.folder) as folder:
            beside = Path(folder) / "beside"
            self._put_beside(shelf, one, data_key, beside)
            name, source, digest = one.file, file, one.sha256
            if self._packing and one.kind is Kind.MESSAGE and (flac := _packed(one, file)) is not None:
                name, source, digest = one.file + PACKED_SUFFIX, Path(folder) / "packed", sha256(flac).hexdigest()
                source.write_bytes(flac)
            if wrapped is None:
                return _open_place(shelf, name, source, digest)
            return _sealed_place(shelf, name, source, digest, Path(folder) / "sealed", data_key, wrapped)

    def _put_beside(self, shelf: Shelf, one: Kept, data_key: bytes, scratch: Path) -> None:
        manifest = one.manifest
        file = self._shelves.folder / one.file
        samples = manifest.duration_ms * manifest.rate // 1000
        peaks = peaks_of(
            self._samples(file, manifest), channels=manifest.channels, rate=manifest.rate, samples=samples
        ).to_bytes()
        scratch.write_bytes(b"".join(seal([peaks], part_key(data_key, PEAKS))) if data_key else peaks)
        shelf.put(one.file + PEAKS_SUFFIX, scratch)
        scratch.write_text(manifest.model_dump_json(indent=1) + "\n", "utf-8")
        shelf.put(manifest_name(one.file), scratch)

    def _tidy(self, one: Kept, place: Place) -> None:
        """The open file goes, unless it is what is kept."""
        file = self._shelves.folder / one.file
        if not self._shelves.shelf(place.shelf).lies_at(place.name, file):
            file.unlink(missing_ok=True)

    async def _describe(self) -> str:
        """Put new manifests in the place of old ones."""
        while some := await self._kept.undescribed(ROUND):
            for one in some:
                async with self._turn:
                    now = await self._kept.of_file(one.file)  # it may lie on another shelf by now, or be gone
                    if now is None or now.state is not State.KEPT:
                        continue
                    try:
                        await asyncio.to_thread(self._put_manifest, now)
                    except (ShelfError, OSError) as error:
                        return str(getattr(error, "id", "recording-not-described"))
                    await self._kept.described(now)
        return ""

    def _put_manifest(self, one: Kept) -> None:
        with TemporaryDirectory(prefix="keeping-", dir=self._shelves.folder) as folder:
            scratch = Path(folder) / "manifest"
            scratch.write_text(one.manifest.model_dump_json(indent=1) + "\n", "utf-8")
            self._shelves.shelf(one.shelf).put(manifest_name(one.file), scratch)


def _packed(one: Kept, file: Path) -> bytes | None:
    wav = file.read_bytes()
    if sha256(wav).hexdigest() != one.sha256:
        raise NotConfirmed(f"{one.file} is not the audio that was recorded: its checksum is another")
    return packed(wav)


def _open_place(shelf: Shelf, name: str, file: Path, digest: str) -> Place:
    put = shelf.put(name, file)
    if put.sha256 != digest:
        raise NotConfirmed(f"{name} is not the audio that was recorded: its checksum is another")
    told = "" if shelf.lies_at(name, file) else shelf.name
    return Place(shelf=shelf.name, name=name, bytes=put.bytes, sha256=put.sha256, wrapped=None, told=told)


def _sealed_place(
    shelf: Shelf, name: str, file: Path, digest: str, scratch: Path, data_key: bytes, wrapped: Wrapped
) -> Place:
    opened, sealed = sha256(), sha256()

    def pieces() -> Iterator[bytes]:
        with file.open("rb") as source:
            while piece := source.read(PIECE):
                opened.update(piece)
                yield piece

    with scratch.open("wb") as sink:
        for piece in seal(pieces(), part_key(data_key, AUDIO)):
            sealed.update(piece)
            sink.write(piece)
    if opened.hexdigest() != digest:
        raise NotConfirmed(f"{name} is not the audio that was recorded: its checksum is another")
    name += SEALED_SUFFIX
    put = shelf.put(name, scratch)
    if put.sha256 != sealed.hexdigest():
        raise NotConfirmed(f"{name} changed while it was sent")
    told = shelf.name
    return Place(shelf=shelf.name, name=name, bytes=put.bytes, sha256=put.sha256, wrapped=wrapped, told=told)
