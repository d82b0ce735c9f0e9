"""The centre as its files describe it, for programs that show choices to people; and an edit of the files taken."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated

from pydantic import Field

from cti.ami.errors import AmiError
from cti.centre import Number, Reason
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.errors import FilesDoNotFit, NotReloaded
from cti.http.views import View
from ivr.documents import DocumentError
from ivr.prompts import PromptError


class CentreView(View):
    """Names, numbers and choices; `time_zone` is an IANA name, `version` changes with what the files say."""

    version: str
    name: str
    time_zone: str
    languages: tuple[str, ...]
    numbers: Mapping[str, Number]
    skills: Mapping[str, str]
    reasons: Mapping[str, Reason]


async def show_centre(asked: Asked[Nothing, Nothing]) -> CentreView:
    """The centre: its name, numbers, skills and the reasons an agent may give for not being ready."""
    centre = asked.floor.centre
    return CentreView(
        version=centre.version,
        name=centre.name,
        time_zone=centre.time_zone.key,
        languages=centre.languages,
        numbers=centre.numbers,
        skills=centre.skills,
        reasons=centre.reasons,
    )


class Reload(Given):
    """Who asks for it."""

    by: Annotated[str, Field(min_length=1, max_length=80)] = "api"


class EditView(View):
    """What an edit of the files changed, by name. Retired queues are no longer in the file; they serve the calls that
    still come to them until the service starts anew."""

    version: str
    queues_added: Sequence[str]
    queues_changed: Sequence[str]
    queues_retired: Sequence[str]
    flows_changed: Sequence[str]


async def reload(asked: Asked[Nothing, Reload]) -> EditView:
    """Take the centre's files as they are now: all of them, or none.

    Prompts are made and Asterisk's plain queues set up before the edit holds. It holds for calls already waiting, which
    keep their places; calls in a flow finish in the flow they began in. 422 with file, line and column of everything
    that does not fit; 503 where prompts cannot be made, or Asterisk does not answer. Then nothing has changed.
    """
    try:
        return EditView(**asdict(await asked.floor.administration.reload(asked.body.by)))
    except DocumentError as error:
        raise FilesDoNotFit(str(error)) from None
    except (PromptError, AmiError) as error:
        raise NotReloaded(error.id, str(error)) from None


ENDPOINTS = (
    Endpoint("GET", "/api/centre", show_centre, Nothing, Nothing, CentreView),
    Endpoint("POST", "/api/centre/reload", reload, Nothing, Reload, EditView),
)
