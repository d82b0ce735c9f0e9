"""The centre as its files describe it, for programs that show choices to people; and its preparation once more."""

from collections.abc import Mapping

from cti.access import Role
from cti.ami.errors import AmiError
from cti.centre_file import Number, Reason
from cti.http.endpoints import Asked, Endpoint, Nothing
from cti.http.errors import NotPrepared
from cti.http.views import View
from ivr.prompts import PromptError


class CentreView(View):
    """Names, numbers and choices; `time_zone` is an IANA name, `version` the number of the version that holds."""

    version: int
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
        version=asked.floor.administration.version.number,
        name=centre.name,
        time_zone=centre.time_zone.key,
        languages=centre.languages,
        numbers=centre.numbers,
        skills=centre.skills,
        reasons=centre.reasons,
    )


async def prepare(asked: Asked[Nothing, Nothing]) -> CentreView:
    """Make ready again what the centre needs: prompts, Asterisk's plain queues, and the phones, of which there may be
    new ones. 503 where prompts cannot be made, or Asterisk does not answer."""
    try:
        await asked.floor.administration.prepare_again()
    except (PromptError, AmiError) as error:
        raise NotPrepared(error.id, str(error)) from None
    return await show_centre(asked)


ENDPOINTS = (
    Endpoint("GET", "/api/centre", show_centre, Nothing, Nothing, CentreView),
    Endpoint("POST", "/api/centre/prepare", prepare, Nothing, Nothing, CentreView, role=Role.ADMINISTRATOR),
)
