"""Versions of the centre's files, and what is wrong or different in them, as programs see them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from cti.versions.difference import Change, Difference
from cti.versions.manifest import Manifest
from ivr.documents import Problem


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class ProblemView(_View):
    """One thing wrong in one file. Line and column count from 1; `expected` may be empty."""

    file: str
    line: int
    column: int
    wrong: str
    expected: str


class VersionView(_View):
    """A version: who published it, when and why."""

    number: int
    at: datetime
    by: str
    why: str
    parent: int | None = Field(description="The version before it; null for the first.")
    restores: int | None = Field(description="The version to which it went back; null where it did not.")
    digest: str = Field(description="Of all its files: the same where the same files say the same.")


class FileView(_View):
    """A file of a version."""

    name: str
    bytes: int
    sha256: str


class FileChangeView(_View):
    """A file that is not as it was."""

    name: str
    change: Change
    text: str = Field(description="A unified difference; empty for sounds.")


class DifferenceView(_View):
    """All that is not as it was; `words` say it in short, such as "queue billing added"."""

    words: tuple[str, ...]
    files: tuple[FileChangeView, ...]


def problem_view(problem: Problem) -> ProblemView:
    """The problem as programs see it."""
    return ProblemView(
        file=problem.file, line=problem.line, column=problem.column, wrong=problem.wrong, expected=problem.expected
    )


def version_view(version: Manifest) -> VersionView:
    """The version as programs see it, without its files."""
    return VersionView(**version.model_dump(exclude={"files"}))


def difference_view(difference: Difference) -> DifferenceView:
    """The difference as programs see it."""
    files = (FileChangeView(name=one.name, change=one.change, text=one.text) for one in difference.files)
    return DifferenceView(words=difference.words, files=tuple(files))
