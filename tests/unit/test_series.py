"""The files of a series: which there are, in which order they were written, and what becomes of one moved aside."""

import os
from pathlib import Path

import pytest

from recording.series import Series

pytestmark = pytest.mark.unit


@pytest.fixture
def series(tmp_path: Path) -> Series:
    return Series(tmp_path / "cel-custom" / "ledger.csv")


def written(path: Path, text: str, at_s: int) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    os.utime(path, (at_s, at_s))


def names(series: Series) -> list[str]:
    return [path.name for path in series.files()]


def test_of_nothing_there_are_no_files_and_nothing_is_moved(series: Series) -> None:
    assert names(series) == []
    assert series.number == 1
    series.path.parent.mkdir()
    assert series.move_aside() is None


def test_files_moved_aside_are_counted_up_and_come_before_the_one_that_is_written(series: Series) -> None:
    for text in ("a", "b", "c"):
        written(series.path, text, 1)
        if text != "c":
            series.move_aside()
    assert names(series) == ["ledger.csv.000001", "ledger.csv.000002", "ledger.csv"]
    assert [path.read_text() for path in series.files()] == ["a", "b", "c"]
    assert series.number == 3


def test_counting_goes_on_though_the_old_files_are_gone(series: Series) -> None:
    written(series.path, "a", 1)
    series.path.with_name("ledger.csv.000041").touch()
    assert series.move_aside() == series.path.with_name("ledger.csv.000042")


def test_a_number_is_not_given_again_for_which_there_is_a_file_beside(series: Series) -> None:
    written(series.held(7), "what held", 1)
    assert series.number == 7
    assert names(series) == []


def test_files_that_somebody_else_put_aside_stand_where_their_last_line_does(series: Series) -> None:
    for name, at_s in (
        ("ledger.csv.000001", 10),
        ("ledger.csv.1", 20),
        ("ledger-20261122.csv", 15),
        ("ledger.csv", 30),
    ):
        written(series.path.with_name(name), name, at_s)
    written(series.path.with_name("ledger.csv.000002"), "", 18)
    assert names(series) == [
        "ledger.csv.000001", "ledger-20261122.csv", "ledger.csv.000002", "ledger.csv.1", "ledger.csv",
    ]  # fmt: skip


@pytest.mark.parametrize(("size", "expected"), [(0, b""), (1, b"f"), (3, b"def"), (5, b"bcdef"), (100, b"abcdef")])
def test_the_last_lines_are_read_across_files(series: Series, size: int, expected: bytes) -> None:
    for text in ("ab", "cd", "ef"):
        written(series.path, text, 1)
        if text != "ef":
            series.move_aside()
    assert b"".join(series.last_lines(size)) == expected
