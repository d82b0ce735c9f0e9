"""What happens in a rehearsed call, one thing after another. How it is told is said in ivr/rehearsal/told.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from acd.known_caller import KnownCaller
from ivr.flow.expressions import Value
from ivr.flow.steps import Piece


@dataclass(frozen=True, slots=True)
class Came:
    """The caller came to a node."""

    flow: str
    node: str
    kind: str


@dataclass(frozen=True, slots=True)
class Heard:
    """He was told something. `cut_short` where a key ended it."""

    pieces: tuple[Piece, ...]
    cut_short: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    """He pressed keys, one after another; dots in place of those nobody should see. `act` counts what he was told to
    do, from 0."""

    keys: str
    act: int


@dataclass(frozen=True, slots=True)
class Lost:
    """Keys that he pressed where nobody listened to keys."""

    keys: str
    act: int


@dataclass(frozen=True, slots=True)
class Silent:
    """He was asked, and pressed nothing. `act` as of Pressed; None: nothing was said of it, so silence was assumed.
    `ended_input` where this is how several keys came to their end."""

    act: int | None
    ended_input: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a node made of his keys: one of its choices, "invalid", "timeout" …"""

    node: str
    choice: str


@dataclass(frozen=True, slots=True)
class Decided:
    """The way a node took by itself, why, and the data it looked at."""

    node: str
    way: str
    why: str = ""
    data: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """Values that the flow keeps from here on."""

    data: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Looked:
    """A calendar was looked at."""

    calendar: str
    state: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who calls was looked up; None: nobody known. `source` says who knows it."""

    caller: KnownCaller | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A program was asked over HTTP; `failure` is empty where it answered."""

    method: str
    url: str
    failure: str = ""
    assumed: bool = False
    """Nothing was said of its answer."""


@dataclass(frozen=True, slots=True)
class Queued:
    """He was handed to a queue."""

    queue: str
    skills: Mapping[str, int]
    requires: str
    priority: int
    data: Mapping[str, str]
    music: str
    preferred: str = ""


@dataclass(frozen=True, slots=True)
class Waited:
    """Something that befell him in a queue, in words."""

    queue: str
    what: str


@dataclass(frozen=True, slots=True)
class LeftQueue:
    """He is out of the queue. `assumed` where nothing was said of how."""

    queue: str
    outcome: str
    agent: str = ""
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Transferred:
    """He was to be connected with somebody else."""

    to: str
    outcome: str
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class MessageTaken:
    """He was asked for a message to a queue."""

    queue: str
    left: bool
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class CallbackAsked:
    """He was to be called back at this number."""

    queue: str
    number: str
    taken: bool
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """He gave a mark in a survey."""

    survey: str
    mark: str


@dataclass(frozen=True, slots=True)
class Recording:
    """The call's recording paused, or went on."""

    goes_on: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over. `by` the flow, the caller (in this act), or nobody: it has been followed no further."""

    reason: str
    by: str
    act: int | None = None


Event = (
    Came
    | Heard
    | Pressed
    | Lost
    | Silent
    | Chosen
    | Decided
    | Kept
    | Looked
    | Recognised
    | LookedUp
    | Queued
    | Waited
    | LeftQueue
    | Transferred
    | MessageTaken
    | CallbackAsked
    | Marked
    | Recording
    | Ended
)
