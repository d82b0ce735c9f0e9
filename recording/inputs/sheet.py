"""Tables that people keep in spreadsheets, as CSV: read with every fault told by row and column, and written back
in the same form. What a sheet holds, and where its rows go, is decided by whoever describes it.
"""

import csv
import io
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not fit: the row as a spreadsheet counts (the header is row 1), the column, empty where it is the whole
    row, and what was expected there. The value is not repeated: it may be a caller's."""

    row: int
    column: str
    expected: str

    def __str__(self) -> str:
        return f"row {self.row}{f', {self.column}' if self.column else ''}: expected {self.expected}"


class CellError(ValueError):
    """A cell that does not fit, found when the row was put together; the text says what was expected."""

    id = "cell-invalid"

    def __init__(self, column: str, expected: str) -> None:
        super().__init__(expected)
        self.column = column


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`read` makes a value of a cell's text and raises ValueError where it cannot; `expected` says then what a cell
    should hold. `otherwise` is taken for the text where the column is missing, or the cell empty; None:
    the column must be there. `write` is the
    inverse of `read`."""

    name: str
    expected: str
    read: Callable[[str], Any] = str
    write: Callable[[Any], str] = str
    otherwise: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet(Generic[Row]):
    """`make` puts a row together from its values by column, and may raise CellError; `take` is its inverse. No two rows
    may have the same `key`."""

    name: str
    columns: Sequence[Column]
    make: Callable[..., Row]
    take: Callable[[Row], Mapping[str, Any]]
    key: Callable[[Row], Hashable]

    @property
    def required(self) -> frozenset[str]:
        """The columns that must be there."""
        return frozenset(column.name for column in self.columns if column.otherwise is None)

    @property
    def names(self) -> tuple[str, ...]:
        """All columns, in order."""
        return tuple(column.name for column in self.columns)

    def fits(self, header: Iterable[str]) -> bool:
        """Whether a file with this header line is such a sheet."""
        return self.required <= set(header) <= set(self.names)


@dataclass(frozen=True, slots=True)
class Reading(Generic[Row]):
    """The rows that fit, by the number of each, and all faults in order of rows."""

    rows: Mapping[int, Row] = field(default_factory=dict)
    faults: Sequence[Fault] = ()

    def checked(self, check: Callable[[Row], Iterable[tuple[str, str]]]) -> "Reading[Row]":
        """Held against what only the caller knows: `check` gives (column, expected) for what does not fit in a row."""
        found = {number: [Fault(number, *one) for one in check(row)] for number, row in self.rows.items()}
        rows = {number: row for number, row in self.rows.items() if not found[number]}
        faults = [*self.faults, *chain.from_iterable(found.values())]
        return Reading(rows, sorted(faults, key=lambda fault: fault.row))


def header_of(text: str) -> tuple[str, ...]:
    """The names in the first line; none where it is no such line."""
    try:
        return tuple(name.strip() for name in next(_lines(text), []))
    except csv.Error:
        return ()


def _lines(text: str) -> Iterator[list[str]]:
    """With commas between the cells, or what a spreadsheet writes where the comma is for decimals: semicolons, tabs."""
    plain = text.removeprefix("\ufeff")
    first = plain.partition("\n")[0]
    between = next((one for one in (",", ";", "\t") if one in first), ",")
    return csv.reader(io.StringIO(plain, newline=""), delimiter=between, strict=True)


def read_sheet(sheet: Sheet[Row], text: str) -> Reading[Row]:
    """Every row of the text that fits, and every fault of the others; blank lines are passed over. Text that is no
    such sheet at all has one fault, in row 1."""
    header = header_of(text)
    if not sheet.fits(header) or len(set(header)) < len(header):
        others = [name for name in sheet.names if name not in sheet.required]
        expected = ", ".join(name for name in sheet.names if name in sheet.required)
        more = f", and any of {', '.join(others)}" if others else ""
        return Reading({}, [Fault(1, "", f"a header line with {expected}{more}, each once")])
    rows: dict[int, Row] = {}
    faults: list[Fault] = []
    keys: dict[Hashable, int] = {}
    lines = _lines(text)
    next(lines)
    number = 1
    while True:
        number += 1
        try:
            cells = next(lines, None)
        except csv.Error as error:
            faults.append(Fault(number, "", f"quotes that fit together ({error})"))
            break
        if cells is None:
            break
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            faults.append(Fault(number, "", f"{len(header)} cells, as the header line has, not {len(cells)}"))
            continue
        row = _row(sheet, dict(zip(header, cells, strict=True)), number)
        if isinstance(row, list):
            faults += row
            continue
        if (first := keys.setdefault(sheet.key(row), number)) != number:
            faults.append(Fault(number, "", f"a row of its own; this one is in row {first} already"))
            continue
        rows[number] = row
    return Reading(rows, faults)


def write_sheet(sheet: Sheet[Row], rows: Iterable[Row]) -> str:
    """The rows as CSV with a header line; `read_sheet` reads the same rows from it."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(sheet.names)
    for row in rows:
        values = sheet.take(row)
        lines.writerow([column.write(values[column.name]) for column in sheet.columns])
    return out.getvalue()


def _row(sheet: Sheet[Row], cells: Mapping[str, str], number: int) -> Row | list[Fault]:
    """The row, or what is wrong with it."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for column in sheet.columns:
        text = cells.get(column.name, "").strip() or column.otherwise or ""
        try:
            values[column.name] = column.read(text)
        except ValueError:
            faults.append(Fault(number, column.name, column.expected))
    if faults:
        return faults
    try:
        return sheet.make(**values)
    except CellError as error:
        return [Fault(number, error.column, str(error))]
