"""Workbooks (XLSX), by XlsxWriter. Numbers are numbers, percent are fractions with a percent format, times are local
times of the centre; every text is written as text, so that none is ever computed.
"""

from datetime import datetime
from decimal import Decimal
from itertools import count
from re import sub
from typing import IO

from wcwidth import wcswidth
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from recording.reports import showing
from recording.reports.columns import Datum, Export, Kind, numbers_of
from recording.reports.document import ReportDocument, Section, Unit
from recording.reports.tables import Cell, Table, formulas_of, tables_of
from recording.reports.words import say

ROWS_AT_MOST = 1_048_576
"""Of one sheet, its header included (Excel's specifications and limits)."""

TEXT_AT_MOST = 32_767
"""Characters of one cell (the same source)."""

WIDEST = 48

FORMATS = {
    Unit.PERCENT: "0.0%",
    Unit.SECONDS: "#,##0.0",
    Unit.MONEY: "#,##0.00",
    Unit.RINGS: "0.0",
    Unit.PER_HOUR: "0.0",
    Unit.POINTS: "0.0",
    Unit.CALLS: "#,##0",
    Unit.PEOPLE: "#,##0",
    Unit.HOURS: "#,##0.0",
}
INSTANT = "yyyy-mm-dd hh:mm:ss"
COLOURS = {True: "#E3F1E5", False: "#FBE6D0"}
"""Behind what is good, and what is not."""


class TooManyRows(ValueError):
    """More than a sheet can hold."""

    id = "too-many-rows"

    def __init__(self) -> None:
        super().__init__(f"a sheet holds {ROWS_AT_MOST - 1:,} rows; expected fewer, or the format csv or parquet")


def write_report(document: ReportDocument, file: IO[bytes]) -> None:
    """A report: a sheet for each section as people read it, one of all numbers, one of the formulas."""
    with Workbook(file, {"in_memory": True, "default_date_format": INSTANT}) as book:
        book.set_properties({"title": document.title, "created": document.made_at.replace(tzinfo=None)})
        look = _Look(book)
        names = _Names()
        for section in document.sections:
            sheet = book.add_worksheet(names(section.title))
            _write_headline(sheet, document, look)
            _write_section(sheet, section, document, look)
        _write_export(book.add_worksheet(names(say("all-numbers", document.language))), numbers_of(document), look)
        sheet = book.add_worksheet(names(say("formulas", document.language)))
        _write_headline(sheet, document, look)
        _write_table(sheet, formulas_of(document), look)
        sheet.freeze_panes(TABLE_AT + 1, 1)


def write_workbook(export: Export, file: IO[bytes]) -> None:
    """Columns and rows on one sheet, row by row, whatever their number. Raises TooManyRows."""
    with Workbook(file, {"constant_memory": True, "default_date_format": INSTANT}) as book:
        _write_export(book.add_worksheet(_Names()(export.title)), export, _Look(book))


class _Look:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, bool | None], Format] = {}
        self.title = book.add_format({"bold": True, "font_size": 13})
        self.header = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.instant = book.add_format({"num_format": INSTANT})

    def number(self, unit: Unit, good: bool | None = None, word: str = "") -> Format:
        """How a number of that unit looks, with the word that people read behind it."""
        return self._of(f'{FORMATS[unit]}" {word}"' if word else FORMATS[unit], good)

    def judged(self, good: bool) -> Format:
        """How the word of a judgement looks."""
        return self._of("@", good)

    def _of(self, form: str, good: bool | None) -> Format:
        if (made := self._made.get((form, good))) is None:
            colour = {} if good is None else {"bg_color": COLOURS[good]}
            made = self._made[form, good] = self._book.add_format({"num_format": form, **colour})
        return made


TABLE_AT = 3
"""The row of a table's header, below the headline of the sheet."""


def _write_headline(sheet: Worksheet, document: ReportDocument, look: _Look) -> None:
    language = document.language
    title = f"{document.centre} · {document.title} · {showing.subject(document.subject, language)}"
    sheet.write_string(0, 0, title, look.title)
    when = f"{showing.span(document.span, language)} ({document.time_zone})"
    if document.compared is not None:
        when += f" · {say('compared', language, when=showing.span(document.compared, language))}"
    sheet.write_string(1, 0, when)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)  # on paper a row stands on one page


def _write_section(sheet: Worksheet, section: Section, document: ReportDocument, look: _Look) -> None:
    sheet.write_string(TABLE_AT - 1, 0, section.note)
    at, tables = TABLE_AT, tables_of(section, document)
    for table in tables:
        if len(tables) > 1:
            sheet.write_string(at, 0, table.caption, look.title)
            at += 1
        at = _write_table(sheet, table, look, at) + 1
    sheet.freeze_panes(TABLE_AT + 1 if len(tables) == 1 else TABLE_AT, 1)


def _write_table(sheet: Worksheet, table: Table, look: _Look, at: int = TABLE_AT) -> int:
    """The table with its header in row `at`; the row after it."""
    for column, title in enumerate(table.header):
        sheet.write_string(at, column, title, look.header)
        texts = (title, *(row[column].text for row in table.rows))
        sheet.set_column(column, column, min(max(map(wcswidth, texts)) + 2, WIDEST))
    for line, row in enumerate(table.rows, at + 1):
        for column, cell in enumerate(row):
            _write_cell(sheet, line, column, cell, look)
    return at + 1 + len(table.rows)


def _write_cell(sheet: Worksheet, row: int, column: int, cell: Cell, look: _Look) -> None:
    value, unit = cell.value, cell.unit
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), look.instant)
    elif value is None or unit is None:
        sheet.write_string(row, column, cell.text, None if cell.good is None else look.judged(cell.good))
    else:
        number = value / 100 if unit is Unit.PERCENT else value
        sheet.write_number(row, column, float(number), look.number(unit, cell.good, cell.word))


def _write_export(sheet: Worksheet, export: Export, look: _Look) -> None:
    for column, one in enumerate(export.columns):
        zone = f" ({export.time_zone})" if one.kind is Kind.INSTANT else ""
        sheet.write_string(0, column, f"{one.name}{zone}", look.header)
        sheet.set_column(column, column, 20 if one.kind in (Kind.TEXT, Kind.INSTANT) else 12)
    sheet.freeze_panes(1, 0)
    for at, row in enumerate(export.rows, 1):
        if at >= ROWS_AT_MOST:
            raise TooManyRows
        for column, value in enumerate(row):
            _write_datum(sheet, at, column, value, look)


def _write_datum(sheet: Worksheet, row: int, column: int, value: Datum, look: _Look) -> None:
    match value:
        case None:
            pass
        case bool():
            sheet.write_boolean(row, column, value)
        case datetime():
            sheet.write_datetime(row, column, value.replace(tzinfo=None), look.instant)
        case int() | Decimal():
            sheet.write_number(row, column, float(value))
        case str():
            sheet.write_string(row, column, value.replace("\r\n", "\n")[:TEXT_AT_MOST])


class _Names:
    """Names of sheets: at most 31 characters, without those that Excel refuses, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def __call__(self, title: str) -> str:
        plain = sub(r"[\[\]:*?/\\ ]+", " ", title).strip("' ")[:31].rstrip() or "-"
        for number in count(2):
            if plain.casefold() not in self._taken:
                break
            plain = f"{plain[:27]} {number}"
        self._taken.add(plain.casefold())
        return plain
