"""C2: a spoken reason before any hang-up. Words count for as long as nothing but silent decisions follow them; what is
nothing but values may turn out to be silent.
"""

from collections.abc import Iterator, Set

from ivr.documents import Document, Problem
from ivr.flow.check.house import House
from ivr.flow.deciding import BranchNode, CallerNode, FlowNode, HoursNode, LookUpNode, ReturnNode, SetNode
from ivr.flow.expressions import ExpressionError
from ivr.flow.graph import Edge, edges, reachable
from ivr.flow.handing import HangupNode, SayNode
from ivr.flow.model import Flow, Node
from ivr.flow.templates import Literal, parse_template
from ivr.flow.words import Sayings


def goodbye_problems(house: House) -> Iterator[Problem]:
    """Every way on which a caller would be hung up on without a word."""
    worded = _worded_returns(house)
    for document in house.documents.values():
        yield from _of_flow(document, house, worded)


def _of_flow(document: Document[Flow], house: House, worded: Set[str]) -> Iterator[Problem]:
    flow = document.value
    ends = {name for name, node in flow.nodes.items() if isinstance(node, HangupNode) and not _surely_heard(node.text)}
    if flow.flow in house.entrances:
        ends |= _returns(flow)
    told = _told(flow, worded)
    wrong = "the caller would be hung up on without a word"
    for name in dict.fromkeys((flow.start, flow.operator)):
        if name in ends:
            yield document.problem(("nodes", str(name)), wrong, '"text" here', key=True)
    for name, node in flow.nodes.items():
        for edge in edges(node):
            if edge.target in ends and not _words(edge, name, node, told, worded):
                yield document.problem(("nodes", name, *edge.at), wrong, _lacks(edge.target, flow.nodes[edge.target]))


def _lacks(name: str, end: Node) -> str:
    if isinstance(end, HangupNode):
        return f'words besides values in "{name}"' if end.text else f'"text" in "{name}"'
    return f'words before "{name}"'


def _worded_returns(house: House) -> Set[str]:
    """The flows in which something is said before each return: all, less those for which that is not so. Flows that are
    not known here are given the benefit of the doubt."""
    worded = {node.flow for flow in house.flows.values() for node in flow.nodes.values() if isinstance(node, FlowNode)}
    known = [flow for name, flow in house.flows.items() if name in worded]
    while silent := {flow.flow for flow in known if not _returns(flow) <= _told(flow, worded)} & worded:
        worded -= silent
    return worded


def _returns(flow: Flow) -> Set[str]:
    return {name for name, node in flow.nodes.items() if isinstance(node, ReturnNode)}


def _told(flow: Flow, worded: Set[str]) -> Set[str]:
    """The nodes to which every way leads from words: all, less those for which that is not so."""
    told = reachable(flow) - {flow.start, flow.operator}
    ways = [(edge, name, node) for name, node in flow.nodes.items() for edge in edges(node)]
    while silent := {edge.target for edge, name, node in ways if not _words(edge, name, node, told, worded)} & told:
        told -= silent
    return told


def _words(edge: Edge, name: str, node: Node, told: Set[str], worded: Set[str]) -> bool:
    """Whether a caller on this way has just heard something."""
    match node:
        case SetNode() | BranchNode() | CallerNode() | HoursNode() | LookUpNode():
            return name in told
        case SayNode():
            return _surely_heard(node.text)
        case FlowNode():
            return node.flow in worded
        case _:
            return edge.words_before


def _surely_heard(said: Sayings) -> bool:
    """Whether something is said whatever the values are: words of the file's own, or a recording."""
    return bool(said) and all(one.file is not None or _has_words(one.text or "") for one in said.values())


def _has_words(text: str) -> bool:
    try:
        parts = parse_template(text).parts
    except ExpressionError:
        return True  # that is told elsewhere
    return any(isinstance(part, Literal) and any(sign.isalnum() for sign in part.text) for part in parts)
