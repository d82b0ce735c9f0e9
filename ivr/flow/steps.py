"""What the walker asks of the telephone side, and what it is told: the whole of their conversation."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from acd.requirements import ANY, Requirement
from acd.states import DequeueReason


@dataclass(frozen=True, slots=True)
class Prompt:
    """Words to be heard, in the language they are written in."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Play:
    """Play the prompts in turn. A key of `escape_digits` ends them at once: feed Digit; played to the end: Finished."""

    prompts: tuple[Prompt, ...]
    escape_digits: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Play the prompts in turn, any key of `digits` ends them; then wait for one. Feed Digit or Timeout."""

    prompts: tuple[Prompt, ...]
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


@dataclass(frozen=True, slots=True)
class Hangup:
    """End the call. Everything to be said has been said."""

    reason: str


Step = Play | Ask | Enqueue | Hangup


@dataclass(frozen=True, slots=True)
class Digit:
    """The caller pressed a key."""

    digit: str


@dataclass(frozen=True, slots=True)
class Timeout:
    """The caller pressed nothing in time."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The prompts were played to the end."""


@dataclass(frozen=True, slots=True)
class QueueLeft:
    """The caller is out of the queue: after a conversation (`answered`), or without one."""

    outcome: DequeueReason


Input = Digit | Timeout | Finished | QueueLeft


@dataclass(frozen=True, slots=True)
class Entered:
    """A trail entry: the caller came to a node."""

    node: str
    kind: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A trail entry: the key pressed at a node, or "timeout", or "invalid"."""

    node: str
    choice: str


Trail = tuple[Entered | Answered, ...]
