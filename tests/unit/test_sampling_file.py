"""Sampling rules as a file: what it says reaches the draw, and each fault is told at its place."""

from pathlib import Path

import pytest

from cti.sampling_file import load_sampling
from ivr.documents import DocumentError
from tests.house import HOUSE

pytestmark = pytest.mark.unit


def load(folder: Path, text: str) -> object:
    (folder / "quality").mkdir()
    (folder / "quality" / "sampling.yaml").write_text(text)
    return load_sampling(folder, {"hotline"}, {"sales", "support"})


def test_the_shipped_rules_hear_everybody_at_least_five_times_a_month() -> None:
    rules = load_sampling(HOUSE / "dialplans", {"hotline"}, set())
    assert rules is not None
    assert {rule.name: rule.per_agent_month for rule in rules.rules}["everybody"] == 5


def test_everything_a_file_says_reaches_the_rules(tmp_path: Path) -> None:
    rules = load(
        tmp_path,
        """\
at: "23:30"
look_back_days: 3
most_per_agent_month: 9
reviewers: {per_day: 4, open: 8}
rules:
  some:
    sheet: hotline
    where: {talk_from_s: 5, talk_to_s: 9, queues: [sales], teams: [night], agents: ["1001"], outcomes: [complaint],
            resolved: false, survey_at_most: 2, transferred: true, new_agent_days: 30}
    one_in: 4
    most_per_agent_month: 2
  all: {sheet: hotline, per_agent_shift: 3}
""",
    )
    assert rules is not None
    assert rules.model_dump(exclude_defaults=True) == {  # type: ignore[attr-defined]
        "at": "23:30", "look_back_days": 3, "most_per_agent_month": 9, "reviewer_per_day": 4, "reviewer_open": 8,
        "rules": (
            {"name": "some", "sheet": "hotline", "one_in": 4, "most_per_agent_month": 2,
             "where": {"talk_from_s": 5, "talk_to_s": 9, "queues": ("sales",), "teams": ("night",), "agents": ("1001",),
                       "outcomes": ("complaint",), "resolved": False, "survey_at_most": 2, "transferred": True,
                       "new_agent_days": 30}},
            {"name": "all", "sheet": "hotline", "per_agent_shift": 3},
        ),
    }  # fmt: skip


def test_a_centre_without_rules_has_none(tmp_path: Path) -> None:
    assert load_sampling(tmp_path, {"hotline"}, set()) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("rules: {a: {sheet: hotlin, one_in: 2}}", '1:20: unknown score sheet "hotlin", did you mean "hotline"?'),
        (
            "rules: {a: {sheet: hotline, one_in: 2, where: {queues: [sale]}}}",
            '1:57: unknown queue "sale", did you mean "sales"?',
        ),
        ("rules: {a: {sheet: hotline}}", "1:12: keys and values do not fit here (expected keys with exactly one of"),
        ("rules: {a: {sheet: hotline, one_in: 2, per_agent_month: 3}}", "1:12: keys and values do not fit here"),
        ('at: "24:00"\nrules: {}', '1:5: "24:00" does not fit'),
        (
            "rules: {a: {sheet: hotline, one_in: 2, where: {talk_from_s: 9, talk_to_s: 5}}}",
            "1:75: no call is as long as 9 s and no longer than 5 s (expected 9 or more)",
        ),
    ],
)
def test_a_fault_is_told_at_its_place(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(DocumentError) as refused:
        load(tmp_path, text)
    (told,) = refused.value.problems
    assert str(told).removeprefix(f"{tmp_path}/quality/sampling.yaml:").startswith(problem)
