"""What a picture says of a node besides its name, and of the ways out of it. One short line for each thing that matters
to who reads the flow; the file has the rest.
"""

from collections.abc import Iterator

from ivr.flow.asking import LanguageNode, MenuNode
from ivr.flow.graph import Edge, sayings
from ivr.flow.handing import HangupNode, QueueNode
from ivr.flow.model import Node


def spoken(node: Node, language: str) -> str:
    """The first thing the node says, in the language or in the first one it says it in."""
    for said in sayings(node).values():
        words = said.get(language) or next(iter(said.values()))
        return words.text or words.file or ""
    return ""


def details(node: Node) -> Iterator[str]:
    """Lines on what the node does."""
    match node:
        case MenuNode() | LanguageNode():
            yield f"{node.tries} {'try' if node.tries == 1 else 'tries'} of {node.timeout_s} s"
        case QueueNode():
            yield node.queue
            if node.skills:
                yield ", ".join(f"{skill} ≥ {level}" for skill, level in node.skills.items())
            if node.requires is not None:
                yield node.requires
            if node.priority:
                yield f"priority +{node.priority}"
        case HangupNode():
            yield node.reason
        case _:
            return


def way(node: Node, edge: Edge) -> str:
    """When a call goes this way; nothing where there is no other."""
    match node, edge.at:
        case LanguageNode(), _:
            return ", ".join(f"{key} ({language})" for key, language in node.choices.items())
        case MenuNode(), ("otherwise",):
            return "no choice"
        case QueueNode(), ("then",):
            return "after talking" if node.otherwise is not None else ""
        case QueueNode(), ("otherwise",):
            return "nobody talked"
    return edge.label
