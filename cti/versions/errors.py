"""What goes wrong with versions, each with a stable id."""

from collections.abc import Sequence

from cti.versions.manifest import Manifest


class VersionError(Exception):
    """Something about versions that cannot be done."""

    id = "version-refused"


class UnknownVersion(VersionError):
    """There is no version of that number."""

    id = "unknown-version"

    def __init__(self, number: int, current: int) -> None:
        expected = f"expected a number from 1 to {current}" if current else "nothing has been published yet"
        super().__init__(f"there is no version {number}; {expected}")


class VersionsDamaged(VersionError):
    """What lies under `versions/` is not what was written there."""

    id = "versions-damaged"


class PublicationUnderWay(VersionError):
    """Another process publishes at this moment."""

    id = "publication-under-way"

    def __init__(self) -> None:
        super().__init__("another publication is under way; look at what it brings, then publish again")


class Superseded(VersionError):
    """An edit began from a version that is no longer the current one: what others published since must not be lost.

    `meanwhile` are their versions, the oldest first.
    """

    id = "version-superseded"

    def __init__(self, base: int, current: int, meanwhile: Sequence[Manifest]) -> None:
        self.base = base
        self.current = current
        self.meanwhile = tuple(meanwhile)
        told = "".join(f"\n  {version.told}" for version in meanwhile)
        super().__init__(f"this edit began from version {base}, and version {current} is current; meanwhile:{told}")


class NothingToPublish(VersionError):
    """The files are those of the current version."""

    id = "nothing-to-publish"

    def __init__(self, current: int) -> None:
        super().__init__(f"the files are those of version {current}, which is current; expected an edit")


class FolderEdited(VersionError):
    """The folder holds edits that were never published and would be lost."""

    id = "folder-edited"


class FolderUnknown(VersionError):
    """Nobody knows from which version the edits of a folder began."""

    id = "folder-unknown"
