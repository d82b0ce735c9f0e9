"""What is said of a scope and a period: each figure with its version, its sums, its sample, its judgement, and the
query that lists the calls behind it. Values only; recording.figures.service makes them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from recording.figures.definition import Band, Figure, Formula, UnitOf
from recording.figures.period import Period
from recording.figures.rules import Rules
from recording.figures.scope import Scope
from recording.light import light


class Judgement(StrEnum):
    """Where a value lies against its band."""

    IN_BAND = "in_band"
    ABOVE = "above"
    BELOW = "below"


def scores_behind(scope: Scope, period: Period) -> Mapping[str, str]:
    """The query of GET /api/quality/counted for the scores that figure 12 of this scope and period is of."""
    return {"scope": str(scope), **_times(period)}


def _times(period: Period) -> Mapping[str, str]:
    """As all queries take them."""
    return {"since": period.start.isoformat(), "until": period.end.isoformat()}


@dataclass(frozen=True)
class When:
    """The time that numbers speak of, and what was known: `as_of` is when they were made. Its words are found once for
    all numbers of a report."""

    period: Period
    as_of: datetime

    @cached_property
    def begun(self) -> bool:
        """Whether 0 can be said of it: what is still to come has no data."""
        return self.period.since < self.as_of

    @cached_property
    def times(self) -> Mapping[str, str]:
        """The period as queries take it."""
        return _times(self.period)

    @cached_property
    def known(self) -> Mapping[str, str]:
        """The period, and when they were made."""
        return {**self.times, "as_of": self.as_of.isoformat()}


@dataclass(frozen=True)
class About:
    """Of whom and when numbers speak, and where programs list what they are made of."""

    scope: Scope
    when: When

    @cached_property
    def scope_name(self) -> str:
        """As queries take it."""
        return str(self.scope)

    def calls(self, counted: str) -> Mapping[str, str]:
        """The query of GET /api/calls for the calls that the scope counts in half hours of the period for `counted`, as
        recording.figures.counted has it: "answered", "abandoned,!short_abandoned"."""
        return {"scope": self.scope_name, "counted": counted, **self.when.times}

    def addends(self, sums: Iterable[str]) -> Mapping[str, str]:
        """The query of GET /api/figures/addends for what adds up to sums that are not of calls. What was known when the
        number was made counts."""
        return {"scope": self.scope_name, "sums": ",".join(sums), **self.when.known}

    def scores(self) -> Mapping[str, str]:
        """That of `scores_behind`."""
        return {"scope": self.scope_name, **self.when.times}


@light
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
    def calls(self) -> Mapping[str, str] | None:
        """The query of /api/calls that lists those of the numerator."""
        return self.about.calls(self.ways.counted) if self.ways.counted else None

    @property
    def of(self) -> Mapping[str, str] | None:
        """The query that lists those of the denominator."""
        return self.about.calls(self.ways.of) if self.ways.of else None

    @property
    def evaluations(self) -> Mapping[str, str] | None:
        """The query of /api/quality/counted that lists the scores it is the mean of."""
        return self.about.scores() if self.ways.scored else None

    @property
    def addends(self) -> Mapping[str, str] | None:
        """The query of /api/figures/addends that lists those of its sums, on either side, that are not of calls."""
        return self.about.addends(self.ways.listed) if self.ways.listed else None


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
