"""What was done with evaluations beside the service, by commands, told by the service to whom it concerns."""

from pydantic import Field

from acd.facts import QualityFact
from cti.access import Role
from cti.http.calls import CallId
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.quality import judging, tell
from cti.http.views import View
from cti.quality_news import of_counts, of_latest
from recording.quality.draws import Draws
from recording.quality.store import Evaluations


class Done(Given):
    """Evaluations of which the last step is to be told (of one without steps, that it is there), and a draw."""

    evaluations: list[CallId] = Field(default_factory=list, max_length=1000)
    draw: CallId | None = None
    reviewer_left: bool = Field(False, description="A reviewer may have left: his work is given to others soon.")


class ToldView(View):
    """How many facts were told."""

    facts: int


async def tell_done(asked: Asked[Nothing, Done]) -> ToldView:
    """Tell what a command has done in the data base: agents, reviewers and team leaders who watch learn of it now."""
    evaluations, at_ms = Evaluations(asked.floor.store), asked.floor.now_ms()
    with judging():
        done = [(await evaluations.find(name), await evaluations.steps(name)) for name in asked.body.evaluations]
        facts: list[QualityFact] = list(of_latest(done, at_ms))
        if asked.body.draw is not None:
            facts += of_counts(await Draws(asked.floor.store).given(asked.body.draw), at_ms)
    if asked.body.reviewer_left:
        asked.floor.losses.left()
    tell(asked.floor, facts)
    return ToldView(facts=len(facts))


ENDPOINTS = (
    Endpoint(
        *("POST", "/api/quality/told", tell_done, Nothing, Done, ToldView), errors=(404,), role=Role.ADMINISTRATOR
    ),
)
