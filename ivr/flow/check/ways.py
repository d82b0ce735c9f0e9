"""Whether the ways through one flow lead somewhere: targets that exist, nodes that callers can come to, no round that a
silent caller would never leave, a way to an agent for key 0.
"""

from collections.abc import Iterator

from ivr.documents import Document, Problem
from ivr.flow.asking import MenuNode
from ivr.flow.check.house import House
from ivr.flow.graph import Edge, edges, reachable
from ivr.flow.model import Flow
from ivr.flow.parts import OPERATOR_KEY


def target_problems(document: Document[Flow]) -> Iterator[Problem]:
    """Nodes that are named and do not exist."""
    flow = document.value
    if flow.start not in flow.nodes:
        yield document.unknown(("start",), "node", flow.start, flow.nodes)
    if flow.operator is not None and flow.operator not in flow.nodes:
        yield document.unknown(("operator",), "node", flow.operator, flow.nodes)
    for name, node in flow.nodes.items():
        for edge in edges(node):
            if edge.target not in flow.nodes:
                yield document.unknown(("nodes", name, *edge.at), "node", edge.target, flow.nodes)


def reach_problems(document: Document[Flow]) -> Iterator[Problem]:
    """Nodes that nobody can come to."""
    reached = reachable(document.value)
    for name in document.value.nodes:
        if name not in reached:
            yield document.problem(("nodes", name), f'no caller can come to node "{name}"', "a way to it", key=True)


def operator_problems(document: Document[Flow], house: House) -> Iterator[Problem]:
    """C2: 0 leads to an agent everywhere."""
    flow = document.value
    if flow.flow not in house.without_operator:
        return
    for name, node in flow.nodes.items():
        if isinstance(node, MenuNode) and OPERATOR_KEY not in node.choices:
            wrong = f'menu "{name}" has no way for key 0'
            yield document.problem(("nodes", name), wrong, '"operator" in the flow, or a choice 0', key=True)


def round_problems(document: Document[Flow], house: House) -> Iterator[Problem]:
    """Rounds without end for a caller who does nothing."""
    for name, edge, way in endless_rounds(document.value, house):
        wrong = f"a caller who does nothing goes round for ever: {' → '.join(way)}"
        yield document.problem(("nodes", name, *edge.at), wrong, "a hang-up, or a key, on the way")


def endless_rounds(flow: Flow, house: House) -> Iterator[tuple[str, Edge, tuple[str, ...]]]:
    """Each round: the node and edge that close it, and the way round."""
    done: set[str] = set()
    for start in flow.nodes:
        if start in done:
            continue
        # a walk in depth without recursion: a flow may have thousands of nodes in a row
        way = [start]
        ahead = [house.silent_edges(flow.nodes[start])]
        while ahead:
            edge = next(ahead[-1], None)
            if edge is None:
                done.add(way.pop())
                ahead.pop()
            elif edge.target in way:
                yield way[-1], edge, (*way[way.index(edge.target) :], edge.target)
            elif edge.target in flow.nodes and edge.target not in done:
                way.append(edge.target)
                ahead.append(house.silent_edges(flow.nodes[edge.target]))
