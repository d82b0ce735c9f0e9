"""C2: a spoken reason before any hang-up. Words count for as long as nothing but silent decisions follow them."""

from collections.abc import Iterator

from ivr.documents import Document, Problem
from ivr.flow.check.house import House
from ivr.flow.deciding import BranchNode, CallerNode, FlowNode, HoursNode, LookUpNode, ReturnNode, SetNode
from ivr.flow.graph import Edge, edges, reachable
from ivr.flow.handing import HangupNode
from ivr.flow.model import Flow, Node


def goodbye_problems(document: Document[Flow], house: House) -> Iterator[Problem]:
    """Every way on which the caller would be hung up on without a word."""
    flow = document.value
    ends = {name for name, node in flow.nodes.items() if isinstance(node, HangupNode) and not node.text}
    if flow.flow in house.entrances:
        ends |= {name for name, node in flow.nodes.items() if isinstance(node, ReturnNode)}
    told = _told(flow, house)
    wrong = "the caller would be hung up on without a word"
    for name in dict.fromkeys((flow.start, flow.operator)):
        if name in ends:
            yield document.problem(("nodes", str(name)), wrong, '"text" here', key=True)
    for name, node in flow.nodes.items():
        for edge in edges(node):
            if edge.target in ends and not _words(edge, name, node, told, house):
                what = '"text" in' if isinstance(flow.nodes[edge.target], HangupNode) else "words before"
                yield document.problem(("nodes", name, *edge.at), wrong, f'{what} "{edge.target}"')


def _told(flow: Flow, house: House) -> set[str]:
    """The nodes to which every way leads from words: all of them, less those for which that is not so."""
    told = reachable(flow) - {flow.start, flow.operator}
    changed = True
    while changed:
        changed = False
        for name, node in flow.nodes.items():
            for edge in edges(node):
                if edge.target in told and not _words(edge, name, node, told, house):
                    told.discard(edge.target)
                    changed = True
    return told


def _words(edge: Edge, name: str, node: Node, told: set[str], house: House) -> bool:
    """Whether a caller on this way has just heard something."""
    match node:
        case SetNode() | BranchNode() | CallerNode() | HoursNode() | LookUpNode():
            return name in told
        case FlowNode():
            return node.flow not in house.flows or node.flow in _worded_returns(house)
        case _:
            return edge.words_before


def _worded_returns(house: House) -> frozenset[str]:
    """The flows that say something before each of their returns."""
    worded = set()
    for name, flow in house.flows.items():
        returns = {at for at, node in flow.nodes.items() if isinstance(node, ReturnNode)}
        ways = [(edge, at, node) for at, node in flow.nodes.items() for edge in edges(node) if edge.target in returns]
        if returns and flow.start not in returns and all(edge.words_before for edge, _, _ in ways):
            worded.add(name)
    return frozenset(worded)
