"""Every fact the router and the IVR state, as frozen values: the journal, the AMI user events, the WebSocket and the
metrics are all written from these and from nothing else.

A fact is a thing that has happened. `at_ms` is milliseconds since the epoch (UTC) on the daemon's clock; `linkedid` is
Asterisk's identity of the whole call, the node's name in front (`asterisk.conf`, `systemname`). Durations are integer
milliseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from acd.alarm_facts import AlarmCleared, AlarmRaised
from acd.caller_facts import MessageHeard, SurveyAnswered, SurveyAsked, VoicemailLeft
from acd.fact import CallFact, Fact
from acd.floor_facts import (
    AgentDefined,
    AgentEdited,
    AgentStateChanged,
    BlendedAgentsCalled,
    CentrePublished,
    ClosureDeclared,
    ClosureLifted,
    DaemonStarted,
    LinkChanged,
    NotReadyExceeded,
    PromptReplaced,
    QueueClosed,
    QueueOpened,
    SurgeDeclared,
)
from acd.flow_facts import LookUpEnded, TransferEnded
from acd.masking import ChannelName, Personal
from acd.outbound_facts import OutsideRefused
from acd.outcome_facts import CallOutcomeSet, OutcomeOwed
from acd.quality_facts import AppealDecided, EvaluationAppealed, EvaluationReleased, QualityFact, ReviewWorkGiven
from acd.recording_facts import RecordingPaused, RecordingResumed
from acd.states import CallbackOutcome, DequeueReason, EndedBy, OfferOutcome, OverflowCause
from acd.talk_facts import (
    CallHeld,
    CallJoined,
    CallMuted,
    CallNotParked,
    CallParked,
    CallReleased,
    CallRetrieved,
    CallTransferred,
    CallUnmuted,
    CallUnparked,
)
from acd.targets import TargetKind

__all__ = [
    "FACTS",
    "AgentDefined",
    "AgentEdited",
    "AgentStateChanged",
    "AlarmCleared",
    "AlarmRaised",
    "AppealDecided",
    "BlendedAgentsCalled",
    "CallArrived",
    "CallDequeued",
    "CallEnded",
    "CallFact",
    "CallHeld",
    "CallJoined",
    "CallMuted",
    "CallNotParked",
    "CallOffered",
    "CallOutcomeSet",
    "CallOverflowed",
    "CallParked",
    "CallQueued",
    "CallReleased",
    "CallRetrieved",
    "CallStepped",
    "CallTransferred",
    "CallUnmuted",
    "CallUnparked",
    "CallbackAttempted",
    "CallbackDialled",
    "CallbackEnded",
    "CallbackRequested",
    "CallerRecognised",
    "CallerTold",
    "CentrePublished",
    "ClosureDeclared",
    "ClosureLifted",
    "DaemonStarted",
    "EvaluationAppealed",
    "EvaluationReleased",
    "Fact",
    "LinkChanged",
    "LookUpEnded",
    "MenuAnswered",
    "MessageHeard",
    "NodeEntered",
    "NotReadyExceeded",
    "OfferEnded",
    "OutcomeOwed",
    "OutsideRefused",
    "PromptReplaced",
    "QualityFact",
    "QueueClosed",
    "QueueOpened",
    "RecordingPaused",
    "RecordingResumed",
    "ReviewWorkGiven",
    "SurgeDeclared",
    "SurveyAnswered",
    "SurveyAsked",
    "TransferEnded",
    "VoicemailLeft",
    "WayTaken",
    "WrapUpEnded",
    "WrapUpExtended",
    "from_json",
    "to_json",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CallArrived(CallFact):
    """A caller reached the IVR. `resumed` after an absence of ours: his call was already under way.

    Or an agent asks a queue or a colleague from his phone, about the caller of the call `consult_of` if he holds one.
    """

    channel: ChannelName
    caller: Personal
    caller_name: Personal
    dialled: Personal
    flow: str
    resumed: bool = False
    consult_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerRecognised(CallFact):
    """The caller is in the directory of callers under `name`, or rang lately: the points of priority he has there, and
    the agent he is to reach first, his own or his last one."""

    name: Personal
    priority: int
    vip: bool
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEntered(CallFact):
    """The caller reached a node of a flow."""

    node: str
    kind: str
    flow: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuAnswered(CallFact):
    """The caller pressed `choice` at menu `node`; `choice` is "timeout" or "invalid" where he did not manage."""

    node: str
    choice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WayTaken(CallFact):
    """A node decided by itself where the call goes: `way` is the number of a case, "otherwise", a calendar's state, or
    what became of a look-up."""

    node: str
    way: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallQueued(CallFact):
    """The call stands in a queue. `entered_ms` is its first entry, kept through missed offers, overflow and restarts;
    `requires` what it asks of an agent besides the queue, `preferred` the agent it waits for alone at first."""

    queue: str
    priority: int
    skills: Mapping[str, int]
    entered_ms: int
    waiting: int
    data: Mapping[str, Personal] = field(default_factory=dict)
    requires: str = ""
    preferred: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStepped(CallFact):
    """The waiting call came to another step of its queue, counted from 0: what is asked of an agent now, and the points
    of priority it has now."""

    queue: str
    step: int
    requires: str
    priority: int
    wait_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOverflowed(CallFact):
    """The call goes elsewhere without an agent of this queue; `value` is the queue or number it goes to."""

    queue: str
    cause: OverflowCause
    to: TargetKind
    value: Personal = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerTold(CallFact):
    """A waiting caller was told his position (1 is next) and his wait: half of the callers wait no longer than
    `median_ms`, four in five no longer than `most_ms`. 0 where it was not said."""

    queue: str
    position: int
    median_ms: int
    most_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOffered(CallFact):
    """An agent is reserved and his phone is about to ring. `decision` says why it is he."""

    offer: str
    queue: str
    agent: str
    wait_ms: int
    decision: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferEnded(CallFact):
    """An offer ended; after anything but `answered` and `abandoned` the call is at the head of its queue again."""

    offer: str
    queue: str
    agent: str
    outcome: OfferOutcome
    ring_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDequeued(CallFact):
    """The call left the queue for good. `wait_ms` counts from its first entry; `waiting` is how many still wait."""

    queue: str
    reason: DequeueReason
    wait_ms: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpExtended(CallFact):
    """The agent's after-call work goes on until `until_ms`, `by_ms` longer than it would have. `cause` says who asked
    for it, as in AgentStateChanged."""

    queue: str
    agent: str
    by_ms: int
    until_ms: int
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpEnded(CallFact):
    """The agent's after-call work is over."""

    queue: str
    agent: str
    wrap_up_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(CallFact):
    """The flow is over for this caller. `reason` is the flow's own word, or "hung_up"."""

    by: EndedBy
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRequested(CallFact):
    """A call-back to `number` was asked for, in the call `linkedid` or, where that is empty, by a program. `cause` says
    who asked: "caller", "api", "voicemail". It keeps the place `entered_ms` in the queue until `expires_ms`.

    With a `message` (a WAV file, relative to the folder of recordings, of `message_ms`) an agent is to hear that first;
    `number` is empty where the caller's is not known.
    """

    callback: str
    number: Personal
    queue: str
    entered_ms: int
    priority: int
    skills: Mapping[str, int]
    data: Mapping[str, Personal]
    language: str
    expires_ms: int
    cause: str
    requires: str = ""
    message: str = ""
    message_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackDialled(CallFact):
    """The agent has heard who it is; the customer is rung for the `attempt`-th time. `origin` is the call in which he
    asked for it."""

    callback: str
    number: Personal
    queue: str
    agent: str
    attempt: int
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAttempted(CallFact):
    """An attempt to reach the customer is over, or the hearing of a message that led to none ("heard", "put_back"). At
    `due_ms` the next begins; 0: there is none."""

    callback: str
    queue: str
    agent: str
    attempt: int
    outcome: CallbackOutcome
    due_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackEnded(CallFact):
    """A call-back is over; `linkedid` is the call in which it was asked for. `wait_ms` counts from its place in the
    queue; `cause` says what ended it: "attempt", "time", "caller", "api", "system".
    """

    callback: str
    queue: str
    outcome: CallbackOutcome
    attempts: int
    wait_ms: int
    cause: str


