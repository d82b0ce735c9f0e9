"""The entries of the log of agent states, and the order in which they follow from each other."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from pydantic import BaseModel, ConfigDict, Field

from acd.masking import Personal
from acd.states import AgentState, Status


class StateEntry(BaseModel):
    """One change of an agent's state."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    phone: Personal
    before: AgentState
    after: AgentState
    status: Status = Field(description="What he had chosen then.")
    reason: str
    cause: str = Field(description="Who or what did it; see docs/agents.md.")
    linkedid: str = Field(description="The call it came from, empty for none.")


def in_order(entries: Iterable[StateEntry], last: AgentState | None = None) -> Iterator[StateEntry]:
    """The entries, sorted by time, with those of one millisecond in the order in which each follows from the other;
    the first from `last`, where that is known. In whatever order those of one millisecond come, this one is the same.
    """
    for _, group in groupby(entries, key=lambda entry: entry.at):
        left = list(group)
        if len(left) > 1:
            left.sort(key=lambda entry: entry.model_dump_json())
        while left:
            following = next((entry for entry in left if last in (None, entry.before)), left[0])
            left.remove(following)
            last = following.after
            yield following
