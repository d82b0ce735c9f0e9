"""What the log of states says of one agent in a span: the changes that tell in which state he was throughout it."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.models import AgentStateEntry
from recording.state_entries import StateEntry, in_order

TABLE = AgentStateEntry.__table__


async def alone_before(connection: AsyncConnection, agent: str, moment: datetime) -> datetime | None:
    """When the last entry before `moment` was made that is alone in its millisecond: in which order those of one stand
    follows from what was before."""
    earlier = select(TABLE.c.at).where(TABLE.c.agent == agent, TABLE.c.at < moment).group_by(TABLE.c.at)
    alone = earlier.having(func.count() == 1).order_by(TABLE.c.at.desc()).limit(1)
    found: datetime | None = await connection.scalar(alone)
    return found


async def entries_of(
    connection: AsyncConnection, agent: str, start: datetime, end: datetime | None = None
) -> list[StateEntry]:
    """His entries before `end`, in the order in which they happened, from one on that tells his state at `start`; from
    his first on where none does."""
    query = select(*(TABLE.c[name] for name in StateEntry.model_fields)).where(TABLE.c.agent == agent)
    if (since := await alone_before(connection, agent, start)) is not None:
        query = query.where(TABLE.c.at >= since)
    if end is not None:
        query = query.where(TABLE.c.at < end)
    rows = (await connection.execute(query.order_by(TABLE.c.at))).mappings()
    return list(in_order([StateEntry(**row) for row in rows]))
