"""What a picture says of a node besides its name, and of the ways out of it. One short line for each thing that matters
to who reads the flow; the file has the rest.
"""

from collections.abc import Iterator, Mapping

from ivr.flow.asking import CollectNode, LanguageNode, MenuNode, SurveyNode
from ivr.flow.deciding import BranchNode, CallerNode, FlowNode, HoursNode, LookUpNode, ReturnNode, SetNode
from ivr.flow.graph import Edge, sayings
from ivr.flow.handing import CallbackNode, HangupNode, QueueNode, SayNode, TransferNode, VoicemailNode
from ivr.flow.model import Node
from ivr.flow.parts import Agents, Asking, Datum


def spoken(node: Node, language: str) -> str:
    """The first thing the node says, in the language or in the first one it says it in."""
    for said in sayings(node).values():
        words = said.get(language) or next(iter(said.values()))
        return words.text or words.file or ""
    return ""


def details(node: Node) -> Iterator[str]:  # noqa: PLR0912 (one case for each kind of node, and nothing else)
    """Lines on what the node does."""
    match node:
        case MenuNode() | LanguageNode():
            yield _tries(node)
        case CollectNode():
            yield from _collect(node)
        case SurveyNode():
            yield f"{node.survey}, {node.keys}"
        case HoursNode():
            yield f"calendar {node.calendar}"
        case SetNode():
            yield from _values(node.data)
        case LookUpNode():
            yield node.method
            yield node.url
            if node.into:
                yield f"→ {', '.join(node.into)}"
        case QueueNode():
            yield node.queue
            yield from _asked(node)
        case TransferNode():
            yield f"to {node.number if node.extension is None else node.extension}"
        case VoicemailNode():
            yield f"for {node.queue}"
        case CallbackNode():
            yield f"from {node.queue}"
            yield from _asked(node)
        case FlowNode():
            yield node.flow
            yield from _values(node.arguments)
            if node.into:
                yield f"→ {', '.join(node.into)}"
        case ReturnNode():
            yield from _values(node.values)
        case HangupNode():
            yield node.reason
        case SayNode() | BranchNode() | CallerNode():
            return


WAYS: Mapping[tuple[str, str], str] = {
    ("menu", "otherwise"): "no answer",
    ("collect", "otherwise"): "no answer",
    ("look_up", "next"): "answered",
    ("queue", "then"): "after talking",
    ("queue", "otherwise"): "nobody talked",
    ("transfer", "next"): "after talking",
    ("transfer", "otherwise"): "nobody talked",
    ("callback", "otherwise"): "not agreed",
    ("voicemail", "otherwise"): "no message",
}
"""When a call goes the way that is written under this key of this kind of node; else the edge says it."""


def way(node: Node, edge: Edge) -> str:
    """When a call goes this way; nothing where there is no other."""
    match node:
        case LanguageNode():
            return ", ".join(f"{key} ({language})" for key, language in node.choices.items())
        case QueueNode(otherwise=None):
            return ""
    return WAYS.get((node.kind, str(edge.at[0])), edge.label)


def _tries(node: Asking) -> str:
    return f"{node.tries} {'try' if node.tries == 1 else 'tries'} of {node.timeout_s} s"


def _collect(node: CollectNode) -> Iterator[str]:
    length = f"{node.least}" if node.least == node.most else f"{node.least} to {node.most}"
    how = [word for word, is_so in (("secret", node.secret), ("read back", node.confirm)) if is_so]
    yield ", ".join((f"{length} digits", *how))
    yield f"→ {node.into}"
    if node.pattern is not None:
        yield node.pattern


def _asked(node: Agents) -> Iterator[str]:
    if node.skills:
        yield ", ".join(f"{skill} ≥ {level}" for skill, level in node.skills.items())
    if node.requires is not None:
        yield node.requires
    if node.priority:
        yield f"priority +{node.priority}"


def _values(data: Mapping[str, Datum]) -> Iterator[str]:
    for name, value in data.items():
        yield f"{name} = {str(value).lower() if isinstance(value, bool) else value}"
