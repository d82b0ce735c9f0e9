"""The version with which a process starts: the current one, and where there is none yet, the files of the folder, which
become version 1. And publication while no daemon runs.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from cti.centre import Centre, centre_of, load_centre
from cti.settings import Settings
from cti.sounds import make_sounds, ready_sounds
from cti.versions import disk
from cti.versions.errors import VersionError
from cti.versions.files import Files, require_fit
from cti.versions.folder import Folder
from cti.versions.manifest import Manifest, Order
from cti.versions.reading import Library, Load, read_centre, require_conversations
from cti.versions.store import Versions

FIRST = "first start"
SYSTEM = "system"
SERVING = "serving.lock"
FIRST_LOCK = "first.lock"


class Serving(VersionError):
    """A daemon serves these versions, so that only it may publish."""

    id = "daemon-serving"

    def __init__(self) -> None:
        super().__init__(
            "the daemon runs but does not answer, and may be publishing: see `callcenter dialplan history` when it does"
        )


@dataclass(frozen=True, slots=True)
class Started:
    """The version that holds, and the centre that it describes."""

    version: Manifest
    centre: Centre


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read last, and for which instance."""

    settings: Settings
    started: Started


_read: _Read | None = None
"""`callcenter run` reads the files, and each daemon that is forked from it has read them (cti/nursery.py)."""


def versions_of(settings: Settings) -> Versions:
    """The versions of this instance."""
    return Versions(settings.state / "versions")


def load_of(settings: Settings) -> Load:
    """How this instance reads a centre: with what its owner allows to flows."""
    return partial(load_centre, look_ups=settings.look_ups.rules, voices=settings.speakers)


def folder_of(settings: Settings) -> Folder:
    """The folder in which this instance's administrators edit."""
    return Folder(settings.dialplans, versions_of(settings))


def start(settings: Settings, *, by: str = SYSTEM, why: str = FIRST) -> Started:
    """The current version; with none yet, the folder is published. Raises DocumentError, VersionError, OSError."""
    global _read  # noqa: PLW0603 (what a process has read, its children have)
    versions = versions_of(settings)
    if not versions.current:
        disk.make_folder(versions.root)
        with disk.locked(versions.root / FIRST_LOCK, wait=True):  # another may start, too
            if not versions.current:
                _read = _Read(settings, _publish_first(settings, by, why))
    version = versions.manifest(versions.current)
    if _read is not None and (_read.settings, _read.started.version) == (settings, version):
        versions.files(version.number)  # as they were published, or VersionsDamaged
        return _read.started
    _read = _Read(settings, Started(version, Library(versions, load_of(settings)).read(version.number)))
    return _read.started


def current_centre(settings: Settings) -> Centre:
    """The centre that holds; with no version yet, that of the folder. Raises DocumentError, VersionError."""
    versions = versions_of(settings)
    if not versions.current:
        return centre_of(settings)
    return Library(versions, load_of(settings)).read(versions.current)


def folder_at(settings: Settings, number: int | None) -> Path:
    """Where the files of a version lie, as they were published; without a number, the folder in which administrators
    edit. Raises VersionError."""
    if number is None:
        return settings.dialplans
    versions = versions_of(settings)
    versions.files(number)
    return versions.folder(number)


@contextmanager
def serving(settings: Settings) -> Iterator[None]:
    """While a daemon serves, nobody publishes past it. Waits for who publishes just now."""
    versions = versions_of(settings)
    disk.make_folder(versions.root)
    with disk.locked(versions.root / SERVING, shared=True, wait=True):
        yield


def publish_alone(settings: Settings, files: Files, order: Order, shown: str = "") -> Manifest:
    """Publish while no daemon runs: everything is checked and every prompt made; Asterisk reads its part when it or the
    daemon starts. Problems name the files with `shown` in front.

    Raises Serving, and as Administration.publish.
    """
    versions = versions_of(settings)
    require_fit(files)
    disk.make_folder(versions.root)
    try:
        with disk.locked(versions.root / SERVING), versions.publishing() as press:
            versions.require_base(order.base)
            versions.require_new(files)
            version = press.stage(files, datetime.now(UTC), order)
            folder = versions.folder(version.number)
            centre = read_centre(folder, load_of(settings), shown)
            if order.tested:
                require_conversations(centre, folder, shown)
            asyncio.run(make_sounds(ready_sounds(settings), centre))
            return press.commit()
    except BlockingIOError:
        raise Serving from None


def _publish_first(settings: Settings, by: str, why: str) -> Started:
    folder = folder_of(settings)
    shown = f"{settings.dialplans}/"
    files = folder.read(shown)
    with folder.versions.publishing() as press:
        version = press.stage(files, datetime.now(UTC), Order(base=0, by=by, why=why))
        started = Started(version, read_centre(folder.versions.folder(version.number), load_of(settings), shown))
        press.commit()
    folder.came_to(version.number)
    return started
