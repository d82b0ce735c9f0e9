"""When a new Asterisk may begin: no call of its own may bear the name of a call of the one before."""

import os
from pathlib import Path

import pytest

from cti.asterisk.process import rest_of_second

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("written_s", "now_s", "rest_s"),
    [
        (1_800_000_000.1, 1_800_000_000.25, 0.75),
        (1_799_999_999.9, 1_800_000_000.25, 0.0),
        (1_800_000_001.0, 1_800_000_000.25, 0.0),  # the clock was set back: nothing can be said
    ],
)
def test_it_does_not_begin_within_the_second_of_the_last_line_of_the_ledger(
    tmp_path: Path, written_s: float, now_s: float, rest_s: float
) -> None:
    ledger = tmp_path / "ledger.csv"
    ledger.touch()
    os.utime(ledger, (written_s, written_s))
    assert rest_of_second(ledger, now_s) == pytest.approx(rest_s)


def test_where_nothing_was_written_it_begins_at_once(tmp_path: Path) -> None:
    assert rest_of_second(tmp_path / "ledger.csv", 1_800_000_000.25) == 0.0
