"""The log of agent states, read back: what an agent did, when, and who caused it. recording.transactions writes it."""

from datetime import datetime

from sqlalchemy import select

from recording.models import AgentStateEntry
from recording.state_entries import StateEntry, in_order
from recording.store import Store

__all__ = ["StateEntry", "in_order", "read_agent_log"]


async def read_agent_log(store: Store, agent: str, since: datetime, until: datetime, most: int) -> list[StateEntry]:
    """The agent's first `most` changes from `since` on and before `until`, in the order in which they happened.

    Raises SQLAlchemy's errors while the data base is away.
    """
    table = AgentStateEntry.__table__
    columns = (table.c[name] for name in StateEntry.model_fields)
    query = (
        select(*columns)
        .where(table.c.agent == agent, table.c.at >= since, table.c.at < until)
        .order_by(table.c.at)
        .limit(most)
    )
    async with store.engine.connect() as connection:
        rows = (await connection.execute(query)).mappings()
        return list(in_order([StateEntry(**row) for row in rows]))
