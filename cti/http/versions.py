"""The versions of the centre's files over HTTP: history, files, and what one says otherwise than another."""

import asyncio
from base64 import b64encode

from pydantic import Field

from cti.access import Role
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import Unfit, UnknownFile
from cti.http.version_views import (
    DifferenceView,
    FileView,
    VersionView,
    difference_view,
    version_view,
)
from cti.http.views import View
from cti.versions.difference import difference_of
from cti.versions.files import kind_of

NUMBER_AT_MOST = 1_000_000


class HistoryQuery(Given):
    """Which page."""

    limit: int = Field(50, ge=1, le=500)
    before: int | None = Field(None, ge=1, le=NUMBER_AT_MOST, description="Only versions before this one.")


class HistoryView(View):
    """Versions, the newest first; `current` is the one that holds, `next` the `before` of the next page."""

    current: int
    versions: list[VersionView]
    next: int | None


class VersionWithFiles(VersionView):
    """A version and the list of its files."""

    files: list[FileView]


class FileQuery(Given):
    """Which file, by its name in the list."""

    name: str = Field(max_length=200)


class FileContentView(FileView):
    """A file of a version; a text as `text`, a sound as `base64`."""

    text: str | None = None
    base64: str | None = None


class DifferenceQuery(Given):
    """From which version to which; nothing means the one before, and the one that holds."""

    before: int | None = Field(None, ge=1, le=NUMBER_AT_MOST)
    after: int | None = Field(None, ge=1, le=NUMBER_AT_MOST)


class VersionsDifference(DifferenceView):
    """What version `after` says otherwise than version `before`, which is 0 for the first one's beginning."""

    before: int
    after: int


async def show_history(asked: Asked[HistoryQuery, Nothing]) -> HistoryView:
    """Who published what, when and why, the newest first, page by page."""
    versions = asked.floor.administration.versions
    last = versions.current if asked.query.before is None else asked.query.before - 1
    first = max(1, last - asked.query.limit + 1)
    shown = await asyncio.to_thread(versions.history, first, last)
    return HistoryView(
        current=asked.floor.administration.version.number,
        versions=[version_view(version) for version in reversed(shown)],
        next=first if first > 1 else None,
    )


async def show_version(asked: Asked[Nothing, Nothing]) -> VersionWithFiles:
    """A version, with the list of its files."""
    version = asked.floor.administration.versions.manifest(number_of(asked))
    files = [FileView(name=name, bytes=one.bytes, sha256=one.sha256) for name, one in version.files.items()]
    return VersionWithFiles(**version_view(version).model_dump(), files=files)


async def show_file(asked: Asked[FileQuery, Nothing]) -> FileContentView:
    """A file of a version, as it was published. Only names of the version's list lead to a file."""
    versions, number, name = asked.floor.administration.versions, number_of(asked), asked.query.name
    known = versions.manifest(number).files.get(name)
    if known is None or (kind := kind_of(name)) is None:
        raise UnknownFile(number)
    content = await asyncio.to_thread(versions.file, number, name)
    return FileContentView(
        name=name,
        bytes=known.bytes,
        sha256=known.sha256,
        text=content.decode(errors="replace") if kind.text else None,
        base64=None if kind.text else b64encode(content).decode(),
    )


async def show_difference(asked: Asked[DifferenceQuery, Nothing]) -> VersionsDifference:
    """What a version says otherwise than another, in a few words and file by file."""
    versions = asked.floor.administration.versions
    after = asked.query.after or asked.floor.administration.version.number
    before = versions.manifest(after).parent or 0 if asked.query.before is None else asked.query.before
    told = await asyncio.to_thread(difference_of, versions, before, after)
    return VersionsDifference(**difference_view(told).model_dump(), before=before, after=after)


def number_of(asked: Asked[Nothing, Nothing] | Asked[FileQuery, Nothing]) -> int:
    """The version that the path names. Raises Unfit."""
    number = asked.path["number"]
    if not (number.isascii() and number.isdecimal() and 1 <= int(number) <= NUMBER_AT_MOST):
        raise Unfit("number: expected the number of a version", "number")
    return int(number)


ADMINISTRATOR = Role.ADMINISTRATOR

ENDPOINTS = (
    Endpoint("GET", "/api/centre/versions", show_history, HistoryQuery, Nothing, HistoryView, role=ADMINISTRATOR),
    Endpoint(
        "GET",
        "/api/centre/versions/{number}",
        show_version,
        Nothing,
        Nothing,
        VersionWithFiles,
        errors=(404, 422),
        role=ADMINISTRATOR,
    ),
    Endpoint(
        "GET",
        "/api/centre/versions/{number}/file",
        show_file,
        FileQuery,
        Nothing,
        FileContentView,
        errors=(404,),
        role=ADMINISTRATOR,
    ),
    Endpoint(
        "GET",
        "/api/centre/difference",
        show_difference,
        DifferenceQuery,
        Nothing,
        VersionsDifference,
        errors=(404,),
        role=ADMINISTRATOR,
    ),
)
