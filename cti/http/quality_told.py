"""What was done with evaluations beside the service, by commands, told by the service to whom it concerns."""

from pydantic import Field

from cti.access import Role
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.views import View


class Done(Given):
    """There may be something to tell."""

    reviewer_left: bool = Field(False, description="A reviewer may have left: his work is given to others soon.")


class ToldView(View):
    """How many facts were told."""

    facts: int


async def tell_done(asked: Asked[Nothing, Done]) -> ToldView:
    """Tell now what a command has done in the data base: agents, reviewers and team leaders who watch learn of it."""
    if asked.body.reviewer_left:
        asked.floor.losses.left()
    return ToldView(facts=await asked.floor.notices.tell())


ENDPOINTS = (Endpoint("POST", "/api/quality/told", tell_done, Nothing, Done, ToldView, role=Role.ADMINISTRATOR),)
