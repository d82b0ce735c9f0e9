"""What the walker asks of the telephone side, and what it is told: the whole of their conversation."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from acd.known_caller import KnownCaller
from acd.requirements import ANY, Requirement
from acd.states import DequeueReason
from ivr.flow.expressions import Value
from ivr.look_ups.failures import Failure
from ivr.look_ups.requests import Request


@dataclass(frozen=True, slots=True)
class Prompt:
    """Words to be heard, in the language they are written in: known, and spoken into a file, before any call."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording that lies beside the flows (dialplans/sounds/<language>/<file>.wav). `digest` says which content it
    had when they were read: a caller hears that of the version he is in."""

    file: str
    language: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class FreeText:
    """Words that nobody knew before the call, such as a customer's name from a look-up."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Announced:
    """An announcement recorded by phone for a closure (ivr/closure_sounds.py): it is one for all languages, and heard
    in the place of words in this one."""

    name: str
    language: str


Piece = Prompt | Recorded | FreeText | Announced
"""A part of what is said; several in turn are one utterance."""


@dataclass(frozen=True, slots=True)
class Play:
    """Play the pieces in turn. A key of `escape_digits` ends them at once: feed Digit; played to the end: Finished."""

    pieces: tuple[Piece, ...]
    escape_digits: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Play the pieces in turn, any key of `digits` ends them; then wait for one. Feed Digit or Timeout."""

    pieces: tuple[Piece, ...]
    digits: str
    timeout_ms: int


@dataclass(frozen=True, slots=True)
class Enqueue:
    """Hand the caller to the ACD; when he is out of it: feed QueueLeft. `skills` are asked besides the queue's own,
    `preferred` is the agent he is to reach first, whatever is asked if `named`."""

    queue: str
    skills: Mapping[str, int] = field(default_factory=dict)
    priority: int = 0
    data: Mapping[str, str] = field(default_factory=dict)
    music: str | None = None
    requires: Requirement = ANY
    preferred: str = ""
    named: bool = False

    def of_known(self, caller: KnownCaller) -> "Enqueue":
        """The same for a caller who is known: with his points, and first to the agent he is to reach."""
        return replace(self, priority=self.priority + caller.priority, preferred=caller.agent)


@dataclass(frozen=True, slots=True)
class TakeMessage:
    """Take a message for the queue, after this greeting or, without one, the queue's own: feed MessageTaken. With
    `operator` 0 leads to an agent; with `back` star leads back, until he speaks."""

    queue: str
    greeting: tuple[Piece, ...]
    most_ms: int
    review: bool = True
    operator: bool = False
    back: bool = False


@dataclass(frozen=True, slots=True)
class RequestCallback:
    """Have this number called back by an agent of the queue, asked for as for Enqueue: feed CallbackTaken."""

    queue: str
    number: str
    skills: Mapping[str, int] = field(default_factory=dict)
    requires: str = ""
    priority: int = 0
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LookAtCalendar:
    """What does this calendar say now? Feed CalendarIs."""

    calendar: str


@dataclass(frozen=True, slots=True)
class FindCaller:
    """Who is calling? Feed CallerFound."""


@dataclass(frozen=True, slots=True)
class PauseRecording:
    """Let both sides be recorded as silence from now on: a secret will be keyed. Feed Paused."""


@dataclass(frozen=True, slots=True)
class ResumeRecording:
    """Let both sides be recorded again; `why` the secret is over (acd.facts.RecordingResumed). Feed Done."""

    why: str


@dataclass(frozen=True, slots=True)
class LookUp:
    """Ask a program, and keep the values at the paths of `into`; say `meanwhile`, then play music. A key of `keys`
    breaks it off. Feed LookedUp or Digit. Without a request it has failed already, for `failure`."""

    node: str
    request: Request | None
    into: Mapping[str, str]
    meanwhile: tuple[Piece, ...] = ()
    keys: str = ""
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """Connect the caller with an extension of the house, or with a number outside; when he is alone again: feed
    Transferred. `written`: the number stands in the flow's file."""

    node: str
    extension: str = ""
    number: str | None = None
    written: bool = False
    ring_ms: int = 40_000


