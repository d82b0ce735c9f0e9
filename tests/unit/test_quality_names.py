"""What of the quality files is worth a word though it fits: names that nobody has, languages that are not spoken."""

from pathlib import Path

import pytest

from cti.quality_names import Known, unknown_in, warnings
from cti.sampling_file import load_sampling
from tests.house import HOUSE

pytestmark = pytest.mark.unit

KNOWN = Known(agents=["1001", "1002"], teams=["north"], outcomes=["complaint", "solved"], reviewers=["anna", "boris"])
RULES = """\
reviewers:
  never: {ana: {agents: ["1002", "1003"], teams: [nort]}}
rules:
  some:
    sheet: hotline
    where: {outcomes: [complaint, complain], agents: ["1001", "9"], teams: [north, south]}
    one_in: 4
    reviewers: [anna, borsi]
"""


def folder(tmp_path: Path, *, rules: str = "", sheet: str = "") -> Path:
    (tmp_path / "quality" / "sheets").mkdir(parents=True)
    if rules:
        (tmp_path / "quality" / "sampling.yaml").write_text(rules)
    if sheet:
        (tmp_path / "quality" / "sheets" / "hotline.yaml").write_text(sheet)
    return tmp_path


def told(place: Path, known: Known | None = KNOWN) -> list[str]:
    return [str(one).removeprefix(f"{place}/quality/") for one in warnings(place, ("cmn", "en"), known)]


def test_names_that_nobody_has_are_told_at_their_place_with_the_nearest(tmp_path: Path) -> None:
    place = folder(tmp_path, rules=RULES)
    assert told(place) == [
        'sampling.yaml:2:11: unknown reviewer "ana", did you mean "anna"? (expected one of: anna, boris)',
        'sampling.yaml:2:34: unknown agent "1003", did you mean "1002"? (expected one of: 1001, 1002)',
        'sampling.yaml:2:51: unknown team "nort", did you mean "north"? (expected one of: north)',
        'sampling.yaml:6:63: unknown agent "9" (expected one of: 1001, 1002)',
        'sampling.yaml:6:84: unknown team "south", did you mean "north"? (expected one of: north)',
        'sampling.yaml:6:35: unknown outcome code "complain", did you mean "complaint"? '
        "(expected one of: complaint, solved)",
        'sampling.yaml:8:23: unknown reviewer "borsi", did you mean "boris"? (expected one of: anna, boris)',
    ]
    assert told(place, None) == [], "where nobody knows the names"
    rules = load_sampling(place, {"hotline"}, set())
    assert rules is not None
    assert unknown_in(rules, KNOWN) == [
        "reviewer ana", "agent 1003", "team nort", "agent 9", "team south", "outcome code complain", "reviewer borsi",
    ]  # fmt: skip


def test_a_sheet_that_speaks_one_language_fits_and_what_is_missing_is_told_once(tmp_path: Path) -> None:
    sheet = """\
title: {en: Hotline}
sections:
  one: {title: {en: One, fr: Un}, items: {spoke: {title: {cmn: 说, en: Spoke}, kind: yes_no, weight: 1}}}
"""
    assert told(folder(tmp_path, sheet=sheet)) == [
        'sheets/hotline.yaml:3:26: unknown language "fr" (expected one of: cmn, en)',
        'sheets/hotline.yaml:1:1: not all of it is said in "cmn"; who reads that sees the first language there is '
        '(expected "cmn" here)',
    ]


def test_the_shipped_files_are_worth_no_word() -> None:
    assert list(warnings(HOUSE / "dialplans", ("cmn", "en"), KNOWN)) == []
