"""Whose figures can be asked for: a queue of the centre's files, an agent or a team of its people, and whatever was one
of these formerly and has left anything behind. Any other name is a mistake, and is told as one.
"""

from collections.abc import Collection

from cti.centre import Centre
from cti.reporting_errors import UnknownSubject
from recording.figures.scope import Scope, ScopeKind
from recording.figures.subjects import is_known
from recording.store import Store


async def require_subject(store: Store, centre: Centre, scope: Scope) -> None:
    """Raises UnknownSubject where nothing is or ever was called so, and SQLAlchemy's errors while the data base is
    away."""
    if scope.kind is ScopeKind.CENTRE or (scope.kind is ScopeKind.QUEUE and scope.name in centre.queues):
        return
    async with store.engine.connect() as connection:
        if await is_known(connection, scope):
            return
    if scope.name not in (there := await _there(store, centre, scope.kind)):
        raise UnknownSubject(scope.kind, scope.name, there)


async def _there(store: Store, centre: Centre, kind: ScopeKind) -> Collection[str]:
    if kind is ScopeKind.QUEUE:
        return centre.queues
    people = await store.agents(active_only=False)
    if kind is ScopeKind.AGENT:
        return [person.number for person in people]
    return {team for person in people if (team := person.attributes.get("team"))}
