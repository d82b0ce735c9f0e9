"""A flow as a graph: which node leads where, and which ways need a caller's doing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.flow.asking import CollectNode, LanguageNode, MenuNode, SurveyNode
from ivr.flow.deciding import BranchNode, CallerNode, FlowNode, HoursNode, LookUpNode, ReturnNode, SetNode
from ivr.flow.handing import CallbackNode, HangupNode, QueueNode, SayNode, TransferNode, VoicemailNode
from ivr.flow.model import Flow, Node
from ivr.flow.parts import DIGITS, NO, YES
from ivr.flow.words import Sayings
from ivr.yaml_tree import Path


@dataclass(frozen=True, slots=True)
class Edge:
    """A way out of a node. `at` is where in the node it is written, `label` what it is taken for, in a word."""

    at: Path
    target: str
    label: str = ""
    by_key: bool = False
    """The caller chose it: a silent caller never goes this way."""
    words_before: bool = False
    """The caller heard something for himself just before: he may be hung up on without more words."""


def edges(node: Node) -> Iterator[Edge]:  # noqa: PLR0912 (one case for each kind of node, and nothing else)
    """All ways out of the node that the node itself names."""
    match node:
        case SayNode():
            yield Edge(("next",), node.next, words_before=True)
        case MenuNode():
            for key, target in node.choices.items():
                yield Edge(("choices", key), target, key, by_key=True)
            yield Edge(("otherwise",), node.otherwise, "otherwise")
        case LanguageNode():
            yield Edge(("next",), node.next)
        case CollectNode():
            yield Edge(("next",), node.next, "keyed", by_key=True)
            yield Edge(("otherwise",), node.otherwise, "otherwise")
        case SurveyNode():  # thanks are for those who answer
            yield Edge(("next",), node.next)
        case HoursNode():
            yield Edge(("open",), node.open, "open")
            yield Edge(("closed",), node.closed, "closed")
            if node.holiday is not None:
                yield Edge(("holiday",), node.holiday, "holiday")
            if node.emergency is not None:
                yield Edge(("emergency",), node.emergency, "emergency")
        case BranchNode():
            for index, case in enumerate(node.cases):
                yield Edge(("cases", index, "next"), case.next, case.when)
            yield Edge(("otherwise",), node.otherwise, "otherwise")
        case LookUpNode():
            yield Edge(("next",), node.next)
            yield Edge(("failed",), node.failed, "failed")
        case QueueNode():
            yield Edge(("then",), node.then, "then", words_before=node.otherwise is not None)
            if node.otherwise is not None:
                yield Edge(("otherwise",), node.otherwise, "otherwise")
        case TransferNode():
            yield Edge(("next",), node.next, "then", words_before=True)
            yield Edge(("otherwise",), node.otherwise, "otherwise")
        case VoicemailNode():
            yield Edge(("next",), node.next, "message", words_before=True)
            yield Edge(("otherwise",), node.otherwise, "none", words_before=True)
        case CallbackNode():
            yield Edge(("next",), node.next, "agreed", words_before=True)
            yield Edge(("otherwise",), node.otherwise, "otherwise")
        case SetNode() | CallerNode() | FlowNode():
            yield Edge(("next",), node.next)
        case HangupNode() | ReturnNode():
            return


SAID = ("text", "invalid", "timeout", "thanks", "while")
"""The keys under which nodes say something."""


def sayings(node: Node) -> Mapping[str, Sayings]:
    """Everything the node says, by the key it is written under."""
    written = ((key, getattr(node, "meanwhile" if key == "while" else key, None)) for key in SAID)
    return {key: said for key, said in written if said}


def first_keys(node: Node) -> str:
    """The keys that the node takes for an answer, or for the beginning of one: during the words before it, they are
    taken at once."""
    match node:
        case MenuNode(choices=choices) | LanguageNode(choices=choices):
            return "".join(choices)
        case SurveyNode(keys=keys):
            return keys
        case CollectNode():
            return DIGITS
        case CallbackNode(text=text) if text:
            return YES + NO
        case _:
            return ""


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
