"""The log of agent states, read back: what an agent did, when, and who caused it. recording.transactions writes it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from acd.states import AgentState, Status
from recording.models import AgentStateEntry
from recording.store import Store


class StateEntry(BaseModel):
    """One change of an agent's state."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    phone: str
    before: AgentState
    after: AgentState
    status: Status = Field(description="What he had chosen then.")
    reason: str
    cause: str = Field(description="Who or what did it; see docs/agents.md.")
    linkedid: str = Field(description="The call it came from, empty for none.")


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


def in_order(entries: Iterable[StateEntry]) -> Iterator[StateEntry]:
    """The entries, sorted by time, with those of one millisecond in the order in which each follows from the other."""
    last: AgentState | None = None
    for _, group in groupby(entries, key=lambda entry: entry.at):
        left = list(group)
        while left:
            following = next((entry for entry in left if last in (None, entry.before)), left[0])
            left.remove(following)
            last = following.after
            yield following
