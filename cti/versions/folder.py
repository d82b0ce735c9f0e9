"""The folder in which administrators edit: from which version its edits began, what is edited in it, and how the files
of a version are brought into it without losing edits that were never published.
"""

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from cti.versions import disk
from cti.versions.errors import FolderEdited, FolderUnknown
from cti.versions.files import Files, read_folder
from cti.versions.manifest import digest_of, entries_of
from cti.versions.store import Versions

BASE = "folder.json"


class _Base(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: str
    base: int


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder `path` beside these versions."""

    path: Path
    versions: Versions

    def read(self, shown: str = "") -> dict[str, bytes]:
        """The centre's files in it. Raises DocumentError, its files named with `shown` in front."""
        return read_folder(self.path, shown)

    @property
    def base(self) -> int | None:
        """The version from which the edits in it began; None where that is not known."""
        try:
            known = _Base.model_validate_json((self.versions.root / BASE).read_bytes())
        except (OSError, ValidationError):
            return None
        return known.base if known.folder == str(self.path) else None

    def require_base(self) -> int:
        """As `base`. Raises FolderUnknown."""
        if (base := self.base) is None:
            raise FolderUnknown(
                f"{self.path}: nobody knows from which version its edits began; look at `callcenter dialplan diff`, "
                "then name the version with --base, or take the current one"
            )
        return base

    def came_to(self, number: int) -> None:
        """Its files are those of that version from now on. Raises OSError."""
        known = _Base(folder=str(self.path), base=number)
        disk.make_folder(self.versions.root)
        disk.replace(self.versions.root / BASE, (known.model_dump_json() + "\n").encode())

    def edits(self) -> list[str]:
        """The files in which it is not as its base, or all of them where that is not known. Raises DocumentError."""
        base = self.base
        before = self.versions.files(base) if base else {}
        after = self.read()
        return sorted(name for name in {**before, **after} if before.get(name) != after.get(name))

    def take(self, number: int, *, discard: bool = False, keep: bool = False) -> list[str]:
        """Bring the files of a version into it; the names of those that changed. Its own that the version has not are
        removed. To `keep`: an edit stays where the version has not changed that file since the edits began.

        Raises FolderEdited where edits would be lost, unless they are to be discarded; UnknownVersion, FolderUnknown.
        """
        files = self.versions.files(number)
        found = self.read() if self.path.is_dir() else {}
        if keep:
            files = self._merged(found, files)
        elif not discard and not self._published(found) and (edits := self.edits()):
            raise FolderEdited(
                f"{self.path} holds edits that were never published: {', '.join(edits)}; publish them, or take the "
                "version with --keep, which keeps those of files that others did not change, or with --discard, and "
                "they are lost"
            )
        changed = sorted(name for name in {**found, **files} if found.get(name) != files.get(name))
        for name in changed:
            if name in files:
                disk.make_folder((self.path / name).parent)
                disk.replace(self.path / name, files[name], mode=0o644)
            else:
                (self.path / name).unlink()
        self.came_to(number)
        return changed

    def _merged(self, found: Files, taken: Files) -> dict[str, bytes]:
        """What was edited here where nobody else changed the file, and what is taken everywhere else."""
        base = self.require_base()
        began = self.versions.files(base) if base else {}
        merged, both = dict[str, bytes](), list[str]()
        for name in sorted({**began, **found, **taken}):
            old, here, there = began.get(name), found.get(name), taken.get(name)
            if here not in (old, there) and there != old:
                both.append(name)
            chosen = there if here == old else here
            if chosen is not None:
                merged[name] = chosen
        if both:
            raise FolderEdited(
                f"{self.path}: edited here and by others since version {base}: {', '.join(both)}; bring these together "
                "by hand and publish with --base"
            )
        return merged

    def _published(self, found: Files) -> bool:
        """Whether these files are those of any version, so that nothing is lost with them."""
        digest = digest_of(entries_of(found))
        return not found or any(version.digest == digest for version in reversed(self.versions.history()))
