"""What the queue file may say of announcements and messages: what the reception is given, and what does not fit."""

import re
from pathlib import Path

import pytest

from acd.targets import TargetKind
from cti.centre import load_centre
from ivr.announce import NOTHING, Announce
from ivr.desk import Care, Voicemail
from ivr.documents import DocumentError
from ivr.flow.steps import Prompt
from tests.unit.test_queues_file import folder_of

pytestmark = pytest.mark.unit


def care(tmp_path: Path, sales: str) -> Care:
    return load_centre(folder_of(tmp_path, sales)).queues["sales"].care


def prompts(tmp_path: Path, sales: str) -> set[Prompt]:
    """What has to be made for these lines, besides what has to be made without them."""
    with_them = load_centre(folder_of(tmp_path / "with", sales)).prompts()
    return set(with_them - load_centre(folder_of(tmp_path / "without", "")).prompts())


def test_a_queue_that_says_nothing_plays_music_and_takes_messages(tmp_path: Path) -> None:
    assert care(tmp_path, "") == Care(announce=NOTHING, voicemail=Voicemail())


def test_everything_that_may_be_said_reaches_the_reception(tmp_path: Path) -> None:
    said = care(
        tmp_path,
        """\
        announce:
          first_s: 5
          every_s: 0
          position: true
          estimate: true
          messages: [{cmn: 有茶。, en: We have tea.}]
          leave: [{key: 1, to: callback}, {key: "#", to: voicemail}]
        callback: {}
        voicemail: {greeting: {cmn: 请说。, en: Speak.}, most_s: 60, silence_s: 3}
        """,
    )
    assert said == Care(
        announce=Announce(
            first_ms=5_000,
            every_ms=0,
            position=True,
            estimate=True,
            messages=({"cmn": "有茶。", "en": "We have tea."},),
            leave={"1": TargetKind.CALLBACK, "#": TargetKind.VOICEMAIL},
        ),
        voicemail=Voicemail(greeting={"cmn": "请说。", "en": "Speak."}, most_ms=60_000, silence_s=3),
    )


def test_every_prompt_that_can_be_needed_is_made_beforehand(tmp_path: Path) -> None:
    made = prompts(tmp_path, "announce: {messages: [{cmn: 有茶。, en: Tea.}], leave: {key: '#', to: voicemail}}\n")
    assert {prompt.text for prompt in made} == {
        "有茶。", "Tea.", "如需留言，请按井号键。", "To leave a message instead, press hash.",
    }  # fmt: skip
    positions = prompts(tmp_path / "positions", "announce: {position: true}\n")
    assert len(positions) == 2 * 21
    assert Prompt("您现在排在第二位。", "cmn") in positions


@pytest.mark.parametrize(
    ("sales", "problem"),
    [
        ("announce: {every_s: 5, position: true}",
         "8:25: 5 does not fit (expected 0 (once), or 10 to 3600 seconds)"),
        ("announce: {first_s: 10}",
         "8:5: nothing is announced (expected position, estimate, messages or leave)"),
        ("announce: {messages: [{en: We have tea.}]}",
         '8:27: nothing is said in "cmn" (expected "cmn" here)'),
        ("announce: {leave: [{key: 12, to: voicemail}]}",
         "8:30: \"12\" does not fit (expected one key of a phone: 0 to 9, '*' or '#')"),
        ("announce: {leave: [{key: 1, to: voicemail}, {key: 1, to: voicemail}]}",
         "8:55: key 1 has a meaning already (expected a free key)"),
        ("announce: {leave: [{key: 1, to: home}]}",
         '8:37: "home" does not fit (expected \'callback\' or \'voicemail\')'),
        ("voicemail: {greeting: {en: Speak.}}",
         '8:17: nothing is said in "cmn" (expected "cmn" here)'),
        ("voicemail: {most_s: 2}",
         "8:25: 2 does not fit (expected a whole number from 3 to 1800)"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_its_place(tmp_path: Path, sales: str, problem: str) -> None:
    folder = folder_of(tmp_path, sales)
    with pytest.raises(DocumentError) as refused:
        load_centre(folder)
    assert [str(one).removeprefix(f"{folder}/queues.yaml:") for one in refused.value.problems] == [problem]


def test_a_number_needs_a_line_outwards(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, 'on_full: {number: "5550100"}\n')
    centre = (folder / "centre.yaml").read_text("utf-8")
    (folder / "centre.yaml").write_text(re.sub("^outside:.*$", "", centre, flags=re.MULTILINE))
    with pytest.raises(DocumentError, match="no line over which to call a number"):
        load_centre(folder)
