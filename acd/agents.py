"""One agent: what he chose (status), what the system sees (activity), and the table of what may follow what.

The table is the state machine; it decides nothing about calls. Times are milliseconds on the router's clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from acd.occupancy import NEVER_BUSY
from acd.states import Activity, AgentState, Status


class AgentEvent(StrEnum):
    """What can happen to an agent's activity."""

    RESERVED = "reserved"
    OFFER_ENDED = "offer_ended"
    ANSWERED = "answered"
    HELD = "held"
    RETRIEVED = "retrieved"
    RELEASED = "released"
    WRAPPED_UP = "wrapped_up"


TRANSITIONS: Mapping[tuple[Activity, AgentEvent], Activity] = {
    (Activity.IDLE, AgentEvent.RESERVED): Activity.RINGING,
    (Activity.RINGING, AgentEvent.OFFER_ENDED): Activity.IDLE,
    (Activity.RINGING, AgentEvent.ANSWERED): Activity.TALKING,
    (Activity.TALKING, AgentEvent.HELD): Activity.HOLDING,
    (Activity.HOLDING, AgentEvent.RETRIEVED): Activity.TALKING,
    (Activity.TALKING, AgentEvent.RELEASED): Activity.WRAP_UP,
    (Activity.HOLDING, AgentEvent.RELEASED): Activity.WRAP_UP,
    (Activity.WRAP_UP, AgentEvent.WRAPPED_UP): Activity.IDLE,
}

_SHOWN_WHILE_ACTIVE: Mapping[Activity, AgentState] = {
    Activity.RINGING: AgentState.RINGING,
    Activity.TALKING: AgentState.TALKING,
    Activity.HOLDING: AgentState.HOLDING,
    Activity.WRAP_UP: AgentState.WRAP_UP,
}


class ImpossibleTransition(Exception):
    """An event the table has no row for: a fault of ours, never of a caller or an agent."""

    id = "impossible-transition"


@dataclass(frozen=True, slots=True)
class Absence:
    """A stay in one reason for not being ready. `allowed_ms` 0: no limit; `overdue`: longer than that, and told."""

    reason: str
    since_ms: int
    allowed_ms: int = 0
    overdue: bool = False


@dataclass(slots=True)
class Agent:
    """An agent as the router keeps him. Only the router changes him, through `apply` and its own commands."""

    number: str
    name: str
    skills: Mapping[str, int]
    phone: str = ""
    status: Status = Status.SIGNED_OUT
    reason: str = ""
    activity: Activity = Activity.IDLE
    reachable: bool = False
    engaged: bool = False
    """His phone is in a call that is not ours: a private call, not to be disturbed."""
    ready_since_ms: int = 0
    """When he last became free; longest idle is measured from here, across queues."""
    linkedid: str = ""
    """The call he rings for, talks in, or wraps up."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """What the centre's files may ask for besides skills: team, language, …"""
    busy_since_ms: int = 0
    """When his present activity with calls of ours began."""
    load: float = NEVER_BUSY
    """How busy he was of late (acd/occupancy.py)."""
    offered_sequence: int = 0
    """His last offer, counted in offers of the whole centre; 0 for none yet."""
    free_sequence: int = 0
    """Which of his times of being free this is, for the pools; 0 while he is not."""
    absence: Absence | None = None
    """Since when he is not ready, while he has no call."""
    wrap_up_until_ms: int = 0
    """When his wrap-up ends by itself; 0 while he has none."""
    owes: tuple[str, ...] = ()
    """The calls (linkedids) of the last day that he has yet to close with an outcome code, oldest first."""

    @property
    def state(self) -> AgentState:
        """The one word the floor sees: a call comes first, then his choice, then his phone."""
        if self.activity is not Activity.IDLE:
            return _SHOWN_WHILE_ACTIVE[self.activity]
        if self.status is Status.SIGNED_OUT:
            return AgentState.SIGNED_OUT
        if not self.reachable:
            return AgentState.UNREACHABLE
        return AgentState.READY if self.status is Status.READY else AgentState.NOT_READY

    @property
    def free(self) -> bool:
        """Whether a call may be offered to him now."""
        return self.state is AgentState.READY and not self.engaged

    def speaks(self, languages: Sequence[str]) -> str:
        """The one of the centre's languages in which he is spoken to: that of his attribute, else the first."""
        own = self.attributes.get("language", "")
        return own if own in languages else languages[0]

    def apply(self, event: AgentEvent) -> None:
        """Take one step in the table. Raises ImpossibleTransition, and changes nothing then."""
        try:
            self.activity = TRANSITIONS[self.activity, event]
        except KeyError:
            raise ImpossibleTransition(f"agent {self.number} is {self.activity}; {event} cannot follow") from None
