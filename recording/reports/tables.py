"""A section as tables of cells, the same for the terminal, the page, the mail and the workbook: what stands in which
column is decided here, how a cell looks is the form's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from recording.reports import showing
from recording.reports.document import Language, Layout, Number, ReportDocument, Section, Unit
from recording.reports.words import say


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text for people, and for programs the number and its unit, or the time (aware, centre's zone)."""

    text: str
    value: Decimal | datetime | None = None
    unit: Unit | None = None
    good: bool | None = None
    behind: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By its path at the API the query of each list that the number is made of; a path without a query is that of the
    one thing that the cell names."""
    word: str = ""
    """The unit as the text has it behind the number; none for percent, which every form writes by itself."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header. `right`: the columns that hold numbers; `caption`: what it is about, where a section has
    several."""

    header: tuple[str, ...]
    right: tuple[bool, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""


EMPTY = Cell("")


CHARTED = frozenset({Layout.LINES, Layout.WEEK})
"""The layouts that have charts."""


_OVER_TIME = frozenset({Layout.LINES, Layout.TIMES})


def tables_of(section: Section, document: ReportDocument) -> tuple[Table, ...]:
    """The section's numbers as tables: none where people see none, of a week one for each key, of all others one."""
    if not section.numbers or section.layout is Layout.NUMBERS:
        return ()
    match section.layout:
        case Layout.ROWS:
            return (_rows(section.numbers, document.language),)
        case Layout.LINES | Layout.TIMES:
            table = _lines(section, document)
            return (table,) if table.rows else ()
        case Layout.GRID:
            return (_grid(section.numbers, document.language),)
        case Layout.WEEK:
            return tuple(_week(section, document.language))


def shows_nothing(section: Section, tables: Sequence[Table]) -> bool:
    """Whether that is to be said, where no note says why; a note on lines says with what they are compared."""
    explained = section.note and not (section.numbers and section.layout in _OVER_TIME)
    return not tables and not explained


