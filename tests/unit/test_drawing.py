"""Flows as graphs: every node, every way, and nothing in them that the graph's language could misread."""

import re
from pathlib import Path
from typing import get_args

import pytest

from cti.centre import load_centre
from cti.drawing import NothingToDraw, graph_of
from ivr.drawing.dot import Line, label, quoted, wrapped
from ivr.drawing.looks import LOOKS
from ivr.drawing.picture import picture
from ivr.flow.graph import edges
from ivr.flow.model import Flow, Node
from tests.flow_examples import FLOWS, examples, load, start_of

pytestmark = pytest.mark.unit

FLOW = load(FLOWS / "walk.yaml")["walk"]
CENTRE = load_centre(Path(__file__).parents[2] / "dialplans")


def lines(text: str) -> list[str]:
    """The statements of a graph, with their labels as plain words."""
    return [re.sub(r"<[^<>]*>", " ", line).strip() for line in text.splitlines()]


def line(text: str, subject: str) -> str:
    """The one statement about that subject, in plain words."""
    (found,) = [line for line in lines(text) if line.startswith(f"{subject} [")]
    return " ".join(found.split())


@pytest.mark.parametrize("example", [FLOWS / "walk.yaml", *examples("good")], ids=lambda path: path.stem)
def test_every_node_and_every_way_is_in_the_picture(example: Path) -> None:
    flows = load(example)
    drawn = picture(flows, start_of(example))
    for flow in flows.values():
        for name, node in flow.nodes.items():
            assert f'"{flow.flow}/{name}" [' in drawn
            for edge in edges(node):
                assert re.search(f'"{flow.flow}/{name}" -> "{flow.flow}/{edge.target}"[ ;]', drawn)


def test_a_node_says_its_name_its_kind_and_what_the_caller_hears() -> None:
    drawn = picture({"walk": FLOW}, "walk", "en")
    assert "language language · 2 tries of 3 s “For English press 2.”" in line(drawn, '"walk/language"')
    assert "sales queue · sales sales ≥ 3 priority +4" in line(drawn, '"walk/sales"')
    assert "farewell hangup · not_served “Goodbye.”" in line(drawn, '"walk/farewell"')
    assert "中文请按一。" in line(picture({"walk": FLOW}, "walk"), '"walk/language"'), "the flow's first language"


def test_a_way_says_when_it_is_gone_and_keys_to_one_place_are_one_way() -> None:
    drawn = picture({"walk": FLOW}, "walk")
    ways = [" ".join(each.split()) for each in lines(drawn) if each.startswith('"walk/language" -> "walk/welcome"')]
    assert ways[0].endswith("1 (cmn), 2 (en) >];")
    assert 'style="dashed"' in line(drawn, '"walk/topic" -> "walk/farewell"')
    assert "no answer" in line(drawn, '"walk/topic" -> "walk/farewell"')
    assert "after talking" in line(drawn, '"walk/sales" -> "walk/done"')
    assert "nobody talked" in line(drawn, '"walk/sales" -> "walk/farewell"')
    assert '"walk/welcome" -> "walk/news";' in lines(drawn)


def test_the_way_of_0_is_told_once_and_quietly() -> None:
    drawn = picture({"walk": FLOW}, "walk")
    assert "0, from everywhere" in line(drawn, '"0/walk"')
    assert line(drawn, '"0/walk" -> "walk/operator"') == '"0/walk" -> "walk/operator" [style="dotted"];'
    closed = FLOW.model_copy(update={"operator": None})
    assert "from everywhere" not in picture({"walk": closed}, "walk")


def test_numbers_lead_to_the_start() -> None:
    drawn = picture({"walk": FLOW}, "walk", numbers=["4000", "4009"])
    assert '"number/4000" -> "walk/language";' in lines(drawn)
    assert '"number/4009" -> "walk/language";' in lines(drawn)


def test_whatever_a_text_says_stays_text() -> None:
    said = 'Press <1> & "hash" \\N {x|y}; ]]> -->'
    flow = Flow.model_validate(
        {
            "flow": "odd",
            "languages": ("en",),
            "start": "end",
            "nodes": {"end": {"kind": "hangup", "reason": "odd", "text": {"en": said}}},
        }
    )
    drawn = picture({"odd": flow}, "odd")
    assert "“Press &lt;1&gt; &amp; &quot;hash&quot; ∖N" in drawn
    assert 'tooltip="Press <1> & \\"hash\\" ∖N {x|y}; ]]> -->"' in drawn


