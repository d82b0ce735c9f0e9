"""Reviewers as work is given to them: who there are, who of them is absent, in which team, with how much to do; and
that nobody is given what he must not judge.
"""

from datetime import UTC, datetime, time

from cti.centre import Centre
from cti.reviewers import reviewers
from recording.access import AccessTokens
from recording.inputs.staffing import TEAM
from recording.quality.absences import Absences
from recording.quality.conflicts import conflict
from recording.quality.errors import ConflictOfInterest, OwnCall
from recording.quality.evaluations import REVIEW, Evaluation, Person, Subject
from recording.quality.sampling import Reviewer, SamplingRules
from recording.quality.work import Load, loads
from recording.store import Store


async def at_work(store: Store, centre: Centre, now: datetime) -> dict[str, tuple[Reviewer, Load]]:
    """All reviewers, by name, and what each has to do. Raises SQLAlchemy's errors while the data base is away."""
    day = now.astimezone(centre.time_zone).date()
    start = datetime.combine(day, time(), centre.time_zone).astimezone(UTC)
    absent, teams = await Absences(store).on(day), await teams_of(store)
    known = await reviewers(AccessTokens(store))
    async with store.engine.connect() as connection:
        busy = await loads(connection, start, now)
    return {
        name: (
            Reviewer(
                name=name,
                agent=one.agent,
                team=teams.get(one.agent, ""),
                absent=name in absent,
                open=busy.get(name, Load()).open,
                today=busy.get(name, Load()).today,
            ),
            busy.get(name, Load()),
        )
        for name, one in known.items()
    }


async def teams_of(store: Store) -> dict[str, str]:
    """The teams of agents, by number."""
    return {one.number: one.attributes.get(TEAM, "") for one in await store.agents(active_only=False)}


async def require_no_conflict(
    store: Store, rules: SamplingRules | None, reviewer: Person, subject: Subject, *, deciding: bool = False
) -> None:
    """Raises OwnCall or ConflictOfInterest where he must not judge this part of a call; a calibration, which counts
    nowhere, he may unless it is his own call. `deciding`: an appeal, which a team leader decides for his own team."""
    if reviewer.agent and reviewer.agent == subject.agent:
        raise OwnCall
    if isinstance(subject, Evaluation) and subject.purpose != REVIEW:
        return
    if deciding and rules is not None:
        rules = rules.model_copy(update={"own_team": True})
    teams = await teams_of(store)
    if why := conflict(rules, reviewer, teams.get(reviewer.agent, ""), subject):
        raise ConflictOfInterest(reviewer.name, why)
