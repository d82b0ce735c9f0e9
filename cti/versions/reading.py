"""A centre read from the files of a version, or from files that are to become one. Problems are told with the files'
own names, wherever they lie.
"""

import asyncio
import tempfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cti.centre import Centre
from cti.versions.files import Files, require_fit
from cti.versions.store import Versions
from ivr.documents import DocumentError

KEPT = 8
"""Older versions in memory at most: callers go on in a few of them for minutes, and then nobody does."""


Load = Callable[[Path], Centre]
"""Reads the centre in a folder as an instance may have it (cti.centre.load_centre). Raises DocumentError."""


def read_centre(folder: Path, load: Load, shown: str = "") -> Centre:
    """The centre in this folder. Raises DocumentError with everything that is wrong; its files are named as they are
    within the folder, with `shown` in front."""
    try:
        return load(folder)
    except DocumentError as error:
        told = (replace(problem, file=_within(folder, problem.file, shown)) for problem in error.problems)
        raise DocumentError(told) from None


def check(files: Files, load: Load) -> Centre:
    """The centre that these files describe, wherever they come from. Raises DocumentError as `read_centre`, OSError."""
    require_fit(files)
    with tempfile.TemporaryDirectory(prefix="callcenter-check-") as folder:
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return read_centre(Path(folder), load)


def _within(folder: Path, file: str, shown: str) -> str:
    path = Path(file)
    return shown + (path.relative_to(folder).as_posix() if path.is_relative_to(folder) else file)


class Library:
    """The centres of versions, each read once while it is used."""

    def __init__(self, versions: Versions, load: Load) -> None:
        self._versions = versions
        self._load = load
        self._read: OrderedDict[int, asyncio.Task[Centre]] = OrderedDict()

    async def centre(self, number: int) -> Centre:
        """The centre of a version, its files as they were published. The loop is free meanwhile.

        Raises UnknownVersion, VersionsDamaged, and DocumentError where this program takes such files no more.
        """
        if (task := self._read.get(number)) is None:
            task = self._read[number] = asyncio.create_task(asyncio.to_thread(self.read, number))
            while len(self._read) > KEPT:
                self._read.popitem(last=False)
        self._read.move_to_end(number)
        try:
            return await asyncio.shield(task)
        except Exception:
            self._read.pop(number, None)
            raise

    def read(self, number: int) -> Centre:
        """As `centre`, for who may wait."""
        self._versions.files(number)  # as they were published, or VersionsDamaged
        return read_centre(self._versions.folder(number), self._load)
