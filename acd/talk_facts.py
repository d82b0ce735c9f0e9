"""Facts of caller and agent in conversation: held, sent on, joined by a colleague, parked. acd/facts.py reads and
writes them with all others; they are imported from there.
"""

from dataclasses import dataclass

from acd.fact import CallFact
from acd.states import ParkingOutcome, TransferKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHeld(CallFact):
    """The agent put the caller on hold."""

    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRetrieved(CallFact):
    """The agent took the caller back from hold."""

    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReleased(CallFact):
    """The conversation of caller and agent is over."""

    queue: str
    agent: str
    talk_ms: int
    hold_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTransferred(CallFact):
    """`agent` sent his caller on: to `queue`, to the agent `to`, or both empty: to another number of the centre.

    `consult` is the linkedid of the call in which he asked for it before, empty where there was none.
    """

    kind: TransferKind
    agent: str
    queue: str = ""
    to: str = ""
    consult: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallJoined(CallFact):
    """`agent` is put beside `by` and his caller: the three are in a conference. `consult` is the linkedid of the call
    in which `by` had asked him; until `agent` hangs up he is told to talk in that one."""

    agent: str
    by: str
    consult: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallParked(CallFact):
    """`agent` has parked his caller at a space, from which anybody may fetch him; at `until_ms` he goes back to
    `agent`, then to `queue`, out of which he came. Stated again when a daemon takes him over from one before it."""

    space: str
    agent: str
    queue: str
    until_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNotParked(CallFact):
    """All spaces are taken: the caller whom `agent` wanted to park goes back to `agent` at once, then to `queue`."""

    agent: str
    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallUnparked(CallFact):
    """The caller is parked no more. `agent` is who fetched him, empty for nobody."""

    space: str
    outcome: ParkingOutcome
    agent: str
    parked_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMuted(CallFact):
    """The caller hears nothing of `agent` from now on, until CallUnmuted or the end of their conversation. `by` says
    who wanted it: "agent:1001", or a program, "api:name". May be told again."""

    agent: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallUnmuted(CallFact):
    """The caller hears `agent` again, if he did not before."""

    agent: str
    by: str
