"""The files of a centre as one set: which names are files of a centre, how large they may be, and how they are read
from a folder. No other file is ever read or written. What they say is judged by cti/centre.py.
"""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from ivr.documents import DocumentError, Problem

Files = Mapping[str, bytes]
"""Contents by name, such as `flows/hotline.yaml`: relative, with `/`."""

FOLDERS = ("flows", "conversations", "quality", "sounds")
MOST_FILES = 1_000
MOST_BYTES = 128 * 1024 * 1024
"""Of all files together."""

_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: the form of its names, how many bytes it may have, and whether it is text."""

    form: re.Pattern[str]
    most_bytes: int
    text: bool = True


KINDS = (
    Kind(re.compile(r"(?:centre|queues|calendars|figures)\.yaml"), 256 * 1024),
    Kind(re.compile(rf"(?:flows|conversations)/{_NAME}\.yaml"), 256 * 1024),
    Kind(re.compile(r"quality/sampling\.yaml"), 256 * 1024),
    Kind(re.compile(rf"quality/sheets/{_NAME}\.yaml"), 256 * 1024),
    Kind(re.compile(rf"sounds/[a-z]{{2,8}}/{_NAME}\.wav"), 5 * 1024 * 1024, text=False),
)
EXPECTED = (
    "centre.yaml, queues.yaml, calendars.yaml, figures.yaml, flows/NAME.yaml, conversations/NAME.yaml, "
    "quality/sampling.yaml, "
    "quality/sheets/NAME.yaml or sounds/LANGUAGE/NAME.wav, with names of letters, digits, - and _"
)


def kind_of(name: str) -> Kind | None:
    """The kind of file that has this name; None: no file of a centre is called so."""
    return next((kind for kind in KINDS if kind.form.fullmatch(name)), None)


def digest(content: bytes) -> str:
    """The SHA-256 of a file, as 64 figures."""
    return sha256(content).hexdigest()


def problems_of(files: Files) -> Iterator[Problem]:
    """What is wrong with names, sizes and number of these files."""
    for name, content in files.items():
        kind = kind_of(name)
        if kind is None:
            yield Problem(name, 1, 1, "no file of a centre is called so", EXPECTED)
        elif len(content) > kind.most_bytes:
            yield Problem(name, 1, 1, f"{len(content)} bytes are too many", f"at most {kind.most_bytes} bytes")
    if len(files) > MOST_FILES:
        yield Problem("", 1, 1, f"{len(files)} files are too many", f"at most {MOST_FILES}")
    if (size := sum(map(len, files.values()))) > MOST_BYTES:
        yield Problem("", 1, 1, f"{size} bytes in all files are too many", f"at most {MOST_BYTES}")


def require_fit(files: Files) -> None:
    """Raises DocumentError with what `problems_of` finds."""
    if problems := list(problems_of(files)):
        raise DocumentError(problems)


def read_folder(folder: Path, shown: str = "") -> dict[str, bytes]:
    """The centre's files in a folder; whatever else lies there is passed over, and so are an editor's own copies.

    A link is refused: it could lead out of the folder. Raises DocumentError with everything that cannot be taken, its
    files named with `shown` in front.
    """
    problems: list[Problem] = []
    files: dict[str, bytes] = {}
    for name in sorted(_candidates(folder, problems)):
        try:
            files[name] = _read(folder / name)
        except OSError as error:
            problems.append(Problem(name, 1, 1, f"cannot be read: {error.strerror}", "a readable file, no link"))
    if problems := [*problems, *problems_of(files)]:
        raise DocumentError(replace(problem, file=shown + problem.file) for problem in problems)
    return files


def _candidates(folder: Path, problems: list[Problem]) -> Iterator[str]:
    """The names of what stands where a centre's files stand and ends as they end."""
    alone = ("centre.yaml", "queues.yaml", "calendars.yaml", "figures.yaml")
    yield from (name for name in alone if os.path.lexists(folder / name))
    for name in FOLDERS:
        if not os.path.lexists(folder / name):
            continue
        if (folder / name).is_symlink() or not (folder / name).is_dir():
            problems.append(Problem(name, 1, 1, "this is no folder", "a folder, no link"))
        elif name == "sounds":
            yield from _within(folder, name, ".wav", problems)
        else:
            yield from (f"{name}/{file}" for file in _ending(folder / name, ".yaml"))
            if name == "quality":
                yield from _within(folder, name, ".yaml", problems)


def _within(folder: Path, name: str, ending: str, problems: list[Problem]) -> Iterator[str]:
    """The files in the folders of this one."""
    for inner in sorted((folder / name).iterdir()):
        if inner.is_symlink():
            problems.append(Problem(f"{name}/{inner.name}", 1, 1, "this is a link", "a folder"))
        elif inner.is_dir():
            yield from (f"{name}/{inner.name}/{file}" for file in _ending(inner, ending))


def _ending(folder: Path, ending: str) -> Iterator[str]:
    return (name for name in os.listdir(folder) if name.endswith(ending) and not name.startswith("."))


def _read(path: Path) -> bytes:
    """The file's content, one byte more than is allowed at most. Raises OSError, also for a link."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "it is no plain file")
        return file.read(max(kind.most_bytes for kind in KINDS) + 1)
