"""docs/flows.md, the page of the flow language: its examples are flows, and it leaves nothing out."""

import re
from pathlib import Path
from typing import get_args

import pytest

from ivr.flow.check import BUILT_IN, load_flows
from ivr.flow.model import Flow, Node
from ivr.speaking import FORMATS, LANGUAGES, pieces
from ivr.yaml_tree import parse
from tests.flow_examples import NAMES
from tests.house import HOUSE

pytestmark = pytest.mark.unit

PAGE = (HOUSE / "docs" / "flows.md").read_text(encoding="utf-8")
EXAMPLES = {
    f"{PAGE.count(chr(10), 0, found.start()) + 2}": found[1] for found in re.finditer(r"```yaml\n(.*?)```", PAGE, re.S)
}
"""By line."""

KINDS = {get_args(model.model_fields["kind"].annotation)[0]: model for model in get_args(Node)}
AROUND = """\
flow: main
languages: [cmn, en]
start: {start}
operator: agents
nodes:
{nodes}
  agents: {{kind: queue, queue: support, then: goodbye}}
  goodbye: {{kind: hangup, reason: served, text: {{cmn: 再见。, en: Goodbye.}}}}
"""
"""What an example of a few nodes stands in."""


def is_flow(example: str) -> bool:
    return re.search(r"^flow:", example, re.M) is not None


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under this line."""
    table = PAGE.partition(heading)[2].partition("\n\n")[0]
    return [[cell.strip(" `") for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]]


def section(kind: str) -> str:
    return re.split(r"\n##", PAGE.partition(f"\n### {kind}\n")[2])[0]


def whole(example: str) -> str:
    """The flow that an example is, or can stand in."""
    return example if is_flow(example) else AROUND.format(start=next(iter(parse(example).value)), nodes=example)


WHOLE = {line: whole(example) for line, example in EXAMPLES.items()}
INNER = {parse(flow).value["flow"]: flow for flow in WHOLE.values() if "arguments" in parse(flow).value}
"""The flows that another example goes through: they are checked with it."""


@pytest.mark.parametrize("line", [line for line, flow in WHOLE.items() if flow not in INNER.values()])
def test_an_example_is_a_good_flow(line: str, tmp_path: Path) -> None:
    name = parse(WHOLE[line]).value["flow"]
    inner = {other: text for other, text in INNER.items() if f"flow: {other}\n" in WHOLE[line]}
    for flow, text in {name: WHOLE[line], **inner}.items():
        (tmp_path / f"{flow}.yaml").write_text(text, encoding="utf-8")
    assert load_flows(sorted(tmp_path.iterdir()), NAMES, [name])


def test_every_flow_that_others_go_through_is_gone_through() -> None:
    assert all(any(f"    flow: {name}\n" in flow for flow in WHOLE.values()) for name in INNER)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_node_has_an_example_with_every_key(kind: str) -> None:
    example = re.search(r"```yaml\n(.*?)```", section(kind), re.S)
    assert example
    document = parse(example[1]).value
    nodes = [node for node in (document.get("nodes") or document).values() if node["kind"] == kind]
    keys = {field.alias or name for name, field in KINDS[kind].model_fields.items()}
    assert keys - {key for node in nodes for key in node} == set()


def test_every_key_of_a_flow_is_shown() -> None:
    shown = {key for example in filter(is_flow, EXAMPLES.values()) for key in parse(example).value}
    assert shown == set(Flow.model_fields)


def test_every_name_that_is_there_without_being_set_is_told() -> None:
    assert [tuple(row) for row in rows("These are there without being set:\n\n")] == list(BUILT_IN.items())


def test_every_format_is_shown_as_it_is_spoken() -> None:
    shown = rows("sign by sign.\n\n")
    assert {row[0].partition(" ")[0] for row in shown} == FORMATS.keys()
    for written, value, english, mandarin in shown:
        format, _, argument = written.partition(" ")
        for language, words in (("en", english), ("cmn", mandarin)):
            said = [piece.text for piece in pieces(value, format, argument, language)]
            assert LANGUAGES[language].between.join(said) == words
    for format, arguments in FORMATS.items():
        assert all(argument in PAGE for argument in arguments), format
