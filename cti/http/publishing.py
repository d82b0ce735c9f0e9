"""Edits of the centre's files over HTTP: checked without any effect, published whole or not at all, taken back.

An edit comes as what it changes in a version (its base); nothing is known of paths but the names a centre's files have.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Self

from pydantic import Base64Bytes, Field, model_validator

from cti.access import Role
from cti.administration import Edit
from cti.ami.errors import AmiError
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import EditSuperseded, FilesDoNotFit, NameNotYours, NotPrepared
from cti.http.version_views import ProblemView, VersionView, problem_view, version_view
from cti.http.versions import NUMBER_AT_MOST, files_of
from cti.http.views import View
from cti.versions.difference import difference
from cti.versions.errors import Superseded
from cti.versions.manifest import Who, Why
from cti.versions.reading import check
from cti.versions.store import Versions
from ivr.documents import DocumentError
from ivr.prompts import PromptError

BODY_AT_MOST = 8 * 1024 * 1024
"""Bytes of an edit: some minutes of recorded prompts. More would take the loop too long to parse; others come next."""


class Content(Given):
    """A file's content, as text or, for sounds, as base64."""

    text: str | None = None
    base64: Base64Bytes | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.text is None) == (self.base64 is None):
            raise ValueError("expected either text or base64")
        return self

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return self.base64 if self.base64 is not None else (self.text or "").encode(errors="replace")


class Overlay(Given):
    """What an edit changes in version `base`: contents by file name, null for a file that goes. Without a base: in the
    version that holds."""

    base: int | None = Field(None, ge=1, le=NUMBER_AT_MOST)
    files: Mapping[str, Content | None] = Field(default_factory=dict, max_length=1_000)


class CheckView(View):
    """Whether the files fit, and everything that is wrong in them."""

    fits: bool
    problems: Sequence[ProblemView]


class Signed(Given):
    """Why, in words. `by` is for the owner's token alone: in whose name."""

    why: Why
    by: Who | None = None


class Publication(Signed):
    """An edit to be published: what it changes in the version `base` from which it began."""

    base: int = Field(ge=1, le=NUMBER_AT_MOST)
    files: Mapping[str, Content | None] = Field(max_length=1_000)


class FolderPublication(Signed):
    """The folder as it is to be published; `base` where the service does not know from which version its edits began,
    or where they have been brought together with what others published."""

    base: int | None = Field(None, ge=1, le=NUMBER_AT_MOST)


class RollBack(Signed):
    """Back to version `to`; `base` is the version that is to be left: what others publish meanwhile stays."""

    to: int = Field(ge=1, le=NUMBER_AT_MOST)
    base: int = Field(ge=1, le=NUMBER_AT_MOST)


class PublishedView(View):
    """The version that holds now, and what it changed, by name and in words. Retired queues are no longer in the files;
    they serve the calls that still come to them until the service starts anew."""

    version: VersionView
    words: Sequence[str]
    queues_added: Sequence[str]
    queues_changed: Sequence[str]
    queues_retired: Sequence[str]
    flows_changed: Sequence[str]


async def check_files(asked: Asked[Nothing, Overlay]) -> CheckView:
    """Say all that is wrong in an edit, with file, line and column, and what was expected. It changes nothing."""
    administration, body = asked.floor.administration, asked.body
    base = administration.version.number if body.base is None else body.base
    files = await asyncio.to_thread(overlaid, administration.versions, base, body.files)
    try:
        await asyncio.to_thread(check, files, administration.load)
    except DocumentError as error:
        return CheckView(fits=False, problems=[problem_view(problem) for problem in error.problems])
    return CheckView(fits=True, problems=[])


async def publish(asked: Asked[Nothing, Publication]) -> PublishedView:
    """Publish an edit: all of it, or nothing.

    Prompts are made and Asterisk's plain queues set up before it holds. It holds for every new call at once and for
    calls already waiting, which keep their places; calls in a flow finish in the version they began in. 409 where
    others have published since the base, with their versions and the difference; 422 with everything that does not fit;
    503 where prompts cannot be made, or Asterisk does not answer. Then nothing has changed.
    """
    administration, body, by = asked.floor.administration, asked.body, _by(asked)
    files = await asyncio.to_thread(overlaid, administration.versions, body.base, body.files)
    return await _published(asked, administration.publish(files, base=body.base, by=by, why=body.why))


