"""A flow as a graph for graphviz's `dot`: nodes with what they say, ways with when a call goes them.

Every way is that of ivr/flow/graph.py, which the checks use, too. The ways of 0 lead from everywhere to the same place:
they are told once, quietly. Flows that a flow goes through stand beside it, each in a frame of its own.
"""

from collections.abc import Iterator, Mapping, Sequence

from ivr.drawing.details import details, spoken, way
from ivr.drawing.dot import Line, label, statement, wrapped
from ivr.drawing.looks import GROUND, LINE, look_of
from ivr.drawing.page import entrance, framed, identity, opening
from ivr.flow.deciding import FlowNode
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
    yield from opening(name, rankdir="TB")
    for number in numbers:
        yield "  " + entrance(number)
        yield "  " + statement(f"{identity('number', number)} -> {identity(name, flows[name].start)}", {})
    yield from _flow(flows, flows[name], language)
    for inner in _inner(flows, name):
        yield from framed(inner, _flow(flows, flows[inner], language))
    yield "}"


def _inner(flows: Mapping[str, Flow], name: str) -> list[str]:
    """The flows gone through, each once, in the order in which a caller can come to them."""
    found = [name]
    for outer in found:
        for node in flows[outer].nodes.values():
            if isinstance(node, FlowNode) and node.flow in flows and node.flow not in found:
                found.append(node.flow)
    return found[1:]


def _flow(flows: Mapping[str, Flow], flow: Flow, language: str) -> Iterator[str]:
    for name, node in flow.nodes.items():
        yield "  " + statement(identity(flow.flow, name), _node(name, node, language))
    for name, node in flow.nodes.items():
        here, has_keys = identity(flow.flow, name), any(edge.by_key for edge in edges(node))
        for target, lines, by_key in _ways(node):
            attributes = {"style": "dashed"} if has_keys and not by_key else {}
            attributes |= {"label": label(lines, GROUND)} if lines else {}
            yield "  " + statement(f"{here} -> {identity(flow.flow, target)}", attributes)
        if isinstance(node, FlowNode) and node.flow in flows:
            into = identity(node.flow, flows[node.flow].start)
            yield "  " + statement(f"{here} -> {into}", {"style": "dotted", "lhead": f"cluster_{node.flow}"})
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
