"""What people bring to a day: callers with their patience, agents with their hours. Values only; what becomes of them
is the router's doing (acd/simulation/floor.py). How queues are served is no part of a day, so that one day can be
played to several policies.

Times are milliseconds on one clock, durations milliseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from acd.facts import AgentDefined, SurgeDeclared
from acd.requirements import ANY, Requirement
from acd.states import DequeueReason, OfferOutcome
from acd.targets import TargetKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A caller's wish for an agent of one queue, and all that he and whoever takes him will do."""

    queue: str
    priority: int = 0
    skills: Mapping[str, int] = field(default_factory=dict)
    requires: Requirement = ANY
    """What is asked of the agent besides the skills, and what the queue asks."""
    preferred: str = ""
    """The agent he waits for alone at first."""
    data: Mapping[str, str] = field(default_factory=dict)
    waited_ms: int = 0
    """What he has waited before, and keeps."""
    patience_ms: int | None = None
    """After this he hangs up, counted from his first entry; None: never."""
    leaves_for: TargetKind | None = None
    """What he presses a key for then, instead of hanging up."""
    answers_ms: tuple[int, ...] = (0,)
    """How long the phone of the first agent rings until he answers, of the second, …, and round again."""
    handling_ms: int = 0
    """Talk and hold."""
    wrap_up_ms: int | None = None
    """When the agent ends his wrap-up by himself; None: he uses what the queue gives him."""
    onward: "Onward | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """A caller goes to a queue once more, `after_ms` after the visit before was over, if it ended with `after`."""

    after: DequeueReason
    after_ms: int
    visit: Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A call reaches its first queue."""

    at_ms: int
    linkedid: str
    visit: Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """An agent. `group` is the word under which his occupancy is told."""

    number: str
    skills: Mapping[str, int]
    group: str
    attributes: Mapping[str, str] = field(default_factory=dict)


def group_of(skills: Mapping[str, int], attributes: Mapping[str, str]) -> str:
    """The group of an agent of whom none is told: his team, or what he can do where he is of no team."""
    return attributes.get("team") or "+".join(sorted(skills)) or "no skills"


class Wish(StrEnum):
    """What an agent does of his own accord, or his phone."""

    SIGN_IN = "sign_in"
    READY = "ready"
    NOT_READY = "not_ready"
    SIGN_OUT = "sign_out"
    PHONE_AWAY = "phone_away"
    PHONE_BACK = "phone_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An agent's wish at a time; one who signs in is ready unless a reason is given."""

    at_ms: int
    agent: str
    wish: Wish
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """An agent who is ready but not at his phone: what is offered him from `from_ms` to before `until_ms` ends like
    this. A missed call rings as long as its queue lets it, the others end `after_ms` after they began."""

    agent: str
    from_ms: int
    until_ms: int
    outcome: OfferOutcome
    after_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """All people of a day. Arrivals and choices may stand in any order; of those at one moment the first goes first."""

    from_ms: int
    until_ms: int
    arrivals: tuple[Arrival, ...]
    seats: tuple[Seat, ...]
    choices: tuple[Choice, ...]
    absences: tuple[Absence, ...] = ()
    redefined: tuple[AgentDefined, ...] = ()
    """Agents who have other skills or attributes from then on."""
    surges: tuple[SurgeDeclared, ...] = ()
    """What supervisors declared."""
    back_after_ms: int = 60_000
    """When an agent who was too slow for the ring time is ready again, where no absence says it."""
