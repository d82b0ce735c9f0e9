"""Flow files: the shipped ones fit, and each bad one is refused with its place, what is wrong and what was expected."""

from pathlib import Path
from typing import get_args

import pytest

from ivr.documents import DocumentError
from ivr.flow.asking import MenuNode
from ivr.flow.check import load_flow
from ivr.flow.model import Flow, Node
from tests.flow_examples import FLOWS, NAMES, examples, load

pytestmark = pytest.mark.unit


def write(folder: Path, text: str) -> Path:
    file = folder / "made.yaml"
    file.write_text(f"flow: made\nlanguages: [en]\n{text}")
    return file


@pytest.mark.parametrize("example", examples("bad"), ids=lambda path: path.stem)
def test_a_bad_flow_is_refused_with_every_fault_at_its_place(example: Path) -> None:
    with pytest.raises(DocumentError) as refused:
        load(example)
    at_home, answer = (example, "expected") if example.is_dir() else (example.parent, f"{example.stem}.expected")
    expected = (at_home / answer).read_text(encoding="utf-8").splitlines()
    assert [str(problem).removeprefix(f"{at_home}/") for problem in refused.value.problems] == expected
    assert str(refused.value).count("\n") == len(expected) - 1, "a problem is one line, whatever the file says"
    assert refused.value.id == "document-invalid"


@pytest.mark.parametrize("example", examples("good"), ids=lambda path: path.stem)
def test_a_good_flow_is_accepted(example: Path) -> None:
    assert load(example)


def test_good_flows_show_every_kind_of_node_and_every_key_of_each() -> None:
    shown: dict[str, set[str]] = {}
    for flow in (flow for example in examples("good") for flow in load(example).values()):
        for node in flow.nodes.values():
            shown.setdefault(node.kind, set()).update(node.model_fields_set)
    kinds = {kind.model_fields["kind"].annotation.__args__[0]: kind for kind in get_args(Node)}
    assert {kind: set(model.model_fields) - shown.get(kind, set()) for kind, model in kinds.items()} == {
        kind: set() for kind in kinds
    }


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
