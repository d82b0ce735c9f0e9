"""The shelves of one centre: that on which new recordings are kept, those on which older ones lie, and the keys."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from recording.keeping.kept import Kept
from recording.keeping.master_keys import MasterKeys
from recording.keeping.packing import PACKED_SUFFIX, unpacked
from recording.keeping.peaks import Peaks
from recording.keeping.sealing import is_sealed, open_span, open_whole, part_key, span
from recording.keeping.shelf import PIECE, NotOnShelf, Shelf, ShelfAway
from recording.keeping.wrapped import Wrapped
from recording.manifest import Kind, manifest_name

AUDIO, PEAKS = "audio", "peaks"
"""The parts that have keys of their own."""

PEAKS_SUFFIX = ".peaks"
SEALED_SUFFIX = ".sealed"
SEALED_PEAKS_SUFFIX = SEALED_SUFFIX + PEAKS_SUFFIX
"""Of peaks that were kept open, while they are sealed (recording.keeping.sealer)."""


@dataclass(frozen=True, slots=True)
class Shelves:
    """`make` makes each shelf by its name when it is first needed; `current` is that of new recordings. `folder` is
    where recordings wait. `keys` reads the master keys, `sealing` says whether new recordings are sealed.

    What reads raises ShelfError, KeysError, Tampered, Unpackable.
    """

    make: Mapping[str, Callable[[], Shelf]]
    current: str
    folder: Path
    keys: Callable[[], MasterKeys]
    sealing: bool
    _made: dict[str, Shelf] = field(default_factory=dict)

    def shelf(self, name: str) -> Shelf:
        """The shelf of this name. Raises ShelfAway where it cannot be made, or the settings do not have it."""
        if name not in self._made:
            if name not in self.make:
                raise ShelfAway(f"the settings have no store {name}; expected it, recordings lie there")
            self._made[name] = self.make[name]()
        return self._made[name]

    def read(self, one: Kept, start: int, end: int) -> Iterator[bytes]:
        """The bytes of the audio from `start` to `end` (not included), opened."""
        if not one.shelf:
            return _from_file(self.folder / one.file, start, end)
        shelf = self.shelf(one.shelf)
        if is_packed(one):
            return iter([self._unpacked(shelf, one)[start:end]])
        if one.wrapped is None:
            return shelf.read(one.name, start, end - start)
        wanted = span(one.bytes, start, end)
        sealed = shelf.read(one.name, wanted.offset, wanted.length)
        return open_span(sealed, self.key(one.wrapped, one.file, AUDIO), one.bytes, wanted)

    def _unpacked(self, shelf: Shelf, one: Kept) -> bytes:
        kept = b"".join(shelf.read(one.name))
        return unpacked(kept if one.wrapped is None else open_whole(kept, self.key(one.wrapped, one.file, AUDIO)))

    def peaks(self, one: Kept) -> Peaks:
        """Its peaks. Raises NotOnShelf while it waits, PeaksUnreadable."""
        if not one.shelf:
            raise NotOnShelf("the recording is not kept yet, its peaks are not made")
        kept = self._peaks(self.shelf(one.shelf), one)
        if one.wrapped is not None:
            kept = open_whole(kept, self.key(one.wrapped, one.file, PEAKS))
        return Peaks.from_bytes(kept)

    def _peaks(self, shelf: Shelf, one: Kept) -> bytes:
        with suppress(NotOnShelf):
            kept = b"".join(shelf.read(one.file + PEAKS_SUFFIX))
            if one.wrapped is None or is_sealed(kept):
                return kept
        return b"".join(shelf.read(one.file + (SEALED_PEAKS_SUFFIX if one.wrapped is not None else PEAKS_SUFFIX)))

    def key(self, wrapped: Wrapped, file: str, part: str) -> bytes:
        """The key of a part of a sealed recording."""
        return part_key(self.keys().unwrap(wrapped, file), part)

    def remove(self, one: Kept) -> None:
        """Let nothing of the recording be there: audio, peaks, manifest, on its shelf and in the folder."""
        for name in (one.file, manifest_name(one.file)):
            (self.folder / name).unlink(missing_ok=True)
        for shelf in self._shelves_of(one):
            for name in self.names(one):
                shelf.delete(name)

    def left(self, one: Kept) -> list[str]:
        """What is still there of it: nothing, if it is gone."""
        shelves = self._shelves_of(one)
        found = [name for name in self.names(one) if any(shelf.size(name) is not None for shelf in shelves)]
        return found + [name for name in (one.file, manifest_name(one.file)) if (self.folder / name).exists()]

    def _shelves_of(self, one: Kept) -> list[Shelf]:
        return [self.shelf(one.shelf or self.current), *([self.shelf(one.also)] if one.also else ())]

    def names(self, one: Kept) -> list[str]:
        """Every name under which something of it may lie on a shelf; of one that was half kept, too."""
        suffixes = ["", SEALED_SUFFIX, PEAKS_SUFFIX, SEALED_PEAKS_SUFFIX]
        if one.kind is Kind.MESSAGE:
            suffixes += [PACKED_SUFFIX, PACKED_SUFFIX + SEALED_SUFFIX]
        return [*(one.file + suffix for suffix in suffixes), manifest_name(one.file)]


def is_packed(one: Kept) -> bool:
    """Whether what lies on its shelf is the message packed (recording.keeping.packing)."""
    return one.name.removesuffix(SEALED_SUFFIX) == one.file + PACKED_SUFFIX


def _from_file(file: Path, start: int, end: int) -> Iterator[bytes]:
    with suppress(FileNotFoundError), file.open("rb") as source:
        source.seek(start)
        while start < end and (piece := source.read(min(PIECE, end - start))):
            yield piece
            start += len(piece)
        return
    raise NotOnShelf("the recording is not in the folder of recordings")
