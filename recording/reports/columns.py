"""What is exported, as columns and rows for programs: the numbers of a report one a row, or calls. A form that is
written from these needs no other knowledge of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from urllib.parse import urlencode

from recording.reports.document import Number, ReportDocument, Section

Datum = str | int | Decimal | datetime | bool | None


class Kind(StrEnum):
    """What a column holds. Any cell may be empty."""

    TEXT = "text"
    NUMBER = "number"
    COUNT = "count"
    INSTANT = "instant"
    TRUTH = "truth"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what it holds, in which unit where that is one for all rows, and what that means."""

    name: str
    kind: Kind
    meaning: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """Columns and rows; rows may be read once only. `about` is said of the whole where the form has a place for it."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Datum]]
    time_zone: str
    about: Mapping[str, str] = field(default_factory=dict)


NUMBER_COLUMNS = (
    Column("report", Kind.TEXT, "name of the report"),
    Column("section", Kind.TEXT, "part of the report the number stands in"),
    Column("subject_kind", Kind.TEXT, "whose number: centre, queue, team or agent"),
    Column("subject", Kind.TEXT, "name of the queue or team, number of the agent, empty for the centre"),
    Column("subject_title", Kind.TEXT, "its title for people"),
    Column("start", Kind.INSTANT, "beginning of the time the number is about, in the centre's zone"),
    Column("end", Kind.INSTANT, "its end, which does not belong to it"),
    Column("key", Kind.TEXT, "which figure"),
    Column("title", Kind.TEXT, "its title for people"),
    Column("version", Kind.COUNT, "version of the figure"),
    Column("formula", Kind.TEXT, "by which it was computed"),
    Column("value", Kind.NUMBER, "the figure, in `unit`; empty: no data"),
    Column("unit", Kind.TEXT, "%, s, money, rings, 1/h, points, calls, people or h"),
    Column("numerator", Kind.NUMBER, "what was divided"),
    Column("denominator", Kind.NUMBER, "by what"),
    Column("sample", Kind.COUNT, "of how many it was computed; 0: no data"),
    Column("band_low", Kind.NUMBER, "lower end of the target, in `unit`"),
    Column("band_high", Kind.NUMBER, "upper end of the target, in `unit`"),
    Column("good", Kind.TRUTH, "whether that is as it should be; empty where nobody can say"),
    Column("judgement", Kind.TEXT, "in_band, below or above the target"),
    Column("before", Kind.NUMBER, "the same figure in the time compared with, in `unit`"),
    Column("change", Kind.NUMBER, "value less before, in `unit` (points for %)"),
    Column("share", Kind.NUMBER, "of the section's whole", "%"),
    Column("low", Kind.NUMBER, "lower end of what a forecast expects, in `unit`"),
    Column("high", Kind.NUMBER, "upper end of what a forecast expects, in `unit`"),
    Column("calls", Kind.TEXT, "query of /api/calls that lists the calls behind the number"),
    Column("evaluations", Kind.TEXT, "query of /api/quality/counted that lists the scores it is the mean of"),
    Column("addends", Kind.TEXT, "query of /api/figures/addends that lists what adds up to its other sums"),
)


def numbers_of(document: ReportDocument) -> Export:
    """Every number of a report, one a row."""
    about = {
        "report": document.report,
        "centre": document.centre,
        "start": document.span.start.isoformat(),
        "end": document.span.end.isoformat(),
        "made_at": document.made_at.isoformat(),
        "formulas": document.catalogue,
    }
    return Export(document.title, NUMBER_COLUMNS, _rows(document), document.time_zone, about)


def _rows(document: ReportDocument) -> Iterator[Sequence[Datum]]:
    for section in document.sections:
        for number in section.numbers:
            yield _row(document.report, section, number)


def _row(report: str, section: Section, number: Number) -> Sequence[Datum]:
    subject, band = number.subject, number.band
    return (
        *(report, section.key, subject.kind, subject.name, subject.title),
        *(number.span.start, number.span.end, number.key, number.title, number.version, number.formula),
        *(number.value, number.unit.value, number.numerator, number.denominator, number.sample),
        *((band.low, band.high) if band else (None, None)),
        number.good,
        number.judgement.value if number.judgement else None,
        *(number.before, number.change, number.share, number.low, number.high),
        None if number.calls is None else urlencode(number.calls),
        *(None if query is None else urlencode(query) for query in (number.evaluations, number.addends)),
    )
