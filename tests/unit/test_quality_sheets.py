"""Score sheets as files: the shipped one fits, what a file says reaches the sheet, each fault is told at its place."""

from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from cti.quality_files import SheetFile, load_sheets
from cti.schemas import schema_of
from ivr.documents import DocumentError
from ivr.yaml_tree import parse
from recording.quality.sheets import ItemKind, ScoreSheet
from tests.house import HOUSE

pytestmark = pytest.mark.unit

EXAMPLES = HOUSE / "tests" / "fixtures" / "quality"


def faults(folder: Path) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        load_sheets(folder)
    return [str(one).removeprefix(f"{folder}/quality/") for one in refused.value.problems]


def test_the_shipped_sheet_speaks_both_languages_and_its_weights_are_percent() -> None:
    sheet = load_sheets(HOUSE / "dialplans")["hotline"]
    assert sum(item.weight for item in sheet.items()) == 100
    assert {item.kind for item in sheet.items()} == set(ItemKind)
    assert {0, 59} == {one.cap for one in sheet.fatal}


def test_everything_a_file_says_reaches_the_sheet() -> None:
    sheet = load_sheets(EXAMPLES / "good")["everything"]
    assert (sheet.pass_mark, sheet.appeal_days) == (75, 3)
    spoke, listened, wrote = sheet.items()
    assert (spoke.most, spoke.weight, spoke.comment_below, spoke.not_applicable) == (1, 1, 1, False)
    assert (listened.most, listened.weight, listened.comment_below, listened.not_applicable) == (5, 3, 4, True)
    assert (wrote.most, wrote.comment_below, wrote.title["en"]) == (10, 4, "Wrote")
    assert {one.name: one.cap for one in sheet.fatal} == {"lied": 20, "swore": 0}


def test_a_sheet_comes_back_from_what_is_kept_of_it_and_any_change_has_another_digest() -> None:
    sheet = load_sheets(EXAMPLES / "good")["everything"]
    kept = ScoreSheet.model_validate_json(sheet.model_dump_json())
    assert (kept, kept.digest) == (sheet, sheet.digest)
    assert sheet.model_copy(update={"pass_mark": 76}).digest != sheet.digest


def test_every_fault_in_every_sheet_is_told_at_its_place() -> None:
    assert faults(EXAMPLES / "bad") == (EXAMPLES / "bad" / "expected").read_text("utf-8").splitlines()


def test_a_centre_without_sheets_has_none(tmp_path: Path) -> None:
    assert load_sheets(tmp_path) == {}


def test_the_schema_takes_the_good_sheet_and_not_the_one_of_bad_form() -> None:
    check = Draft7Validator(schema_of(SheetFile))
    for name, fits in (("good/quality/sheets/everything", True), ("bad/quality/sheets/form", False)):
        assert check.is_valid(parse((EXAMPLES / f"{name}.yaml").read_text("utf-8")).value) is fits
