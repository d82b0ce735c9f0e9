"""The centre as its files describe it, for programs that show choices to people."""

from collections.abc import Mapping

from cti.centre import Number, Reason
from cti.http.endpoints import Asked, Endpoint, Nothing
from cti.http.views import View


class CentreView(View):
    """Names, numbers and choices; `time_zone` is an IANA name."""

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
        name=centre.name,
        time_zone=centre.time_zone.key,
        languages=centre.languages,
        numbers=centre.numbers,
        skills=centre.skills,
        reasons=centre.reasons,
    )


ENDPOINTS = (Endpoint("GET", "/api/centre", show_centre, Nothing, Nothing, CentreView),)
