"""Documents: whatever stands in a file, reading it ends in a model or in a DocumentError that says where."""

import contextlib
import string
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.documents import DocumentError, Problem, read_document
from ivr.flow.check import load_flow
from ivr.flow.model import Flow
from ivr.yaml_tree import Place, parse
from tests.flow_examples import NAMES, examples

pytestmark = pytest.mark.unit

WALK = (Path(__file__).parents[1] / "fixtures" / "flows" / "walk.yaml").read_bytes()
GOOD = [path for path in examples("good") if path.suffix]
SIGNS = "{}|'\"[]:,#*0123456789 \n"
WORDS = ("end", "first", "null", "en", "caller.vip", "{pin}", "say", "return", "flow", "|money CNY")
ANY = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(folder: Path, content: bytes) -> list[str]:
    """The problems' lines: none if the content is a flow."""
    file = folder / "any.yaml"
    file.write_bytes(content)
    problems: tuple[Problem, ...] = ()
    try:
        read_document(file, Flow)
    except DocumentError as error:
        problems = error.problems
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)
    lines = [str(problem) for problem in problems]
    assert all(line.isprintable() for line in lines)
    return lines


@ANY
@given(st.binary(max_size=60))
def test_any_bytes_are_a_document_or_refused(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content)


@ANY
@given(st.text(alphabet=string.ascii_lowercase[:4] + "01 \n\t\r:-?,.[]{}\"'#&*!|>%@`\\~<=\x00\x85\u2028é", max_size=80))
def test_any_text_made_of_signs_that_mean_something_is_a_document_or_refused(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text.encode())


@ANY
@given(st.integers(0, len(WALK) - 1), st.binary(max_size=3), st.integers(0, 8))
def test_a_good_flow_damaged_anywhere_is_read_or_refused(tmp_path: Path, at: int, put: bytes, cut: int) -> None:
    read(tmp_path, WALK[:at] + put + WALK[at + cut :])


@ANY
@given(st.sampled_from(GOOD), st.integers(0, 2_000), st.sampled_from([*SIGNS, *WORDS]), st.integers(0, 8))
def test_any_good_flow_damaged_anywhere_is_accepted_or_refused(
    tmp_path: Path, good: Path, at: int, put: str, cut: int
) -> None:
    text = good.read_text(encoding="utf-8")
    at %= len(text)
    file = tmp_path / f"{good.stem}.yaml"
    file.write_text(text[:at] + put + text[at + cut :], encoding="utf-8")
    with contextlib.suppress(DocumentError):
        load_flow(file, NAMES)


def test_every_key_and_value_has_its_place() -> None:
    tree = parse("one:\n  two: [a, b]\n")
    assert tree.value == {"one": {"two": ["a", "b"]}}
    assert tree.place(("one",), key=True) == Place(1, 1)
    assert tree.place(("one", "two"), key=True) == Place(2, 3)
    assert tree.place(("one", "two", 1)) == Place(2, 12)
    assert tree.place(("one", "two", 1, "three")) == Place(2, 12), "the nearest that is written out"


def test_plain_values_are_read_and_quoted_ones_stay_text() -> None:
    text = "[1, -2, 0.5, true, false, null, ~, '1', \"true\", 1e3, 007, True, 99999999999999999999]"
    assert parse(text).value == [
        1, -2, 0.5, True, False, None, None, "1", "true", "1e3", "007", "True", "99999999999999999999",
    ]  # fmt: skip
