"""A flow as a graph for graphviz's `dot`: nodes with what they say, ways with when a call goes them.

Every way is that of ivr/flow/graph.py, which the checks use, too. The ways of 0 and * lead from everywhere to the same
place: they are told once, quietly.
"""

from collections.abc import Iterator, Mapping, Sequence

from ivr.drawing.details import details, spoken, way
from ivr.drawing.dot import Line, label, statement, wrapped
from ivr.drawing.looks import GROUND, LINE, look_of
from ivr.drawing.page import entrance, identity, opening
from ivr.flow.asking import MenuNode
from ivr.flow.graph import edges
from ivr.flow.model import Flow, Node

COLUMNS = 34
SAID_LINES = 3


def picture(flows: Mapping[str, Flow], name: str, language: str = "", numbers: Sequence[str] = ()) -> str:
    """The dot text of flow `name`, what is said in `language` (the flow's first, if empty); `numbers` lead to it.

    Raises KeyError if there is no such flow.
    """
    return "\n".join(_lines(flows, name, language or flows[name].language, numbers)) + "\n"


def _lines(flows: Mapping[str, Flow], name: str, language: str, numbers: Sequence[str]) -> Iterator[str]:
    flow = flows[name]
    yield from opening(name, rankdir="TB")
    for number in numbers:
        yield "  " + entrance(number)
        yield "  " + statement(f"{identity('number', number)} -> {identity(name, flow.start)}", {})
    yield from _flow(flow, language)
    yield "}"


def _flow(flow: Flow, language: str) -> Iterator[str]:
    for name, node in flow.nodes.items():
        yield "  " + statement(identity(flow.flow, name), _node(name, node, language))
    for name, node in flow.nodes.items():
        for target, lines, by_key in _ways(node):
            attributes = {"style": "dashed"} if isinstance(node, MenuNode) and not by_key else {}
            attributes |= {"label": label(lines, GROUND)} if lines else {}
            yield "  " + statement(f"{identity(flow.flow, name)} -> {identity(flow.flow, target)}", attributes)
    if flow.operator is not None:
        yield "  " + statement(identity("0", flow.flow), _quiet("0, from everywhere"))
        way_there = f"{identity('0', flow.flow)} -> {identity(flow.flow, flow.operator)}"
        yield "  " + statement(way_there, {"style": "dotted"})


def _ways(node: Node) -> Iterator[tuple[str, list[Line], bool]]:
    """The ways out of the node, those to one place as one."""
    ways: dict[tuple[str, bool], list[str]] = {}
    for edge in edges(node):
        ways.setdefault((edge.target, edge.by_key), []).append(way(node, edge))
    for (target, by_key), said in ways.items():
        lines = wrapped(", ".join(filter(None, said)), COLUMNS, SAID_LINES)
        yield target, [Line(line, bold=by_key) for line in lines], by_key


def _node(name: str, node: Node, language: str) -> Mapping[str, str]:
    look, words = look_of(node.kind), spoken(node, language)
    facts = [node.kind.replace("_", " "), *details(node)]
    small = [" · ".join(facts[:2]), *facts[2:]] + ([f"“{words}”"] if words else [])
    lines = [Line(line, small=True) for text in small for line in wrapped(text, COLUMNS, SAID_LINES)]
    return {
        "label": label([Line(name, bold=True), *lines]),
        "tooltip": words or name,
        "fillcolor": look.fill,
        "color": look.line,
        "shape": look.shape,
    }


def _quiet(text: str) -> Mapping[str, str]:
    return {"label": label([Line(text, small=True)]), "shape": "plaintext", "style": "", "fontcolor": LINE}
