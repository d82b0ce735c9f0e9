"""What the definition of a figure is made of: unit, direction, band, formula over named sums. The 23 themselves stand
in the catalogue; nothing is computed here.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from decimal import Decimal
from enum import StrEnum

from recording.figures.counts import TIMES
from recording.figures.period import Unit
from recording.figures.scope import ScopeKind

LISTED = frozenset(
    {
        *("adherent_ms", "scheduled_ms", "attended", "scheduled", "cost", "left_per_year", "mean_agents"),
        *("state_signed_in_ms", *TIMES),
    }
)
"""The sums that are not of calls and not of scores: what adds up to them is listed by recording.figures.addends."""


class UnitOf(StrEnum):
    """What a value is measured in."""

    PERCENT = "%"
    SECONDS = "s"
    RINGS = "rings"
    PER_HOUR = "1/h"
    MONEY = "money"
    POINTS = "points"
    CALLS = "calls"


class Direction(StrEnum):
    """Which values are good."""

    LOWER = "lower"
    HIGHER = "higher"
    INSIDE = "inside"  # the band itself
    NONE = "none"  # nobody can say without knowing the centre


class Source(StrEnum):
    """Where its sums come from."""

    CALLS = "calls"
    TIMES = "times"  # the log of agents' states
    BOTH = "both"
    SCHEDULES = "schedules"
    COSTS = "costs"
    SCORES = "scores"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Band:
    """The values to aim at, both ends included, None where a side is open; in the figure's unit. `norm` is what is
    common, `wish` what is wished where that is more than the band asks."""

    low: Decimal | None = None
    high: Decimal | None = None
    _: KW_ONLY
    norm: Decimal | None = None
    wish: Decimal | None = None


Sums = Mapping[str, int]
"""A sum of named sums, each times a whole number: {"received": 1, "blocked": -1}."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """`scale` times the numerator, divided by the denominator; an empty denominator stands for 1: a mere count.

    `counted` says which calls the numerator is about, `of` which the denominator, as recording.figures.counted has it:
    "abandoned,!short_abandoned" are the long abandons. Empty where there are no calls behind it.
    """

    numerator: Sums
    denominator: Sums = field(default_factory=dict)
    scale: Decimal = Decimal(1)
    counted: str = ""
    of: str = ""
    listed: tuple[str, ...] = field(init=False, compare=False, repr=False)
    """Those of its sums that are in LISTED."""
    scored: bool = field(init=False, compare=False, repr=False)
    """Whether they are of scores."""

    def __post_init__(self) -> None:
        names = dict.fromkeys((*self.numerator, *self.denominator))
        object.__setattr__(self, "listed", tuple(name for name in names if name in LISTED))
        object.__setattr__(self, "scored", "score" in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One of the 23. `formula` is in force, `variants` are the other usual ways by name, `parts` what it splits into.

    `periods` are those for which it is usually shown (it can be computed for all), `scopes` of whom it can be said.
    `decimals` is how many places are worth showing.
    """

    key: str
    number: int
    title: str
    unit: UnitOf
    version: int = 1
    formula: Formula
    variant: str = ""
    variants: Mapping[str, Formula] = field(default_factory=dict)
    parts: Mapping[str, Formula] = field(default_factory=dict)
    band: Band | None = None
    direction: Direction = Direction.NONE
    source: Source = Source.CALLS
    periods: tuple[Unit, ...]
    scopes: frozenset[ScopeKind] = frozenset(ScopeKind)
    decimals: int = 1
    meaning: str

    @property
    def formula_id(self) -> str:
        """Names formula and version: handle_time/1."""
        return f"{self.key}/{self.version}"
