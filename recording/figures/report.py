"""What is said of a scope and a period: each figure with its version, its sums, its sample, its judgement, and the
query that lists the calls behind it. Values only; recording.figures.service makes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from recording.figures.definition import Band, Figure, Formula, Source, UnitOf
from recording.figures.period import Period
from recording.figures.rules import Rules
from recording.figures.scope import Scope


class Judgement(StrEnum):
    """Where a value lies against its band."""

    IN_BAND = "in_band"
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsBehind:
    """The calls that a number counts: those that its scope counts in half hours of its period for `counted`. Programs
    list them by `query` at /api/calls."""

    about: "About"
    counted: str
    """As recording.figures.counted has it: "answered", "abandoned,!short_abandoned"."""

    @property
    def query(self) -> Mapping[str, str]:
        """As GET /api/calls takes it."""
        return {"scope": self.about.scope_name, "counted": self.counted, **self.about.times}


@dataclass(frozen=True, slots=True, kw_only=True)
class AddendsBehind:
    """What adds up to sums that are not of calls. Programs list it by `query` at /api/figures/addends. What was known
    when the number was made counts."""

    about: "About"
    sums: tuple[str, ...]

    @property
    def query(self) -> Mapping[str, str]:
        """As GET /api/figures/addends takes it."""
        return {
            "scope": self.about.scope_name,
            "sums": ",".join(self.sums),
            **self.about.times,
            "as_of": self.about.as_of.isoformat(),
        }


def scores_behind(scope: Scope, since: datetime, until: datetime) -> Mapping[str, str]:
    """The query of GET /api/quality/counted for the scores that figure 12 of this scope and time is of."""
    return {"scope": str(scope), "since": since.isoformat(), "until": until.isoformat()}


@dataclass(frozen=True)
class About:
    """Of whom and when numbers speak, and what was known: `as_of` is when they were made. Its words are found once for
    all numbers of a report."""

    scope: Scope
    period: Period
    as_of: datetime

    @cached_property
    def scope_name(self) -> str:
        """As queries take it."""
        return str(self.scope)

    @cached_property
    def begun(self) -> bool:
        """Whether 0 can be said of it: what is still to come has no data."""
        return self.period.since < self.as_of

    @cached_property
    def times(self) -> Mapping[str, str]:
        """The period as queries take it."""
        return {"since": self.period.start.isoformat(), "until": self.period.end.isoformat()}


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureValue:
    """One number: what `ways` made of the sums of whom and when it is `about`. `value` is in `unit`, None where the
    denominator is 0: no data. `variant` names which of a figure's usual ways of counting it is, empty for the only one;
    of `parts` each is a number of its own, such as the blind and the announced of all transfers, or the other variants.
    `sample` is of how many calls (agents, days) it speaks. `good` is None where nobody can say."""

    figure: Figure
    ways: Formula
    about: About
    value: Decimal | None
    numerator: Decimal
    denominator: Decimal
    sample: int
    band: Band | None = None
    judgement: Judgement | None = None
    good: bool | None = None
    variant: str = ""
    parts: Mapping[str, "FigureValue"] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Which figure it is."""
        return self.figure.key

    @property
    def version(self) -> int:
        """Of the figure's formula."""
        return self.figure.version

    @property
    def formula(self) -> str:
        """Names the formula with its version."""
        return self.figure.formula_id

    @property
    def unit(self) -> UnitOf:
        """What the value is measured in."""
        return self.figure.unit

    @property
    def calls(self) -> CallsBehind | None:
        """Those of the numerator."""
        return self._behind(self.ways.counted)

    @property
    def of(self) -> CallsBehind | None:
        """Those of the denominator."""
        return self._behind(self.ways.of)

    @property
    def evaluations(self) -> Mapping[str, str] | None:
        """The query of /api/quality/counted that lists the scores it is the mean of."""
        if self.figure.source is not Source.SCORES:
            return None
        return scores_behind(self.about.scope, self.about.period.start, self.about.period.end)

    @property
    def addends(self) -> AddendsBehind | None:
        """Those of its sums, on either side, that are not of calls."""
        return AddendsBehind(about=self.about, sums=self.ways.listed) if self.ways.listed else None

    def _behind(self, counted: str) -> CallsBehind | None:
        return CallsBehind(about=self.about, counted=counted) if counted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures of a scope and a period, in the order of their numbers. `as_of` is when it was made: what happens
    later in a period that is not over is not in it. `catalogue` is the version of all formulas together. `rules` are
    those by which its calls were counted, each with the beginning of the first of them: several, where they were
    changed meanwhile."""

    scope: Scope
    period: Period
    as_of: datetime
    catalogue: str
    values: tuple[FigureValue, ...]
    rules: tuple[tuple[datetime, Rules], ...] = ()

    def __getitem__(self, key: str) -> FigureValue:
        """The figure of this key. Raises KeyError."""
        for value in self.values:
            if value.key == key:
                return value
        raise KeyError(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One figure over time, a value for each step."""

    key: str
    scope: Scope
    period: Period
    points: tuple[tuple[Period, FigureValue], ...]
