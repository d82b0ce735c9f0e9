"""Who reviews: the holders of tokens that were given the permission for it. Nobody is a reviewer by his role alone."""

from cti.access import Permission
from recording.access import AccessTokens
from recording.quality.evaluations import Person


async def reviewers(tokens: AccessTokens) -> dict[str, Person]:
    """All whose tokens hold, by name. Raises SQLAlchemy's errors while the data base is away."""
    return {
        one.name: Person(name=one.name, agent=one.agent)
        for one in await tokens.all()
        if one.revoked_at is None and Permission.REVIEW in one.permissions
    }


async def person(tokens: AccessTokens, name: str) -> Person:
    """Who has a token of this name, whether it holds or not, or is called so and has none."""
    agents = {one.name: one.agent for one in await tokens.all()}
    return Person(name=name, agent=agents.get(name, ""))
