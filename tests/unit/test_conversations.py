"""Example conversations: what is expected is held against what would happen, and told at its place in the file."""

from pathlib import Path

import pytest

from cti.centre import load_centre
from cti.conversations import ConversationsFailed, Outcome, conversation_files, converse, require_conversations
from ivr.documents import DocumentError

pytestmark = pytest.mark.unit

DIALPLANS = Path(__file__).parents[2] / "dialplans"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "rehearsal"
CENTRE = load_centre(FIXTURES)
HEARD = "the caller hears “Welcome.” “For gold press 1, for silver press 2.”"
BAD = sorted((FIXTURES / "bad").glob("*.yaml"))


def one(folder: Path, text: str) -> Outcome:
    """The outcome of one conversation; its steps begin in line 5."""
    file = folder / "made.yaml"
    file.write_text(f"conversations:\n  - title: made\n    dial: 4000\n    at: 2026-11-23 12:00\n{text}")
    (outcome,) = converse(CENTRE, [file])
    return outcome


def told(outcome: Outcome) -> list[str]:
    return [str(problem).rpartition("/")[2] for problem in outcome.problems]


def test_the_shipped_conversations_go_as_they_should() -> None:
    assert require_conversations(load_centre(DIALPLANS), DIALPLANS) > 0


def test_conversations_that_expect_everything_there_is_go_as_they_should() -> None:
    outcomes = list(converse(CENTRE, conversation_files(FIXTURES)))
    assert [told(outcome) for outcome in outcomes] == [[] for _ in outcomes]
    assert outcomes[0].title == "Gold goes ahead"
    assert outcomes[0].line == 3
    assert all(outcome.passed for outcome in outcomes)


@pytest.mark.parametrize(
    ("expected", "wrong"),
    [
        ("says: Good evening.", f"{HEARD} (expected “Good evening.”)"),
        ("says: {text: Welcome, whole: true}", f"{HEARD} (expected “Welcome”)"),
        ("says: {text: Welcome., language: cmn}", "the caller hears nothing (expected “Welcome.”)"),
        ("node: [ask, silver]", "the caller comes to welcome, who, ask (expected silver)"),
        ("language: cmn", "en is spoken (expected cmn)"),
        ("queue: sales", "the caller comes to no queue (expected queue sales)"),
        ("calendar: {office: open}", "it says nothing (expected open)"),
        ("data: {level: 5}", "level is null (expected 5)"),
        ("transfer: 7001", "the caller is connected with nothing (expected 7001)"),
        ("voicemail: support", "the caller leaves a message for nothing (expected support)"),
        ("callback: support", "the caller is to be called back from nothing (expected support)"),
        ("survey: {survey: care, mark: 5}", "the caller marks nothing (expected care 5)"),
        ("hang_up: served", "The caller is asked, and has been followed so far (expected the call to end, served)"),
    ],
)  # fmt: skip
def test_what_did_not_happen_is_told_with_what_did(expected: str, wrong: str, tmp_path: Path) -> None:
    outcome = one(tmp_path, f"    steps:\n      - press: 1\n        expect: {{{expected}}}\n")
    assert not outcome.passed
    (problem,) = told(outcome)
    assert problem.startswith("made.yaml:7:")
    assert problem.endswith(f": {wrong}")


@pytest.mark.parametrize(
    ("expected", "wrong"),
    [
        ("skills: {support: 2}", "skills support 3 (expected support 2)"),
        ("priority: 3", "priority 4 (expected 3)"),
        ("requires: sales >= 9", "requires sales >= 2 (expected sales >= 9)"),
        ("preferred: 1001", "preferred none (expected 1001)"),
        ("data: {topic: sale}", "topic is 'sales' (expected 'sale')"),
    ],
)
def test_a_queue_is_held_against_what_it_was_to_be_asked_for(expected: str, wrong: str, tmp_path: Path) -> None:
    steps = (
        f"    steps:\n      - press: 1\n      - press: 1\n        expect: {{queue: {{queue: support, {expected}}}}}\n"
    )
    (problem,) = told(one(tmp_path, steps))
    assert problem.startswith("made.yaml:8:")
    assert problem.endswith(f": {wrong}")


def test_a_step_is_held_only_against_what_came_of_it(tmp_path: Path) -> None:
    outcome = one(
        tmp_path,
        "    steps:\n"
        "      - expect: {says: For English}\n"
        "      - press: 1\n"
        "        expect: {says: For English}\n"
        "      - press: 7\n"
        "        expect: {node: gold, says: That is not a choice.}\n"
        "      - press: 1\n"
        "        expect: {node: gold}\n",
    )
    assert [problem.split(":")[1] for problem in told(outcome)] == ["8", "10"]


def test_what_a_caller_would_do_after_the_end_of_his_call_is_a_problem(tmp_path: Path) -> None:
    outcome = one(tmp_path, "    steps:\n      - press: 1\n      - press: 1\n      - press: 5\n")
    assert told(outcome) == ["made.yaml:8:9: the call is over before this: The call ends: served (expected a question)"]


@pytest.mark.parametrize(
    "steps",
    [
        "[{press: 1}, {hangs_up: true, expect: {hang_up: hung_up}}]",
        "[{silence: 1, expect: {node: ask}}, {silence: 2, expect: {queue: support}}]",
        "[{press: 1, expect: {node: ask}}, {silence: for_ever, expect: {hang_up: served, data: {level: 0}}}]",
    ],
)
def test_a_caller_may_hang_up_and_be_silent(steps: str, tmp_path: Path) -> None:
    assert told(one(tmp_path, f"    steps: {steps}\n")) == []


def test_a_moment_that_is_none_is_told(tmp_path: Path) -> None:
    file = tmp_path / "made.yaml"
    file.write_text("conversations:\n  - title: made\n    dial: 4000\n    at: noon\n    steps: [{press: 1}]\n")
    (outcome,) = converse(CENTRE, [file])
    assert told(outcome)[0].startswith('made.yaml:2:5: "noon" is no moment; expected "now", ')


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_a_bad_file_is_refused_with_every_fault_at_its_place(file: Path) -> None:
    with pytest.raises(DocumentError) as refused:
        list(converse(CENTRE, [file]))
    expected = file.with_suffix(".expected").read_text().splitlines()
    assert [str(problem).removeprefix(f"{file.parent}/") for problem in refused.value.problems] == expected


def test_conversations_that_go_otherwise_are_told_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "conversations").mkdir()
    for name in ("one", "two"):
        (tmp_path / "conversations" / f"{name}.yaml").write_text(
            "conversations: [{title: t, dial: 4000, steps: [{expect: {hang_up: served}}]}]\n"
        )
    with pytest.raises(ConversationsFailed, match=r"one\.yaml:1:67: .*\n.*two\.yaml:1:67: ") as refused:
        require_conversations(CENTRE, tmp_path)
    assert refused.value.id == "conversations-failed"
    assert len(refused.value.problems) == 2
    assert require_conversations(CENTRE, tmp_path / "nowhere") == 0