def test_a_name_in_quotes_ends_where_it_should() -> None:
    assert quoted('a"b\\') == '"a\\"b∖"'
    assert quoted("a\nb\x00c") == '"a b c"'
    assert label([Line("", small=True)]) == label([Line(" ", small=True)]), "graphviz refuses an empty font"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("one", ["one"]),
        ("one two three four", ["one two", "three four"]),
        ("one two three four five six", ["one two", "three four …"]),
        ("业务咨询与购买，请按一。", ["业务咨询与", "购买，请按 …"]),
        ("x" * 50, ["x" * 40, "x" * 10]),
    ],
)
def test_a_text_is_wrapped_where_a_line_may_end_and_cut_where_it_is_too_long(text: str, expected: list[str]) -> None:
    assert wrapped(text, 10, 2) == expected


def test_every_kind_of_node_has_a_look() -> None:
    assert {kind.model_fields["kind"].annotation.__args__[0] for kind in get_args(Node)} == LOOKS.keys()


@pytest.mark.parametrize(
    ("example", "node", "said"),
    [
        ("collect-a-range", "first", "collect · 6 to 18 digits → order 1[3-9]XXXXXXXXX | 0XXXXX."),
        ("collect-a-secret", "first", "collect · 4 to 8 digits, secret → pin “Please enter your PIN.”"),
        ("collect-a-secret", "check", "look up · POST https://crm.example/pins → right"),
        ("hours", "first", "hours · calendar office"),
        ("set", "first", "set · "),
        ("transfer", "first", "transfer · to 7001"),
        ("transfer", "back", "transfer · to {caller.number}"),
        ("voicemail", "first", "voicemail · for sales “Please leave a message.”"),
        ("callback", "first", "callback · from sales sales ≥ 1 team = night priority +2 “Press 1"),
        ("survey", "ask", "survey · satisfaction, 12345 “How satisfied are you, from 1 to 5?”"),
    ],
)
def test_each_kind_of_node_says_what_matters(example: str, node: str, said: str) -> None:
    drawn = picture(load(FLOWS / "good" / f"{example}.yaml"), example)
    assert said in line(drawn, f'"{example}/{node}"')


@pytest.mark.parametrize(
    ("example", "way", "said"),
    [
        ("look-up", ("first", "found"), "answered"),
        ("look-up", ("first", "not_found"), "failed"),
        ("hours", ("first", "closed"), "closed, emergency"),
        ("transfer", ("first", "outside"), "nobody talked"),
        ("callback", ("first", "second"), "not agreed"),
        ("voicemail", ("first", "again"), "no message"),
        ("collect-a-secret", ("simple", "end"), "pin = '0000'"),
    ],
)
def test_each_kind_of_way_says_when_it_is_gone(example: str, way: tuple[str, str], said: str) -> None:
    drawn = picture(load(FLOWS / "good" / f"{example}.yaml"), example)
    before, after = (f'"{example}/{name}"' for name in way)
    assert f" {said} " in line(drawn, f"{before} -> {after}").replace("&#x27;", "'")


def test_a_flow_gone_through_stands_in_a_frame_once_however_often() -> None:
    drawn = picture(load(FLOWS / "good" / "sub-flow"), "main")
    assert drawn.count('subgraph "cluster_identify"') == 1
    assert '"identify/ask" [' in drawn
    into = [each for each in lines(drawn) if 'lhead="cluster_identify"' in each]
    assert into
    assert all('style="dotted"' in each for each in into)


def test_the_centre_in_brief_has_its_numbers_flows_and_queues() -> None:
    drawn = graph_of(CENTRE)
    for number, way in CENTRE.numbers.items():
        assert f'"number/{number}" -> "flow/{way.flow}";' in lines(drawn)
    assert '"flow/hotline" -> "queue/support";' in lines(drawn)
    assert '"flow/announcement" -> "queue' not in drawn


def test_a_number_stands_for_its_flow() -> None:
    assert graph_of(CENTRE, "4000") == graph_of(CENTRE, "hotline")
    assert "“Welcome to our customer hotline." in graph_of(CENTRE, "4000", "en")


@pytest.mark.parametrize(
    ("flow", "language", "said"),
    [
        ("hotlin", "", 'unknown flow or number "hotlin", did you mean "hotline"? (expected one of: 4000, '),
        ("hotline", "de", 'unknown language "de" (expected one of: cmn, en)'),
    ],
)
def test_what_is_not_there_is_told_with_what_is(flow: str, language: str, said: str) -> None:
    with pytest.raises(NothingToDraw, match=re.escape(said)):
        graph_of(CENTRE, flow, language)
