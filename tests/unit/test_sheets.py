"""Sheets: every fault told by row and column, and what is written is read the same."""

import csv
import io
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.inputs import cells
from recording.inputs.costs import SHEET as COSTS
from recording.inputs.outcomes import SHEET, Outcome
from recording.inputs.scores import SHEET as SCORES
from recording.inputs.sheet import CellError, Column, Fault, Sheet, read_sheet, write_sheet

pytestmark = pytest.mark.unit


@dataclass(frozen=True)
class Pair:
    name: str
    number: int
    note: str


def make(name: str, number: int, note: str) -> Pair:
    if number > 9:
        raise CellError("number", "a number below 10")
    return Pair(name, number, note)


PAIRS: Sheet[Pair] = Sheet(
    name="pairs",
    columns=(
        Column(name="name", expected="a name", read=cells.fitting(cells.NAME)),
        Column(name="number", expected="a number", read=int),
        cells.note_column(),
    ),
    make=make,
    take=lambda pair: {"name": pair.name, "number": pair.number, "note": pair.note},
    key=lambda pair: pair.name,
)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("name,number\na,1\nb,two\n", ["row 3, number: expected a number"]),
        ("name,number\na,1\n\nb,10\n", ["row 4, number: expected a number below 10"]),
        ("number,name\n1,a\n2,a\n", ["row 3: expected a row of its own; this one is in row 2 already"]),
        ("name,number\na\n", ["row 2: expected 2 cells, as the header line has, not 1"]),
        ("name\na\n", ["row 1: expected a header line with name, number, and any of note, each once"]),
        ("name,number,colour\n", ["row 1: expected a header line with name, number, and any of note, each once"]),
        ("name,number,name\n", ["row 1: expected a header line with name, number, and any of note, each once"]),
        ("", ["row 1: expected a header line with name, number, and any of note, each once"]),
    ],
)
def test_what_does_not_fit_is_told_with_row_and_column(text: str, faults: list[str]) -> None:
    assert [str(fault) for fault in read_sheet(PAIRS, text).faults][: len(faults)] == faults


def test_every_fault_of_a_row_is_told_and_the_other_rows_are_read() -> None:
    reading = read_sheet(PAIRS, "name,number,note\nA,one,ok\nb,2,fine\n")
    assert reading.rows == {3: Pair("b", 2, "fine")}
    assert reading.faults == [Fault(2, "name", "a name"), Fault(2, "number", "a number")]


def test_quotes_that_do_not_fit_end_the_reading_with_a_fault() -> None:
    reading = read_sheet(PAIRS, 'name,number\na,1\nb,"2"2\n')
    assert (list(reading.rows), [fault.row for fault in reading.faults]) == ([2], [3])


def test_a_check_takes_rows_out_and_adds_their_faults_in_order() -> None:
    reading = read_sheet(PAIRS, "name,number\na,1\nb,two\nc,3\n")
    checked = reading.checked(lambda pair: [("name", "somebody we know")] if pair.name == "a" else [])
    assert list(checked.rows) == [4]
    assert [(fault.row, fault.column) for fault in checked.faults] == [(2, "name"), (3, "number")]


NAMES = st.from_regex(cells.NAME, fullmatch=True)
TITLES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Cf"], exclude_characters=";="),
    min_size=1,
    max_size=20,
)
OUTCOMES = st.builds(
    Outcome,
    code=st.from_regex(r"[a-z0-9][a-z0-9_-]{0,31}", fullmatch=True),
    titles=st.dictionaries(NAMES, TITLES, min_size=1, max_size=3),
    resolved=st.booleans(),
    queues=st.lists(NAMES, max_size=3).map(tuple),
    keys=st.from_regex(r"[0-9]{0,4}", fullmatch=True),
    active=st.booleans(),
)


@given(st.lists(OUTCOMES, unique_by=lambda one: one.code, max_size=5))
def test_what_is_written_is_read_the_same(outcomes: list[Outcome]) -> None:
    reading = read_sheet(SHEET, write_sheet(SHEET, outcomes))
    assert (list(reading.rows.values()), reading.faults) == (outcomes, [])


@given(st.text(max_size=200))
def test_any_text_is_read_to_its_end(text: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerow(PAIRS.names)
    reading = read_sheet(PAIRS, out.getvalue() + text)
    assert all(fault.row > 1 for fault in reading.faults)


@pytest.mark.parametrize("between", [";", "\t"])
def test_what_spreadsheets_of_other_countries_put_between_cells_is_read(between: str) -> None:
    text = "\ufeffname,number,note\r\na,1,x\r\n".replace(",", between)
    assert read_sheet(PAIRS, text).rows == {2: Pair("a", 1, "x")}


def test_a_header_too_long_for_any_is_a_fault() -> None:
    (fault,) = read_sheet(PAIRS, "x" * 200_000).faults
    assert (fault.row, fault.expected[:13]) == (1, "a header line")


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_that_no_calendar_of_a_centre_has_is_a_fault_of_its_column(day: str) -> None:
    (fault,) = read_sheet(COSTS, f"what,first,last,amount,currency\nRent,{day},9999-12-30,1,CNY\n").faults[:1]
    assert (fault.row, fault.column) == (2, "first")
    (fault,) = read_sheet(SCORES, f"agent,at,score\n1001,{day} 10:00,5\n").faults
    assert (fault.row, fault.column) == (2, "at")