@dataclass(frozen=True, slots=True)
class Hangup:
    """End the call. Everything to be said has been said."""

    reason: str


Step = (
    Play
    | Ask
    | Enqueue
    | TakeMessage
    | RequestCallback
    | LookAtCalendar
    | FindCaller
    | PauseRecording
    | ResumeRecording
    | LookUp
    | Transfer
    | Hangup
)


@dataclass(frozen=True, slots=True)
class Digit:
    """The caller pressed a key."""

    digit: str


@dataclass(frozen=True, slots=True)
class Timeout:
    """The caller pressed nothing in time."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The pieces were played to the end."""


@dataclass(frozen=True, slots=True)
class QueueLeft:
    """The caller is out of the queue: after a conversation (`answered`) with `agent`, or without one. `queue` is where
    he was last."""

    outcome: DequeueReason
    agent: str = ""
    queue: str = ""


@dataclass(frozen=True, slots=True)
class MessageTaken:
    """He has left a message, or not; `operator`: he wants an agent instead; `back`: what he was asked before."""

    left: bool
    operator: bool = False
    back: bool = False


@dataclass(frozen=True, slots=True)
class CallbackTaken:
    """He is called back, or that cannot be."""

    taken: bool


@dataclass(frozen=True, slots=True)
class CalendarIs:
    """The calendar's state now: open, closed, holiday (and which) or emergency. `announcement` is what callers hear of
    an emergency, whether somebody has `recorded` it or not."""

    state: str
    announcement: tuple[Piece, ...] = ()
    recorded: bool = False
    holiday: str = ""


@dataclass(frozen=True, slots=True)
class CallerFound:
    """Who is calling; None: nobody known."""

    caller: KnownCaller | None


@dataclass(frozen=True, slots=True)
class Paused:
    """Whether it is certain that nothing is recorded now."""

    safe: bool


@dataclass(frozen=True, slots=True)
class Done:
    """It is done, and there is nothing to tell of it."""


@dataclass(frozen=True, slots=True)
class Transferred:
    """The caller has talked with whom he was connected with, with `agent` if it was one, in `queue` if he came through
    one; or he has not, for `error`."""

    answered: bool
    error: str = ""
    agent: str = ""
    queue: str = ""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What the program has answered, or why nothing came of it."""

    values: Mapping[str, Value] = field(default_factory=dict)
    failure: Failure | None = None


Input = (
    Digit
    | Timeout
    | Finished
    | QueueLeft
    | MessageTaken
    | CallbackTaken
    | CalendarIs
    | CallerFound
    | Paused
    | Done
    | LookedUp
    | Transferred
)


@dataclass(frozen=True, slots=True)
class Entered:
    """A trail entry: the caller came to a node of a flow."""

    node: str
    kind: str
    flow: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """A trail entry: the key pressed at a node, or "timeout", or "invalid"."""

    node: str
    choice: str


@dataclass(frozen=True, slots=True)
class Took:
    """A trail entry: the way a node took by itself, such as "open" or the number of a case. `why`, and the `data` it
    looked at, are for rehearsals: they may hold what only the caller's eyes should see, and are told nowhere else."""

    node: str
    way: str
    why: str = ""
    data: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """A trail entry: values that the flow keeps from here on. For rehearsals, and told nowhere else."""

    node: str
    data: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Surveyed:
    """A trail entry: the caller was asked for a mark about his conversation with `agent` of `queue`; `score` is the key
    he pressed, None where he has only been asked by now."""

    node: str
    survey: str
    queue: str
    agent: str
    score: str | None = None


Mark = Entered | Answered | Took | Kept | Surveyed

Trail = tuple[Mark, ...]
