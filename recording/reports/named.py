"""The reports that are shipped, as data: over which time each is, what it is compared with, and which sections it has
for the centre, a queue, a team, an agent. How sections are made is recording.reports.compose's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from recording.figures.period import Unit
from recording.figures.scope import ScopeKind


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of the scope in a table, or those asked for."""

    key: str = "figures"


@dataclass(frozen=True, slots=True)
class Parts:
    """What one figure splits into, or its other variants. `shares`: each in % of the figure itself."""

    key: str
    figure: str
    shares: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """Figures over time, each with those of its parts that are named."""

    key: str
    figures: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The same figures of each queue, team or agent."""

    key: str
    kind: ScopeKind
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """The counts beside the 23 figures, or those asked for."""

    key: str = "beside"


Piece = Figures | Parts | Lines | Breakdown | Beside

_CALLS = Lines("calls", {"received": ("answered", "abandoned", "served_by_ivr", "blocked")})
_SERVICE = Lines("service_level_lines", {"service_level": ()})
_WAITING = Lines("waiting", {"speed_of_answer": (), "queue_time": ()})
_SHARES = Lines("shares", {"occupancy": (), "abandonment": ()})
_WORK = Lines("work", {"handle_time": (), "talk_time": (), "after_call_work": ()})
_SPLIT = Parts("received", "received", shares=True)
_LEVELS = Parts("service_level", "service_level")

_QUEUE_FIGURES = (
    *("received", "answered_share", "service_level", "speed_of_answer", "queue_time", "abandonment"),
    *("handle_time", "talk_time", "first_contact"),
)
_AGENT_FIGURES = (
    *("received", "calls_per_hour", "occupancy", "handle_time", "talk_time", "hold_time", "after_call_work"),
    *("transfer", "first_contact", "monitoring_score", "adherence", "outbound"),
)

PIECES: Mapping[ScopeKind, tuple[Piece, ...]] = {
    ScopeKind.CENTRE: (
        Figures(),
        *(_SPLIT, Parts("blocked", "blocked"), _LEVELS, _CALLS, _SERVICE, _WAITING, _SHARES, Beside()),
        Breakdown("queues", ScopeKind.QUEUE, _QUEUE_FIGURES),
        Breakdown("teams", ScopeKind.TEAM, _AGENT_FIGURES),
        Breakdown("agents", ScopeKind.AGENT, _AGENT_FIGURES),
    ),
    ScopeKind.QUEUE: (
        *(Figures(), _SPLIT, _LEVELS, Lines("calls", {"received": ("answered", "abandoned")}), _SERVICE, _WAITING),
        *(Lines("shares", {"abandonment": ()}), Beside()),
    ),
    ScopeKind.TEAM: (
        *(Figures(), Lines("calls", {"received": ("answered",)}), _WORK, Lines("shares", {"occupancy": ()}), Beside()),
        Breakdown("agents", ScopeKind.AGENT, _AGENT_FIGURES),
    ),
    ScopeKind.AGENT: (
        *(Figures(), Lines("calls", {"received": ("answered",)}), _WORK, Lines("shares", {"occupancy": ()}), Beside()),
    ),
}
"""The sections of each kind of subject, in their order."""


class Forecasting(StrEnum):
    """Whether there is a forecast at a report's end, where the order says nothing."""

    NEVER = "never"  # nor where the order wants one
    WANTED = "wanted"  # in a mail, and where the order wants one: these reports are asked for again and again
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A report: the length of its time, the steps of its lines, and what both are compared with: so many days earlier,
    or, where `days_before` is 0, the time of the same length just before. `forecast`: at the end of that of the centre
    and of a queue may stand what the next time of its length will bring, and how many agents that needs. `in_words`: it
    tells in words what is not figures, such as the bulletin of quality; it has no sections of figures, and no columns
    for a spreadsheet."""

    name: str
    unit: Unit
    step: Unit
    days_before: int = 7
    step_days_before: int = 7
    forecast: Forecasting = Forecasting.NEVER
    pieces: Mapping[ScopeKind, tuple[Piece, ...]] = field(default_factory=lambda: PIECES)
    in_words: bool = False


REPORTS: Mapping[str, Definition] = {
    one.name: one
    for one in (
        Definition(name="hour", unit=Unit.HOUR, step=Unit.HALF_HOUR),
        Definition(name="day", unit=Unit.DAY, step=Unit.HALF_HOUR, forecast=Forecasting.WANTED),
        Definition(name="week", unit=Unit.WEEK, step=Unit.DAY, forecast=Forecasting.ALWAYS),
        Definition(name="month", unit=Unit.MONTH, step=Unit.DAY, days_before=0, forecast=Forecasting.WANTED),
        Definition(name="quarter", unit=Unit.QUARTER, step=Unit.WEEK, days_before=0, step_days_before=91),
        Definition(name="free", unit=Unit.RANGE, step=Unit.DAY, days_before=0),
        Definition(name="bulletin", unit=Unit.DAY, step=Unit.DAY, in_words=True),
    )
}
"""By name. Day and week are compared with the week before, a month and a quarter with the one before; lines with the
same weekday of the week before, a quarter's weeks with those 13 weeks before."""
