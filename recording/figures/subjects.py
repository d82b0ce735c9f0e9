"""Whether anything was ever known of a queue, a team or an agent: one that is gone keeps its past, and a name that
never was one is a mistake, not an empty figure.
"""

from collections.abc import Iterator

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.figures.scope import Scope, ScopeKind
from recording.models import (
    AgentAccount,
    AgentHalfHour,
    AgentStateHalfHour,
    AgentTeam,
    CostEntry,
    EvaluationEntry,
    OutsideScore,
    QueueHalfHour,
    ShiftAssignment,
    StaffRecord,
)


async def is_known(connection: AsyncConnection, scope: Scope) -> bool:
    """Whether the data base has any row of it that a figure may be of. The centre is always known."""
    if scope.kind is ScopeKind.CENTRE:
        return True
    some = [query.limit(1).subquery() for query in _rows_of(scope)]
    query = union_all(*(select(one) for one in some)).limit(1)
    return (await connection.execute(query)).first() is not None


def _rows_of(scope: Scope) -> Iterator[Select[int]]:
    name = scope.name
    match scope.kind:
        case ScopeKind.QUEUE:
            conditions = [
                QueueHalfHour.queue == name,
                OutsideScore.queue == name,
                EvaluationEntry.queue == name,
                CostEntry.scope == str(scope),
            ]
        case ScopeKind.TEAM:
            conditions = [
                AgentTeam.team == name,
                StaffRecord.team == name,
                OutsideScore.team == name,
                CostEntry.scope == str(scope),
            ]
        case _:
            conditions = [
                AgentAccount.number == name,
                AgentHalfHour.agent == name,
                AgentStateHalfHour.agent == name,
                StaffRecord.agent == name,
                ShiftAssignment.agent == name,
                OutsideScore.agent == name,
            ]
    return (select(literal(1)).where(one) for one in conditions)
