"""The facts that are not of one call: agents, queues, and the service itself. acd/facts.py reads and writes them with
all others; they are imported from there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from acd.fact import Fact
from acd.masking import Personal
from acd.states import AgentState, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDefined(Fact):
    """An agent is known to the router from now on, or is known with other skills (levels 1 to 10) or attributes (team,
    language, …) than before. Stated of everybody when the daemon starts."""

    agent: str
    name: str
    skills: Mapping[str, int]
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStateChanged(Fact):
    """What an agent does or chose has changed; `status` is his choice, `after` what the floor sees.

    `cause` says who or what did it: "phone" (he, at a phone), "api", "command", "desktop" or "wallboard" (a program,
    with ":name" behind where it says for whom), "offer", "call", "device" (his phone came or went), "system" (a time
    was over), "restart" (seated again as he was).
    """

    agent: str
    phone: Personal
    before: AgentState
    after: AgentState
    status: Status
    reason: str
    cause: str
    linkedid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotReadyExceeded(Fact):
    """An agent has been not ready for this reason since `since_ms`, longer than it allows. Told once for each stay."""

    agent: str
    reason: str
    since_ms: int
    allowed_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentEdited(Fact):
    """What an agent can do, or where he may sit, was changed; it holds for calls already waiting. `outside` is the
    outside number he may sign in at by himself; `cause` says who did it, as in AgentStateChanged."""

    agent: str
    name: str
    skills: Mapping[str, int]
    attributes: Mapping[str, str]
    outside: Personal
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SurgeDeclared(Fact):
    """A supervisor calls the blended agents into a queue, or lets them go. `cause` is who, `why` his words."""

    queue: str
    on: bool
    cause: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlendedAgentsCalled(Fact):
    """The agents of other work take calls of this queue from now on, or no more."""

    queue: str
    on: bool
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueOpened(Fact):
    """The queue's hours of service began."""

    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueClosed(Fact):
    """The queue's hours of service ended; its waiting calls go where its settings say, or stay."""

    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureDeclared(Fact):
    """Somebody shuts a calendar in an emergency, or all of them (`*`), or says anew why: who, his words, and which
    recorded announcement callers hear, empty for the house's own words. Stated again when the daemon starts; `since_ms`
    stays what it was."""

    calendar: str
    by: str
    why: str
    since_ms: int
    announcement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureLifted(Fact):
    """Somebody opens a calendar again, or ends the closure of all (`*`)."""

    calendar: str
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CentrePublished(Fact):
    """A version of the centre's files holds from now on, all of it, for every new call. `version` is its number, `by`
    who published it and `why` his words; `restores` is the older version whose files these are where an edit was taken
    back, else 0."""

    version: int
    by: str
    why: str
    restores: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptReplaced(Fact):
    """A text sounds otherwise from now on. `prompt` is its number (`callcenter prompts list`), `how` says whether a
    recording came by "phone" or "upload", or the voice speaks it again ("restored"); `by` says who did it."""

    prompt: int
    language: str
    text: str
    by: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonStarted(Fact):
    """The daemon began to serve; whatever happened since the fact before this one it did not see."""

    node: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChanged(Fact):
    """The AMI link to Asterisk came up or went down."""

    node: str
    up: bool
