"""A flow as a graph: which node leads where, and which ways need a caller's doing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.flow.model import Flow, HangupNode, MenuNode, Node, PlayNode, QueueNode, Speech
from ivr.yaml_tree import Path


@dataclass(frozen=True, slots=True)
class Edge:
    """A way out of a node. `at` is where in the node it is written."""

    at: Path
    target: str
    by_key: bool = False
    """The caller chose it: a silent caller never goes this way."""
    words_before: bool = False
    """The caller heard something for himself just before: he may be hung up on without more words."""


def edges(node: Node) -> Iterator[Edge]:
    """All ways out of the node that the node itself names."""
    match node:
        case PlayNode():
            yield Edge(("next",), node.next, words_before=True)
        case MenuNode():
            for key, choice in node.choices.items():
                yield Edge(("choices", key), choice.next, by_key=True)
            yield Edge(("otherwise",), node.otherwise)
        case QueueNode():
            yield Edge(("then",), node.then, words_before=node.otherwise is not None)
            if node.otherwise is not None:
                yield Edge(("otherwise",), node.otherwise)
        case HangupNode():
            return


def speeches(node: Node) -> Mapping[str, Speech]:
    """Everything the node says, by the key it is written under."""
    match node:
        case PlayNode():
            return {"text": node.text}
        case MenuNode():
            said = {"text": node.text, "invalid": node.invalid, "timeout": node.timeout}
        case HangupNode():
            said = {"text": node.text}
        case QueueNode():
            return {}
    return {key: speech for key, speech in said.items() if speech}


def reachable(flow: Flow) -> set[str]:
    """The nodes a caller can come to: from the start, and by pressing 0 for an agent."""
    seen: set[str] = set()
    ahead = [flow.start, *([flow.operator] if flow.operator else [])]
    while ahead:
        name = ahead.pop()
        if name in seen or name not in flow.nodes:
            continue
        seen.add(name)
        ahead += [edge.target for edge in edges(flow.nodes[name])]
    return seen


def endless_rounds(flow: Flow) -> Iterator[tuple[str, Edge, tuple[str, ...]]]:
    """Rounds that a caller who does nothing would never leave: the node and edge that close each, and the way round."""
    done: set[str] = set()

    def follow(name: str, way: tuple[str, ...]) -> Iterator[tuple[str, Edge, tuple[str, ...]]]:
        for edge in edges(flow.nodes[name]):
            if edge.by_key or edge.target not in flow.nodes or edge.target in done:
                continue
            if edge.target in way:
                yield name, edge, (*way[way.index(edge.target) :], edge.target)
            else:
                yield from follow(edge.target, (*way, edge.target))
        done.add(name)

    for name in flow.nodes:
        if name not in done:
            yield from follow(name, (name,))