FACTS: Mapping[str, type[Fact]] = {
    kind.__name__: kind
    for kind in (
        CallArrived, NodeEntered, MenuAnswered, WayTaken, CallQueued, CallOffered, OfferEnded, CallDequeued, CallHeld,
        CallRetrieved, CallReleased, CallTransferred, CallJoined, CallParked, CallNotParked, CallUnparked,
        OutsideRefused, CallMuted, CallUnmuted,
        WrapUpExtended, WrapUpEnded, CallEnded,
        AgentDefined, AgentStateChanged, NotReadyExceeded, AgentEdited, DaemonStarted, LinkChanged, PromptReplaced,
        CallerRecognised, CallerTold, VoicemailLeft, LookUpEnded, TransferEnded,
        CentrePublished, ClosureDeclared, ClosureLifted,
        CallStepped, CallOverflowed, SurgeDeclared, BlendedAgentsCalled, QueueOpened, QueueClosed,
        CallbackRequested, CallbackDialled, CallbackAttempted, CallbackEnded,
        RecordingPaused, RecordingResumed, MessageHeard, SurveyAsked, SurveyAnswered, CallOutcomeSet, OutcomeOwed,
        AlarmRaised, AlarmCleared, EvaluationReleased, EvaluationAppealed, AppealDecided, ReviewWorkGiven,
    )
}  # fmt: skip


_NAMES = {kind: tuple(part.name for part in fields(kind)) for kind in FACTS.values()}


def to_json(fact: Fact) -> dict[str, Any]:
    """The fact as a JSON object: its fields, and its name under "fact". Values are the fact's own, not copies."""
    return {"fact": type(fact).__name__, **{name: getattr(fact, name) for name in _NAMES[type(fact)]}}


def from_json(value: Mapping[str, Any]) -> Fact:
    """The inverse of `to_json`; a field of a later version is passed over.

    Raises KeyError for a fact that is not known, pydantic.ValidationError for one that does not fit.
    """
    return _adapter(value["fact"]).validate_python({name: part for name, part in value.items() if name != "fact"})


@cache
def _adapter(name: str) -> TypeAdapter[Fact]:
    return TypeAdapter(FACTS[name])
