"""Flow files: the shipped ones fit, and each bad one is refused with its place, what is wrong and what was expected."""

from pathlib import Path

import pytest

from ivr.documents import DocumentError
from ivr.flow.asking import MenuNode
from ivr.flow.check import Names, load_flow
from ivr.flow.model import Flow

pytestmark = pytest.mark.unit

FLOWS = Path(__file__).parents[1] / "fixtures" / "flows"
BAD = sorted((FLOWS / "bad").glob("*.yaml"))
NAMES = Names(queues=("sales", "support"), skills=("sales", "support"), languages=("cmn", "en"), calendars=("office",))


def write(folder: Path, text: str) -> Path:
    file = folder / "made.yaml"
    file.write_text(f"flow: made\nlanguages: [en]\n{text}")
    return file


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_a_bad_flow_is_refused_with_every_fault_at_its_place(file: Path) -> None:
    with pytest.raises(DocumentError) as refused:
        load_flow(file, NAMES)
    expected = file.with_suffix(".expected").read_text().splitlines()
    assert [str(problem).removeprefix(f"{file.parent}/") for problem in refused.value.problems] == expected
    assert str(refused.value).count("\n") == len(expected) - 1, "a problem is one line, whatever the file says"
    assert refused.value.id == "document-invalid"


def test_a_good_flow_is_read_whole() -> None:
    flow = load_flow(FLOWS / "walk.yaml", NAMES)
    assert flow.language == "cmn"
    assert set(flow.nodes) == {
        "language", "welcome", "news", "topic", "detail", "sales", "operator", "done", "farewell",
    }  # fmt: skip
    topic = flow.nodes["topic"]
    assert isinstance(topic, MenuNode)
    assert (topic.timeout_s, topic.tries, topic.every_language) == (5, 3, False)
    assert topic.choices == {"1": "sales", "3": "detail", "#": "topic"}


def test_line_breaks_in_a_text_are_spaces_when_spoken(tmp_path: Path) -> None:
    file = write(tmp_path, "start: end\nnodes:\n  end:\n    kind: hangup\n    reason: r\n    text:\n      en: >\n"
                           "        Good\n        bye.\n\n")  # fmt: skip
    flow = load_flow(file, NAMES)
    assert flow.nodes["end"].model_dump()["text"]["en"]["text"] == "Good bye."


def test_a_missing_file_is_a_problem_of_that_file(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"nowhere.yaml:1:1: cannot be read: No such file or directory"):
        load_flow(tmp_path / "nowhere.yaml", NAMES)


def test_a_file_nested_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"made.yaml:1:1: nested too deeply"):
        load_flow(write(tmp_path, "start: " + "[" * 100_000), NAMES)


def test_a_key_that_is_no_word_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"made.yaml:4:1: this key is not a word") as refused:
        load_flow(write(tmp_path, "start: end\n[a, b]: c\nnodes: {end: {kind: hangup, reason: r}}\n"), NAMES)
    assert len(refused.value.problems) == 1


@pytest.mark.parametrize("word", ["yes", "on", "2026-11-22", "08:30", "0x10", "1_000", "+1"])
def test_words_that_other_yaml_readers_turn_into_something_else_stay_words(tmp_path: Path, word: str) -> None:
    file = write(
        tmp_path,
        f"start: q\nnodes:\n  q: {{kind: queue, queue: sales, data: {{note: {word}}}, then: end}}\n"
        "  end: {kind: hangup, reason: r, text: {en: Bye.}}\n",
    )
    assert load_flow(file, NAMES).nodes["q"].model_dump()["data"] == {"note": word}


def test_a_flow_without_any_problem_is_frozen() -> None:
    flow = load_flow(FLOWS / "walk.yaml", NAMES)
    assert isinstance(flow, Flow)
    with pytest.raises(ValueError, match="frozen"):
        setattr(flow, "start", "news")  # noqa: B010 - mypy forbids it as well
