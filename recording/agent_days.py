"""Takes out days of agents that were worked out (models.AgentDay), in the transaction that changes what they were made
of: the log of states, or schedules and staff. How they are worked out is decided in recording.figures.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.conflicts import upserting
from recording.models import AgentDay, AgentDayTurn, ShiftExceptionEntry

_DAYS = AgentDay.__table__.c
_BEFORE, _BEHIND = timedelta(days=1), timedelta(days=2)
"""An exception may take hours from a shift that began the day before, and from one of the day after, which goes on into
the next."""
_AT_ONCE = 500  # names in one statement


async def take_turn(connection: AsyncConnection) -> None:
    """Wait until no other transaction changes or works out days, and keep others from it until this one ends. To be
    done before anything is read or written that days are made of."""
    now = {"id": 1, "at": datetime.now(UTC)}
    await connection.execute(upserting(AgentDayTurn, "id", tuple(now), connection.dialect.name), [now])


async def forget_log(connection: AsyncConnection, since: Mapping[str, datetime]) -> None:
    """What the log of these agents says from these instants on changes in this transaction; waits for the turn."""
    if not since:
        return
    await take_turn(connection)
    query = delete(AgentDay).where(_DAYS.agent == bindparam("whose"), _DAYS.until > bindparam("since"))
    await connection.execute(query, [{"whose": agent, "since": at} for agent, at in sorted(since.items())])


async def forget_exceptions(connection: AsyncConnection, days: Iterable[tuple[str, date]]) -> None:
    """These days of agents will differ in another way; whose turn it is has been settled."""
    near = [{"whose": agent, "first": day - _BEFORE, "last": day + _BEHIND} for agent, day in sorted(set(days))]
    query = delete(AgentDay).where(
        _DAYS.agent == bindparam("whose"), _DAYS.day >= bindparam("first"), _DAYS.day <= bindparam("last")
    )
    if near:
        await connection.execute(query, near)


async def forget_agents(connection: AsyncConnection, agents: Collection[str]) -> None:
    """These agents will work by other patterns, or were or are no longer here; and so will who swapped with them."""
    for some in _pieces(sorted(agents)):
        swapped = select(ShiftExceptionEntry.agent).where(ShiftExceptionEntry.other.in_(some)).distinct()
        concerned = sorted({*some, *await connection.scalars(swapped)})
        for few in _pieces(concerned):
            await connection.execute(delete(AgentDay).where(_DAYS.agent.in_(few)))


def _pieces(every: Sequence[str]) -> Iterable[Sequence[str]]:
    return (every[at : at + _AT_ONCE] for at in range(0, len(every), _AT_ONCE))