def formulas_of(document: ReportDocument) -> Table:
    """By which formulas the numbers were computed."""
    header = tuple(say(f"column.{name}", document.language) for name in ("figure", "formula", "words"))
    rows = tuple((Cell(one.title), Cell(one.formula), Cell(one.words)) for one in document.formulas)
    return Table(header, (False, False, False), rows)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one unit, each the numbers of a key in the order of time, and those of which the time compared with
    is shown, too: both of two, the first of more."""

    unit: Unit
    lines: Mapping[str, Sequence[Number]]

    @property
    def with_before(self) -> frozenset[str]:
        """Their keys."""
        shown = list(self.lines)[: 2 if len(self.lines) <= 2 else 1]
        return frozenset(key for key in shown if any(one.before is not None for one in self.lines[key]))


def lines_of(section: Section) -> Iterator[Lines]:
    """The lines of a section by unit, each a chart. Times at its ends when nothing was are left out."""
    busy = [one.span.start for one in section.numbers if any((one.value, one.before, one.low, one.high))]
    there = [one for one in section.numbers if busy and min(busy) <= one.span.start <= max(busy)]
    for unit in dict.fromkeys(number.unit for number in there):
        lines = _by_key(one for one in there if one.unit is unit)
        yield Lines(unit, {key: sorted(line, key=lambda one: one.span.start) for key, line in lines.items()})


def _rows(numbers: Iterable[Number], language: Language) -> Table:
    there = tuple(numbers)
    columns = [
        (name, right, [cell(number, language) for number in there])
        for name, right, cell in _COLUMNS
        if name in ("figure", "value") or any(cell(number, language).text for number in there)
    ]
    return Table(
        tuple(say(f"column.{name}", language) for name, _, _ in columns),
        tuple(right for _, right, _ in columns),
        tuple(zip(*(cells for _, _, cells in columns), strict=True)),
    )


def _lines(section: Section, document: ReportDocument) -> Table:
    language = document.language
    columns: list[tuple[str, str, str]] = []
    times: dict[datetime, dict[str, Number]] = {}
    for group in lines_of(section):
        for key, line in group.lines.items():
            title = _titled(line[0], language)
            columns.append((key, "value", title))
            if any(one.low is not None or one.high is not None for one in line):
                columns += [(key, side, say(f"column.{side}", language)) for side in ("low", "high")]
            if key in group.with_before:
                columns.append((key, "before", say("column.before", language)))
            for number in line:
                times.setdefault(number.span.start, {})[key] = number
    rows = []
    whole_days = section.layout is Layout.TIMES
    for start, there in sorted(times.items()):
        span = next(iter(there.values())).span
        shown = showing.day(start.date(), language) if whole_days else showing.time_of(span, document.span)
        rows.append((Cell(shown, start), *(_of_line(there.get(key), part) for key, part, _ in columns)))
    header = (say("column.time", language), *(title for _, _, title in columns))
    return Table(header, (False, *(True for _ in columns)), tuple(rows))


def _week(section: Section, language: Language) -> Iterator[Table]:
    """A row for each time of the day at which on any day there is something, and those between them."""
    busy = [one.span.start.time() for one in section.numbers if one.value]
    for line in _by_key(section.numbers).values():
        there = [one for one in line if not busy or min(busy) <= one.span.start.time() <= max(busy)]
        days = sorted({one.span.start.date() for one in there})
        rows: dict[time, dict[date, list[Number]]] = {}
        for number in there:
            at = number.span.start
            rows.setdefault(at.time(), {}).setdefault(at.date(), []).append(number)
        yield Table(
            (say("column.time", language), *(showing.day(day, language) for day in days)),
            (False, *(True for _ in days)),
            tuple(
                (Cell(f"{at:%H:%M}"), *(_of_half_hour(row.get(day, ())) for day in days))
                for at, row in sorted(rows.items())
            ),
            line[0].title,
        )


def _of_half_hour(numbers: Sequence[Number]) -> Cell:
    """One number; both where clocks that are put back bring a time twice."""
    cells = [_bounded(one) for one in numbers]
    return cells[0] if len(cells) == 1 else Cell(" / ".join(one.text for one in cells) or "–")


def _bounded(number: Number) -> Cell:
    if number.low is None or number.high is None or number.value is None:
        return _of_line(number)
    low, value, high = (showing.plain(one, number.unit) for one in (number.low, number.value, number.high))
    return Cell(f"{value} ({low}–{high})" if number.value else value, number.value, number.unit)


def _by_key(numbers: Iterable[Number]) -> dict[str, list[Number]]:
    found: dict[str, list[Number]] = {}
    for number in numbers:
        found.setdefault(number.key, []).append(number)
    return found


def _of_line(number: Number | None, part: str = "value") -> Cell:
    value: Decimal | None = None if number is None else getattr(number, part)
    if number is None or value is None:
        return Cell("–")
    shown = showing.plain(value, number.unit)
    if part != "value":
        return Cell(shown, value, number.unit)
    return Cell(shown, value, number.unit, number.good, number.behind)


def _grid(numbers: Iterable[Number], language: Language) -> Table:
    there = tuple(numbers)
    titles = {number.key: _titled(number, language) for number in there}
    cells: dict[tuple[str, str], dict[str, Number]] = {}
    names: dict[tuple[str, str], str] = {}
    for number in there:
        subject = (number.subject.kind, number.subject.name)
        names[subject] = number.subject.title
        cells.setdefault(subject, {})[number.key] = number
    rows = tuple((Cell(names[subject]), *(_of_line(of.get(key)) for key in titles)) for subject, of in cells.items())
    kind = there[0].subject.kind if there else "centre"
    return Table((say(f"column.{kind}", language), *titles.values()), (False, *(True for _ in titles)), rows)


def _value(number: Number, language: Language) -> Cell:
    text = showing.with_unit(number.value, number.unit, language)
    return Cell(text, number.value, number.unit, number.good, number.behind, _word(number.unit, language))


def _other(value: Decimal | None, unit: Unit, language: Language) -> Cell:
    text = showing.with_unit(value, unit, language)
    return EMPTY if value is None else Cell(text, value, unit, word=_word(unit, language))


def _sample(number: Number) -> Cell:
    """Of how many it was reckoned; a count is of itself, and has its share beside it."""
    return EMPTY if number.unit is Unit.CALLS else Cell(f"{number.sample:,}", Decimal(number.sample), Unit.CALLS)


def _changed(number: Number, language: Language) -> Cell:
    # Points are no percent: a change from 80 % to 76 % is not of 4 %.
    unit = Unit.POINTS if number.unit is Unit.PERCENT else number.unit
    word = say("unit.change.%", language) if number.unit is Unit.PERCENT else _word(unit, language)
    return Cell(showing.change(number, language), number.change, unit, word=word)


def _word(unit: Unit, language: Language) -> str:
    return "" if unit is Unit.PERCENT else say(f"unit.{unit}", language)


def _judged(number: Number, language: Language) -> Cell:
    return Cell(showing.judgement(number, language), good=number.good)


def _titled(number: Number, language: Language) -> str:
    """With its unit, where that does not say it a second time."""
    unit = "" if number.unit is Unit.PER_HOUR else say(f"unit.{number.unit}", language)
    return f"{number.title} ({unit})" if unit else number.title


_COLUMNS: tuple[tuple[str, bool, Callable[[Number, Language], Cell]], ...] = (
    ("figure", False, lambda number, _: Cell(number.title)),
    ("value", True, _value),
    ("share", True, lambda number, language: _other(number.share, Unit.PERCENT, language)),
    ("sample", True, lambda number, _: _sample(number)),
    ("band", True, lambda number, language: Cell(showing.band(number.band, language))),
    ("judgement", False, _judged),
    ("before", True, lambda number, language: _other(number.before, number.unit, language)),
    ("change", True, _changed),
)
"""The columns of a table of figures: name, whether to the right, and what a number has there. One that is empty in
every row is left out."""
