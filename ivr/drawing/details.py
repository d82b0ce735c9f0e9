"""What a picture says of a node besides its name, and of the ways out of it. One short line for each thing that matters
to who reads the flow; the file has the rest.
"""

from collections.abc import Iterator

from ivr.flow.graph import Edge, speeches
from ivr.flow.model import HangupNode, MenuNode, Node, PlayNode, QueueNode


def spoken(node: Node, language: str) -> str:
    """The first thing the node says, in the language or in the first one it says it in."""
    for speech in speeches(node).values():
        return str(speech.get(language) or next(iter(speech.values())))
    return ""


def details(node: Node) -> Iterator[str]:
    """Lines on what the node does."""
    match node:
        case PlayNode():
            return
        case MenuNode():
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


def way(node: Node, edge: Edge) -> str:
    """When a call goes this way; nothing where there is no other."""
    match node, edge.at:
        case MenuNode(), ("choices", key):
            language = node.choices[str(key)].language
            return f"{key} ({language})" if language else str(key)
        case MenuNode(), ("otherwise",):
            return "no choice"
        case QueueNode(), ("then",):
            return "after talking" if node.otherwise is not None else ""
        case QueueNode(), ("otherwise",):
            return "nobody talked"
    return ""