async def publish_folder(asked: Asked[Nothing, FolderPublication]) -> PublishedView:
    """Publish the folder in which administrators edit, as it is now: as POST /api/centre/versions."""
    administration, folder, body, by = asked.floor.administration, asked.floor.folder, asked.body, _by(asked)
    base = folder.require_base() if body.base is None else body.base
    try:
        files = await asyncio.to_thread(folder.read)
    except DocumentError as error:
        raise FilesDoNotFit(error) from None
    published = await _published(asked, administration.publish(files, base=base, by=by, why=body.why))
    await asyncio.to_thread(folder.came_to, published.version.number)
    return published


async def roll_back(asked: Asked[Nothing, RollBack]) -> PublishedView:
    """Take edits back: the files of an older version become a new one, which holds as any other publication does."""
    body, by = asked.body, _by(asked)
    return await _published(asked, asked.floor.administration.roll_back(body.to, base=body.base, by=by, why=body.why))


def overlaid(versions: Versions, base: int, changes: Mapping[str, Content | None]) -> dict[str, bytes]:
    """The files of a version with these changes. Raises UnknownVersion, VersionsDamaged."""
    files = versions.files(base)
    for name, change in changes.items():
        if change is None:
            files.pop(name, None)
        else:
            files[name] = change.content
    return files


async def _published(
    asked: Asked[Nothing, Publication] | Asked[Nothing, FolderPublication] | Asked[Nothing, RollBack],
    publication: Awaitable[Edit],
) -> PublishedView:
    versions = asked.floor.administration.versions
    try:
        edit = await publication
    except DocumentError as error:
        raise FilesDoNotFit(error) from None
    except Superseded as error:
        between = (error.base, error.current)
        old, new = [await asyncio.to_thread(files_of, versions, number) for number in between]
        raise EditSuperseded(error, difference(old, new)) from None
    except (PromptError, AmiError) as error:
        raise NotPrepared(error.id, str(error)) from None
    number = edit.version.number
    old, new = [await asyncio.to_thread(files_of, versions, one) for one in (number - 1, number)]
    return PublishedView(
        version=version_view(edit.version),
        words=difference(old, new).words,
        queues_added=edit.queues_added,
        queues_changed=edit.queues_changed,
        queues_retired=edit.queues_retired,
        flows_changed=edit.flows_changed,
    )


def _by(asked: Asked[Nothing, Publication] | Asked[Nothing, FolderPublication] | Asked[Nothing, RollBack]) -> str:
    """In whose name: the token's, and only the owner's token may name another."""
    holder, by = asked.holder, asked.body.by
    if by is not None and not holder.owner and by != holder.name:
        raise NameNotYours(holder.name)
    return by or holder.name


_ADMINISTRATOR = Role.ADMINISTRATOR

ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/centre/check",
        check_files,
        Nothing,
        Overlay,
        CheckView,
        errors=(404,),
        role=_ADMINISTRATOR,
        body_at_most=BODY_AT_MOST,
    ),
    Endpoint(
        "POST",
        "/api/centre/versions",
        publish,
        Nothing,
        Publication,
        PublishedView,
        errors=(404, 409),
        role=_ADMINISTRATOR,
        body_at_most=BODY_AT_MOST,
    ),
    Endpoint(
        "POST",
        "/api/centre/versions/from-folder",
        publish_folder,
        Nothing,
        FolderPublication,
        PublishedView,
        errors=(404, 409),
        role=_ADMINISTRATOR,
    ),
    Endpoint(
        "POST",
        "/api/centre/roll-back",
        roll_back,
        Nothing,
        RollBack,
        PublishedView,
        errors=(404, 409),
        role=_ADMINISTRATOR,
    ),
)
