"""One call-back: what is kept of it, and the table of what may follow what.

The table is the state machine; when something happens is decided by the book of call-backs (acd/callback_book.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from acd.callback_rules import CallbackRules
from acd.states import CallbackOutcome, CallbackState

MARK = "-callback-"
"""Stands in the linkedid of every stay of a call-back in a queue, and in no other: a node's name has no hyphen."""


class CallbackEvent(StrEnum):
    """What can happen to a call-back."""

    ENTERED = "entered"
    HELD = "held"
    OFFERED = "offered"
    OFFER_ENDED = "offer_ended"
    PICKED_UP = "picked_up"
    DIALLED = "dialled"
    CONNECTED = "connected"
    POSTPONED = "postponed"
    FELL_DUE = "fell_due"
    ENDED = "ended"
    REOPENED = "reopened"


_S, _E = CallbackState, CallbackEvent

TRANSITIONS: Mapping[tuple[CallbackState, CallbackEvent], CallbackState] = {
    (_S.REQUESTED, _E.ENTERED): _S.WAITING,
    (_S.REQUESTED, _E.POSTPONED): _S.DUE,
    (_S.REQUESTED, _E.ENDED): _S.DONE,
    (_S.WAITING, _E.HELD): _S.REQUESTED,
    (_S.WAITING, _E.POSTPONED): _S.DUE,
    (_S.WAITING, _E.OFFERED): _S.RINGING,
    (_S.WAITING, _E.ENDED): _S.DONE,
    (_S.RINGING, _E.OFFER_ENDED): _S.WAITING,
    (_S.RINGING, _E.HELD): _S.REQUESTED,
    (_S.RINGING, _E.POSTPONED): _S.DUE,
    (_S.RINGING, _E.DIALLED): _S.DIALLING,
    (_S.RINGING, _E.PICKED_UP): _S.LISTENING,
    (_S.RINGING, _E.ENDED): _S.DONE,
    (_S.LISTENING, _E.DIALLED): _S.DIALLING,
    (_S.LISTENING, _E.POSTPONED): _S.DUE,
    (_S.LISTENING, _E.ENDED): _S.DONE,
    (_S.DIALLING, _E.CONNECTED): _S.TALKING,
    (_S.DIALLING, _E.POSTPONED): _S.DUE,
    (_S.DIALLING, _E.ENDED): _S.DONE,
    (_S.TALKING, _E.POSTPONED): _S.DUE,
    (_S.TALKING, _E.ENDED): _S.DONE,
    (_S.DUE, _E.FELL_DUE): _S.REQUESTED,
    (_S.DUE, _E.ENDED): _S.DONE,
    (_S.DONE, _E.REOPENED): _S.DUE,
}

IN_QUEUE = frozenset({_S.WAITING, _S.RINGING})
UNDER_WAY = frozenset({_S.DIALLING, _S.TALKING})
"""The customer's phone rings, or he talks."""
LIVE = UNDER_WAY | {_S.RINGING}
"""Of all call-backs to one number that bring no message, at most one is in these."""
ENGAGED = UNDER_WAY | {_S.LISTENING}
"""An agent is at it with somebody's words in his ear: no rule, no person and no expiry ends that."""


class ImpossibleStep(Exception):
    """An event the table has no row for: a fault of ours, never of a caller or an agent."""

    id = "impossible-callback-step"


@dataclass(frozen=True, slots=True)
class VoiceMessage:
    """What a caller has said for an agent of a queue to hear. `file` is relative to the folder of recordings."""

    file: str
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a call-back asks of its queue and of an agent there, and what it tells him."""

    priority: int = 0
    skills: Mapping[str, int] = field(default_factory=dict)
    requires: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    language: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class Callback:
    """A call-back as the book keeps it. Times are milliseconds since the epoch; only the book changes it.

    `origin` is the linkedid of the call in which it was asked for, empty where a program did. `stay` counts its stays
    in a queue, `attempts` how often the customer has been dialled. One with a `message` is a task for an agent, who
    hears it and calls back if he thinks fit; its number may be empty.
    """

    id: str
    number: str
    queue: str
    entered_ms: int
    priority: int
    skills: Mapping[str, int]
    requires: str
    data: Mapping[str, str]
    language: str
    origin: str
    requested_ms: int
    expires_ms: int
    rules: CallbackRules = field(repr=False)
    message: VoiceMessage | None = None
    person: str = ""
    """The number in its one form: who he is, however a carrier writes it."""
    state: CallbackState = CallbackState.REQUESTED
    stay: int = 0
    attempts: int = 0
    agent: str = ""
    """Who is reserved for it, or was last."""
    due_ms: int | None = None
    last: CallbackOutcome | None = None
    """How the last attempt ended."""
    told: CallbackOutcome | None = None
    """What the agent says of the conversation under way."""
    outcome: CallbackOutcome | None = None
    ended_ms: int | None = None

    @property
    def linkedid(self) -> str:
        """The identity of its present stay in a queue, and of every channel and event of the call it becomes."""
        return f"{self.id}.{self.stay}"

    @property
    def engages(self) -> bool:
        """Whether the customer is, or is about to be, rung for it: a message is heard first."""
        return self.state in UNDER_WAY or (self.state in LIVE and self.message is None)

    @property
    def open(self) -> bool:
        """Whether something is still to come of it."""
        return self.state is not CallbackState.DONE

    def apply(self, event: CallbackEvent) -> None:
        """Take one step in the table. Raises ImpossibleStep, and changes nothing then."""
        try:
            self.state = TRANSITIONS[self.state, event]
        except KeyError:
            raise ImpossibleStep(f"call-back {self.id} is {self.state}; {event} cannot follow") from None


def is_callback(linkedid: str) -> bool:
    """Whether this linkedid is a call-back's: its first channel is the agent's, not a caller's."""
    return MARK in linkedid


def callback_of(linkedid: str) -> str:
    """The id of the call-back whose stay this linkedid is; empty for a call of another kind."""
    return linkedid.rpartition(".")[0] if is_callback(linkedid) else ""


def requested_ms(name: str) -> int:
    """When the call-back of this id, or of this stay, was asked for, in milliseconds since the epoch; 0 where its name
    does not say it."""
    begun, _, _ = name.rpartition(MARK)[2].partition("-")
    return int(begun) if begun.isdecimal() else 0
