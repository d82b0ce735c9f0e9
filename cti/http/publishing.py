"""Edits of the centre's files over HTTP: checked without any effect, published whole or not at all, taken back.

An edit comes as what it changes in a version (its base); nothing is known of paths but the names a centre's files have.
"""

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from pathlib import Path

from pydantic import Field

from cti.access import Role
from cti.administration import Edit
from cti.ami.errors import AmiError
from cti.centre import Centre
from cti.conversations import ConversationsFailed, Outcome
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import EditSuperseded, FilesDoNotFit, NameNotYours, NotPrepared
from cti.http.overlay import BODY_AT_MOST, Changes, Overlay, files_of_overlay, overlaid
from cti.http.version_views import ProblemView, VersionView, problem_view, version_view
from cti.http.versions import NUMBER_AT_MOST
from cti.http.views import View
from cti.quality_names import Known, known_in, warnings
from cti.versions.difference import difference_of, words_of
from cti.versions.errors import Superseded
from cti.versions.manifest import Order, Who, Why
from cti.versions.reading import check
from ivr.documents import DocumentError, Problem
from ivr.prompts import PromptError
from recording.database import is_away
from recording.store import Store


class ConversationView(View):
    """A conversation kept beside the flows: which, where it stands, and what went otherwise than it expects."""

    title: str
    file: str
    line: int
    passed: bool
    problems: Sequence[ProblemView]


class CheckView(View):
    """Whether the files fit, everything that is wrong in them, and, where they fit, what became of each conversation
    kept beside the flows, and what is worth a word all the same: names that nobody has, words that are missing in a
    language."""

    fits: bool
    problems: Sequence[ProblemView]
    conversations: Sequence[ConversationView] = ()
    warnings: Sequence[ProblemView] = ()


UNTESTED = Field(False, description="Also where conversations kept beside the flows go otherwise than they expect.")


class Signed(Given):
    """Why, in words. `by` is for the owner's token alone: in whose name."""

    why: Why
    by: Who | None = None


class Publication(Signed):
    """An edit to be published: what it changes in the version `base` from which it began."""

    base: int = Field(ge=1, le=NUMBER_AT_MOST)
    files: Changes
    untested: bool = UNTESTED


class FolderPublication(Signed):
    """The folder as it is to be published; `base` where the service does not know from which version its edits began,
    or where they have been brought together with what others published."""

    base: int | None = Field(None, ge=1, le=NUMBER_AT_MOST)
    untested: bool = UNTESTED


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
    administration = asked.floor.administration
    files = await files_of_overlay(administration, asked.body)
    known = await _known(asked.floor.store)

    def warn(folder: Path, centre: Centre) -> Iterator[Problem]:
        return warnings(folder, centre.languages, known)

    try:
        checked = await asyncio.to_thread(check, files, administration.load, warn)
    except DocumentError as error:
        return CheckView(fits=False, problems=[problem_view(problem) for problem in error.problems])
    return CheckView(
        fits=True,
        problems=[],
        conversations=[_conversation(one) for one in checked.conversations],
        warnings=[problem_view(one) for one in checked.warnings],
    )


async def _known(store: Store) -> Known | None:
    """The names in the data base; None while it is away."""
    try:
        return await known_in(store)
    except Exception as error:
        if not is_away(error):
            raise
        return None


async def publish(asked: Asked[Nothing, Publication]) -> PublishedView:
    """Publish an edit: all of it, or nothing.

    Prompts are made and Asterisk's plain queues set up before it holds. It holds for every new call at once and for
    calls already waiting, which keep their places; calls in a flow finish in the version they began in. 409 where
    others have published since the base, with their versions and the difference; 422 with everything that does not fit,
    or (`conversations-failed`) where conversations kept beside the flows go otherwise than they expect, unless
    `untested`; 503 where prompts cannot be made, or Asterisk does not answer. Then nothing has changed.
    """
    administration, body, by = asked.floor.administration, asked.body, _by(asked)
    files = await asyncio.to_thread(overlaid, administration.versions, body.base, body.files)
    order = Order(base=body.base, by=by, why=body.why, tested=not body.untested)
    return await _published(asked, administration.publish(files, order))


async def publish_folder(asked: Asked[Nothing, FolderPublication]) -> PublishedView:
    """Publish the folder in which administrators edit, as it is now: as POST /api/centre/versions."""
    administration, folder, body, by = asked.floor.administration, asked.floor.folder, asked.body, _by(asked)
    base = folder.require_base() if body.base is None else body.base
    try:
        files = await asyncio.to_thread(folder.read)
    except DocumentError as error:
        raise FilesDoNotFit(error) from None
    order = Order(base=base, by=by, why=body.why, tested=not body.untested)
    published = await _published(asked, administration.publish(files, order))
    await asyncio.to_thread(folder.came_to, published.version.number)
    return published


async def roll_back(asked: Asked[Nothing, RollBack]) -> PublishedView:
    """Take edits back: the files of an older version become a new one, which holds as any other publication does."""
    body, by = asked.body, _by(asked)
    return await _published(asked, asked.floor.administration.roll_back(body.to, base=body.base, by=by, why=body.why))


async def _published(
    asked: Asked[Nothing, Publication] | Asked[Nothing, FolderPublication] | Asked[Nothing, RollBack],
    publication: Awaitable[Edit],
) -> PublishedView:
    versions = asked.floor.administration.versions
    try:
        edit = await publication
    except (DocumentError, ConversationsFailed) as error:
        raise FilesDoNotFit(error) from None
    except Superseded as error:
        told = await asyncio.to_thread(difference_of, versions, error.base, error.current)
        raise EditSuperseded(error, told) from None
    except (PromptError, AmiError) as error:
        raise NotPrepared(error.id, str(error)) from None
    return PublishedView(
        version=version_view(edit.version),
        words=await asyncio.to_thread(words_of, versions, edit.version),
        queues_added=edit.queues_added,
        queues_changed=edit.queues_changed,
        queues_retired=edit.queues_retired,
        flows_changed=edit.flows_changed,
    )


def _conversation(outcome: Outcome) -> ConversationView:
    return ConversationView(
        title=outcome.title,
        file=outcome.file,
        line=outcome.line,
        passed=outcome.passed,
        problems=[problem_view(problem) for problem in outcome.problems],
    )


def _by(asked: Asked[Nothing, Publication] | Asked[Nothing, FolderPublication] | Asked[Nothing, RollBack]) -> str:
    """In whose name: the token's, and only the owner's token may name another."""
    holder, by = asked.holder, asked.body.by
    if by is not None and not holder.owner and by != holder.name:
        raise NameNotYours(holder.name)
    return by or asked.person


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
