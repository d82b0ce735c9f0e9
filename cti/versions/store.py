"""The versions on the disk: `NNNN/` with a centre's files and its manifest, never changed again, and `current`, the
number of the one that holds.

A version is written under the number after the current one, whole and synced; then `current` is replaced by one rename.
Whatever has a higher number than the current one is the rest of a publication that did not come to its end: nobody
reads it, and the next publication clears it away. So a process that dies anywhere leaves the old or the new version.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from cti.versions import disk
from cti.versions.errors import NothingToPublish, PublicationUnderWay, Superseded, UnknownVersion, VersionsDamaged
from cti.versions.files import Files, digest
from cti.versions.manifest import MANIFEST, Manifest, Order, digest_of, entries_of

CURRENT = "current"
LOCK = "publishing.lock"


class Versions:
    """The versions in this folder. Several processes may share it; reading needs no lock."""

    def __init__(self, folder: Path) -> None:
        self.root = folder

    @property
    def current(self) -> int:
        """The number of the version that holds, 0 if there is none. Raises VersionsDamaged."""
        path = self.root / CURRENT
        try:
            text = path.read_text("ascii").strip()
        except FileNotFoundError:
            if last := max(self._numbers(), default=0):
                raise VersionsDamaged(
                    f"{path}: missing; expected the number of the version that holds, such as {last}"
                ) from None
            return 0
        except (OSError, UnicodeDecodeError) as error:
            raise VersionsDamaged(f"{path}: cannot be read: {error}") from None
        if not (text.isascii() and text.isdecimal()):
            raise VersionsDamaged(f"{path}: expected the number of the version that holds, and nothing else")
        return int(text)

    def folder(self, number: int) -> Path:
        """Where that version's files lie."""
        return self.root / f"{number:04}"

    def manifest(self, number: int) -> Manifest:
        """What is known of a version. Raises UnknownVersion, VersionsDamaged."""
        current = self.current
        if not 1 <= number <= current:
            raise UnknownVersion(number, current)
        path = self.folder(number) / MANIFEST
        try:
            manifest = Manifest.model_validate_json(path.read_bytes())
        except OSError as error:
            raise VersionsDamaged(f"{path}: cannot be read: {error.strerror}") from None
        except ValidationError as error:
            raise VersionsDamaged(f"{path}: {error.error_count()} faults; it was changed after publication") from None
        if manifest.number != number or manifest.digest != digest_of(manifest.files):
            raise VersionsDamaged(f"{path}: it was changed after publication")
        return manifest

    def history(self, first: int = 1, last: int | None = None) -> list[Manifest]:
        """The versions of these numbers, both included, the oldest first. Raises VersionsDamaged."""
        last = self.current if last is None else min(last, self.current)
        return [self.manifest(number) for number in range(max(first, 1), last + 1)]

    def file(self, number: int, name: str) -> bytes:
        """One file of a version, as it was published. Raises UnknownVersion, VersionsDamaged, KeyError."""
        expected = self.manifest(number).files[name]
        path = self.folder(number) / name
        try:
            content = path.read_bytes()
        except OSError as error:
            raise VersionsDamaged(f"{path}: cannot be read: {error.strerror}; it was there at publication") from None
        if digest(content) != expected.sha256:
            raise VersionsDamaged(f"{path}: it was changed after publication; take its content from another copy")
        return content

    def files(self, number: int) -> dict[str, bytes]:
        """All files of a version, as they were published. Raises UnknownVersion, VersionsDamaged."""
        return {name: self.file(number, name) for name in self.manifest(number).files}

    def is_sound(self, number: int) -> bool:
        """Whether the files of a version are as they were published."""
        try:
            self.files(number)
        except VersionsDamaged:
            return False
        return True

    def require_new(self, files: Files) -> None:
        """Raises NothingToPublish if these are the files of the version that holds, and that is sound."""
        current = self.current
        if current and self.manifest(current).digest == digest_of(entries_of(files)) and self.is_sound(current):
            raise NothingToPublish(current)

    def require_base(self, base: int) -> None:
        """Raises Superseded if that is not the version that holds, UnknownVersion if there never was one."""
        current = self.current
        if base != current:
            if base > current or base < 0:
                raise UnknownVersion(base, current)
            raise Superseded(base, current, self.history(base + 1))

    def begin(self) -> "Press":
        """The one who publishes from now until he closes it.

        Raises PublicationUnderWay, VersionsDamaged, OSError.
        """
        disk.make_folder(self.root)
        with ExitStack() as held:
            try:
                held.enter_context(disk.locked(self.root / LOCK))
            except BlockingIOError:
                raise PublicationUnderWay from None
            if not (self.root / CURRENT).exists() and not self.current:
                disk.replace(self.root / CURRENT, b"0\n")
            self.clear()
            return Press(self, held.pop_all())

    @contextmanager
    def publishing(self) -> Iterator["Press"]:
        """As `begin`, for a block."""
        press = self.begin()
        try:
            yield press
        finally:
            press.close()

    def clear(self) -> None:
        """Remove what a publication left that did not come to its end; for the one who publishes."""
        current = self.current
        for number in self._numbers():
            if number > current:
                disk.remove_tree(self.folder(number))

    def _numbers(self) -> list[int]:
        if not self.root.is_dir():
            return []
        return [int(path.name) for path in self.root.iterdir() if path.name.isdecimal() and path.is_dir()]


class Press:
    """Makes one version; only `Versions.begin` gives it. What is staged and not committed is gone when it is closed."""

    def __init__(self, versions: Versions, held: ExitStack) -> None:
        self._versions = versions
        self._held = held
        self._staged: Manifest | None = None

    def stage(self, files: Files, at: datetime, order: Order) -> Manifest:
        """Write the next version whole, to `Versions.folder(number)`; it does not hold yet. Raises OSError."""
        parent = self._versions.current
        entries = entries_of(files)
        manifest = Manifest(
            number=parent + 1,
            at=at,
            by=order.by,
            why=order.why,
            parent=parent or None,
            restores=order.restores,
            digest=digest_of(entries),
            files=entries,
        )
        folder = self._versions.folder(manifest.number)
        disk.make_folder(folder)
        for name, content in files.items():
            disk.make_folder((folder / name).parent)
            if not self._share(parent, name, folder / name, entries[name].sha256):
                disk.write_new(folder / name, content)
        disk.write_new(folder / MANIFEST, (manifest.model_dump_json(indent=1) + "\n").encode())
        for below in sorted({(folder / name).parent for name in files} - {folder}):
            disk.sync_folder(below)
        disk.sync_folder(folder)
        self._staged = manifest
        return manifest

    def commit(self) -> Manifest:
        """From now on the version that was staged holds. Raises OSError; then the one before holds."""
        if self._staged is None:
            raise RuntimeError("nothing was staged; expected stage() before commit()")
        number = self._staged.number
        try:
            disk.replace(self._versions.root / CURRENT, f"{number}\n".encode())
        except OSError:
            if self._versions.current != number:  # else it is renamed, and holds for whoever reads it
                raise
        return self._staged

    def close(self) -> None:
        """Let others publish."""
        with self._held:
            self._versions.clear()

    def _share(self, parent: int, name: str, path: Path, sha256: str) -> bool:
        """Recordings are large and seldom change: the same one is kept once for all versions that have it."""
        if not parent or not name.startswith("sounds/"):
            return False
        source = self._versions.folder(parent) / name
        try:
            if digest(source.read_bytes()) != sha256:
                return False
            disk.link(source, path)
        except OSError:
            return False
        return True
