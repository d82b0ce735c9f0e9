"""A centre read from the files of a version, or from files that are to become one. Problems are told with the files'
own names, wherever they lie.
"""

import asyncio
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from cti import conversations
from cti.centre import Centre
from cti.conversations import ConversationsFailed, Outcome
from cti.versions.files import Files, require_fit
from cti.versions.store import Versions
from ivr.documents import DocumentError, Problem

KEPT = 8
"""Older versions in memory at most: callers go on in a few of them for minutes, and then nobody does."""


Load = Callable[[Path], Centre]
"""Reads the centre in a folder as an instance may have it (cti.centre.load_centre). Raises DocumentError."""


Warn = Callable[[Path, Centre], Iterable[Problem]]
"""What in a folder is worth a word although it fits."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Files that fit: the centre they describe, what became of the conversations kept beside its flows, and what is
    worth a word all the same."""

    centre: Centre
    conversations: tuple[Outcome, ...]
    warnings: tuple[Problem, ...]


def read_centre(folder: Path, load: Load, shown: str = "") -> Centre:
    """The centre in this folder. Raises DocumentError with everything that is wrong; its files are named as they are
    within the folder, with `shown` in front."""
    with _named(folder, shown):
        return load(folder)


def require_conversations(centre: Centre, folder: Path, shown: str = "") -> None:
    """Carry out the conversations in this folder. Raises ConversationsFailed with all that went otherwise than they
    expect, and DocumentError; files are named as by `read_centre`."""
    with _named(folder, shown):
        conversations.require_conversations(centre, folder)


def read_files(files: Files, load: Load) -> Centre:
    """The centre that these files describe, wherever they come from. Raises DocumentError as `read_centre`, OSError."""
    with _laid_out(files) as folder:
        return load(folder)


def check(files: Files, load: Load, warn: Warn) -> Checked:
    """The same, what became of the conversations among them, and what `warn` says of a folder with them."""
    with _laid_out(files) as folder:
        centre = load(folder)
        outcomes = list(conversations.converse(centre, conversations.conversation_files(folder)))
        told = tuple(_within(folder, one, "") for one in warn(folder, centre))
        return Checked(centre, tuple(_within_outcome(folder, outcome) for outcome in outcomes), told)


@contextmanager
def _laid_out(files: Files) -> Iterator[Path]:
    """A folder with these files, for a moment; problems that are raised inside name them as they are within it."""
    require_fit(files)
    with tempfile.TemporaryDirectory(prefix="callcenter-check-") as name:
        folder = Path(name)
        for file, content in files.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        with _named(folder, ""):
            yield folder


@contextmanager
def _named(folder: Path, shown: str) -> Iterator[None]:
    """Problems that are raised inside name their files as they are within the folder, with `shown` in front."""
    try:
        yield
    except DocumentError as error:
        raise DocumentError(_within(folder, problem, shown) for problem in error.problems) from None
    except ConversationsFailed as error:
        raise ConversationsFailed(_within(folder, problem, shown) for problem in error.problems) from None


def _within(folder: Path, problem: Problem, shown: str) -> Problem:
    return replace(problem, file=shown + _relative(folder, problem.file))


def _within_outcome(folder: Path, outcome: Outcome) -> Outcome:
    problems = tuple(_within(folder, problem, "") for problem in outcome.problems)
    return replace(outcome, file=_relative(folder, outcome.file), problems=problems)


def _relative(folder: Path, file: str) -> str:
    path = Path(file)
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else file


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
