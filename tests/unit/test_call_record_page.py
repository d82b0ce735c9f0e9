"""docs/call-record.md names every story that is kept, every field of the record and every kind of segment."""

import re
from pathlib import Path

import pytest

from recording.record import CallRecord, SegmentKind
from tests.ledgers import CALLBACKS, FOLDER

pytestmark = pytest.mark.unit

PAGE = (Path(__file__).parents[2] / "docs/call-record.md").read_text("utf-8")


def _rows(heading: str) -> str:
    """The tables of one section."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return "\n".join(line for line in section.splitlines() if line.startswith("| "))


def test_every_kept_ledger_is_on_the_page_and_every_ledger_on_the_page_is_kept() -> None:
    kept = {folder.name for place in (FOLDER, CALLBACKS) for folder in place.iterdir()}
    assert set(re.findall(r"`(\w+)`", _rows("Story by story"))) == kept


def test_every_field_is_on_the_page() -> None:
    assert set(CallRecord.model_fields) <= set(re.findall(r"`(\w+)`", _rows("Fields")))


def test_every_kind_of_segment_is_on_the_page() -> None:
    assert {kind.value for kind in SegmentKind} <= set(re.findall(r"`(\w+)`", _rows("Segments")))
