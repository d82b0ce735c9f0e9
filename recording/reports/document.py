"""A report as one value: every number with its unit, sample, band, formula and the query of the calls behind it. It is
what the API gives as JSON, and what every other form is made of; it decides nothing of how a form looks.

Times are aware and in the centre's zone. `title`s are in the report's language; what has no data is None, never 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer

from recording.figures.report import Judgement
from recording.light import light

Value = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]
"""Exact among ourselves, a plain number in JSON."""


class Language(StrEnum):
    """What a report is written in."""

    ENGLISH = "en"
    MANDARIN = "cmn"


class Unit(StrEnum):
    """What a number counts."""

    PERCENT = "%"
    SECONDS = "s"
    MONEY = "money"
    """Of the centre's own currency, whichever it enters its costs in."""
    RINGS = "rings"
    PER_HOUR = "1/h"
    POINTS = "points"
    CALLS = "calls"
    PEOPLE = "people"
    HOURS = "h"


class Layout(StrEnum):
    """How the numbers of a section are laid out."""

    ROWS = "rows"
    """One figure a row, with all that belongs to it."""
    LINES = "lines"
    """Over time: a chart for each unit, and a table of one row for each time."""
    TIMES = "times"
    """Over time, as a table alone."""
    WEEK = "week"
    """Half hours of several days: charts as for lines, and for each key a table with a row for each time of the day and
    a column for each day."""
    NUMBERS = "numbers"
    """For programs alone: too many for people, who are told by the note where they are."""
    GRID = "grid"
    """A row for each queue, team or agent, a column for each figure."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Leaf:
    """What a report has thousands of is no model: it is made of values that are checked already."""

    __slots__ = ()
    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span(_Leaf):
    """From `start` to `end`, which does not belong to it."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject(_Leaf):
    """Whose numbers: `kind` is centre, queue, team or agent, `name` its name or number, empty for the centre."""

    kind: str
    name: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Band(_Leaf):
    """Where a figure should be, both ends included; None: open on that side. `norm` is what is common elsewhere."""

    low: Value | None = None
    high: Value | None = None
    norm: Value | None = None


@light
class Number(_Leaf):
    """One figure of one subject and time. `value` = `numerator` ÷ `denominator` in `unit`; `sample` is what it was
    computed from, 0 with no data. `good` is None where nobody can say. `before` is the same in the time that the report
    compares with, `share` in % of its section's whole, `low` and `high` the limits within which a forecast expects it.
    `calls` is the query of /api/calls that lists the calls behind it, None where they are no calls; `evaluations` that
    of /api/quality/counted where it is a mean of scores, `addends` that of /api/figures/addends where it has sums that
    are not of calls."""

    key: str
    version: int
    formula: str
    title: str
    subject: Subject
    span: Span
    value: Value | None
    unit: Unit
    numerator: Value | None = None
    denominator: Value | None = None
    sample: int = 0
    band: Band | None = None
    judgement: Judgement | None = None
    good: bool | None = None
    before: Value | None = None
    share: Value | None = None
    low: Value | None = None
    high: Value | None = None
    calls: Mapping[str, str] | None = None
    evaluations: Mapping[str, str] | None = None
    addends: Mapping[str, str] | None = None

    @property
    def behind(self) -> Mapping[str, Mapping[str, str]]:
        """The queries of what it was made from, by their paths."""
        queries = {
            "/api/calls": self.calls,
            "/api/quality/counted": self.evaluations,
            "/api/figures/addends": self.addends,
        }
        return {path: query for path, query in queries.items() if query is not None}

    @property
    def change(self) -> Decimal | None:
        """From before to now, in the number's own unit (points, for %); None where either is not known."""
        return None if self.value is None or self.before is None else self.value - self.before


class Section(_Value):
    """A part of a report. Which section stands in which report is told by recording.reports.named; any other module may
    make sections of these layouts, and all forms show them."""

    key: str
    title: str
    note: str = ""
    layout: Layout
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula(_Leaf):
    """By which formula the numbers of a key were computed: its id, which names its version, and its words."""

    formula: str
    title: str
    words: str


class ReportDocument(_Value):
    """A whole report. `compared` is the time that `before` of its numbers is about; where a section compares with
    another, its note says so. `catalogue` is the version of all formulas together. What happened after `made_at` in a
    time that was not over is not in it."""

    report: str
    title: str
    language: Language
    centre: str
    subject: Subject
    span: Span
    time_zone: str
    compared: Span | None
    made_at: datetime
    catalogue: str
    sections: tuple[Section, ...]
    formulas: tuple[Formula, ...]
