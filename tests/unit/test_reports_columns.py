"""Reports as CSV, Parquet and workbooks, each read back by another library than the one that wrote it."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import parse_qs

import openpyxl
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.reports.columns import NUMBER_COLUMNS, Column, Datum, Export, Kind, numbers_of
from recording.reports.document import Language
from recording.reports.rendering import workbook
from recording.reports.rendering.csv_file import BOM, FORMULA, csv_of
from recording.reports.rendering.parquet import write_parquet
from recording.reports.rendering.workbook import TooManyRows, write_report, write_workbook
from recording.reports.words import say
from tests.sample_report import START, ZONE, sample_report

pytestmark = pytest.mark.unit

COLUMNS = (
    Column("text", Kind.TEXT, "any text"),
    Column("number", Kind.NUMBER, "any number", "s"),
    Column("count", Kind.COUNT, "any count"),
    Column("instant", Kind.INSTANT, "any time"),
    Column("truth", Kind.TRUTH, "whether"),
)
ROWS: tuple[Sequence[Datum], ...] = (
    ('李娜, "Li"\r\nNa', Decimal("-1.50"), -3, START, True),
    ("=1+1", None, None, None, None),
    ("+8613800138000", Decimal("0"), 0, START, False),
)


def export(rows: Iterable[Sequence[Datum]] = ROWS) -> Export:
    return Export("Sheet: [a/b]", COLUMNS, rows, ZONE.key, {"made": "now"})


def read_csv(export: Export, *, bom: bool = False) -> list[list[str]]:
    written = b"".join(csv_of(export, bom=bom)).decode("utf-8-sig" if bom else "utf-8")
    return list(csv.reader(io.StringIO(written, newline=""), strict=True))


def test_csv_is_read_back_with_texts_that_no_spreadsheet_computes_and_numbers_that_are_numbers() -> None:
    assert read_csv(export()) == [
        ["text", "number", "count", "instant", "truth"],
        ['李娜, "Li"\r\nNa', "-1.50", "-3", "2026-11-20T00:00:00+08:00", "true"],
        ["'=1+1", "", "", "", ""],
        ["'+8613800138000", "0", "0", "2026-11-20T00:00:00+08:00", "false"],
    ]


def test_every_line_of_csv_ends_as_the_standard_has_it_and_the_byte_order_mark_comes_when_it_is_asked_for() -> None:
    plain, marked = (b"".join(csv_of(export(ROWS[1:]), bom=bom)) for bom in (False, True))
    assert plain.count(b"\r\n") == plain.count(b"\n") == 3
    assert marked == BOM.encode() + plain


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), max_size=5))
def test_any_text_comes_back_from_csv_and_none_begins_as_a_formula_does(texts: list[str]) -> None:
    rows = [(text, None, None, None, None) for text in texts]
    for text, row in zip(texts, read_csv(export(rows))[1:], strict=True):
        assert not row[0].startswith(FORMULA)
        assert row[0].removeprefix("'") == text.removeprefix("'")


def test_a_long_export_comes_in_pieces() -> None:
    pieces = list(csv_of(export([("x", None, at, None, None) for at in range(1_200)])))
    assert len(pieces) == 3
    assert b"".join(pieces).count(b"\r\n") == 1_201


def test_parquet_has_types_units_and_the_zone() -> None:
    file = io.BytesIO()
    write_parquet(export(), file)
    table = pq.read_table(io.BytesIO(file.getvalue()))
    assert [field.type for field in table.schema] == [
        pa.string(),
        pa.float64(),
        pa.int64(),
        pa.timestamp("us", tz="Asia/Shanghai"),
        pa.bool_(),
    ]
    assert table.schema.field("number").metadata[b"unit"] == b"s"
    assert json.loads(table.schema.metadata[b"callcenter"]) == {"title": "Sheet: [a/b]", "made": "now"}
    assert table.column("text").to_pylist() == [row[0] for row in ROWS]
    assert table.column("number").to_pylist() == [-1.5, None, 0.0]
    assert table.column("instant").to_pylist()[0].astimezone(UTC) == START.astimezone(UTC)
    assert table.column("truth").to_pylist() == [True, None, False]


def test_parquet_without_rows_is_a_table_all_the_same() -> None:
    file = io.BytesIO()
    write_parquet(export([]), file)
    assert pq.read_table(io.BytesIO(file.getvalue())).num_rows == 0


def test_every_number_of_a_report_is_a_row_with_the_query_of_its_calls() -> None:
    document = sample_report()
    header, *rows = read_csv(numbers_of(document))
    assert header == [column.name for column in NUMBER_COLUMNS]
    assert len(rows) == sum(len(section.numbers) for section in document.sections)
    first = dict(zip(header, rows[0], strict=True))
    assert (first["value"], first["unit"], first["change"], first["good"]) == ("76.25", "%", "-5.25", "false")
    assert parse_qs(first["calls"]) == {"since": ["2026-11-20T00:00:00+08:00"], "queue": ["sales"]}
    file = io.BytesIO()
    write_parquet(numbers_of(document), file)
    read = pq.read_table(io.BytesIO(file.getvalue())).to_pylist()
    assert [row["value"] for row in read[:3]] == [76.25, 312.55, None]


@pytest.mark.parametrize("language", Language)
def test_a_workbook_has_numbers_that_are_numbers_percent_that_are_percent_and_no_formula(language: Language) -> None:
    file = io.BytesIO()
    document = sample_report(language)
    write_report(document, file)
    book = openpyxl.load_workbook(io.BytesIO(file.getvalue()))
    assert len(book.sheetnames) == len(document.sections) + 2
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "B5"
    level, handled, missing = (sheet.cell(row, 2) for row in (5, 6, 7))
    assert (level.value, level.number_format) == (0.7625, "0.0%")
    second, points = say("unit.s", language), say("unit.change.%", language)
    assert (handled.value, handled.number_format) == (312.55, f'#,##0.0" {second}"')
    change = sheet.cell(5, 7)
    assert change.value == pytest.approx(-5.25)
    assert change.number_format == f'0.0" {points}"'
    assert missing.value == ("no data" if language is Language.ENGLISH else "无数据")
    agents = book.worksheets[3]
    assert agents["A6"].value == '=HYPERLINK("x")'
    assert agents["A6"].data_type == "s"
    times = book.worksheets[2]
    assert times["A5"].value == datetime(2026, 11, 20, 8)
    assert all(cell.data_type != "f" for one in book.worksheets for row in one.iter_rows() for cell in row)
    book.close()


def test_a_workbook_of_rows_keeps_times_of_the_centre_and_refuses_more_than_a_sheet_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = io.BytesIO()
    write_workbook(export(), file)
    sheet = openpyxl.load_workbook(io.BytesIO(file.getvalue())).worksheets[0]
    assert sheet.title == "Sheet a b"
    assert sheet["D1"].value == "instant (Asia/Shanghai)"
    read = [cell.value for cell in next(sheet.iter_rows(min_row=2))]
    assert read == ['李娜, "Li"\nNa', -1.5, -3, datetime(2026, 11, 20), True]
    monkeypatch.setattr(workbook, "ROWS_AT_MOST", 3)
    with pytest.raises(TooManyRows):
        write_workbook(export(), io.BytesIO())
