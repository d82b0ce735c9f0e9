"""All flows in brief: which number leads to which flow, and which queues, numbers, flows and calendars its callers can
come to."""

from collections.abc import Iterator, Mapping

from ivr.drawing.dot import Line, label, statement
from ivr.drawing.looks import DECIDED, ELSEWHERE, GROUND, TAKEN, Look
from ivr.drawing.page import entrance, identity, opening
from ivr.flow.deciding import FlowNode, HoursNode
from ivr.flow.handing import CallbackNode, QueueNode, TransferNode, VoicemailNode
from ivr.flow.model import Flow

LOOKS: Mapping[str, Look] = {"queue": TAKEN, "number": TAKEN, "calendar": DECIDED}


def overview(flows: Mapping[str, Flow], numbers: Mapping[str, str]) -> str:
    """The dot text. `numbers` gives the flow of each number."""
    return "\n".join(_lines(flows, numbers)) + "\n"


def _lines(flows: Mapping[str, Flow], numbers: Mapping[str, str]) -> Iterator[str]:
    yield from opening("centre", rankdir="LR")
    for number, flow in numbers.items():
        yield "  " + entrance(number)
        yield "  " + statement(f"{identity('number', number)} -> {identity('flow', flow)}", {})
    for name in flows:
        yield "  " + _box("flow", name, ELSEWHERE)
    ways = [(name, *one) for name, flow in flows.items() for one in dict.fromkeys(_ways(flow))]
    for kind, look in LOOKS.items():
        for target in dict.fromkeys(target for _, where, target, _ in ways if where == kind):
            yield "  " + _box(kind, target, look)
    for name, kind, target, said in ways:
        attributes = {"label": label([Line(said)], GROUND)} if said else {}
        yield "  " + statement(f"{identity('flow', name)} -> {identity(kind, target)}", attributes)
    yield "}"


def _ways(flow: Flow) -> Iterator[tuple[str, str, str]]:
    """What the flow's callers can come to: its kind, its name, and what for."""
    for node in flow.nodes.values():
        match node:
            case QueueNode(queue=queue):
                yield "queue", queue, ""
            case VoicemailNode(queue=queue):
                yield "queue", queue, "message"
            case CallbackNode(queue=queue):
                yield "queue", queue, "call-back"
            case TransferNode():
                yield "number", str(node.number if node.extension is None else node.extension), ""
            case HoursNode(calendar=calendar):
                yield "calendar", calendar, ""
            case FlowNode(flow=inner):
                yield "flow", inner, "through"
            case _:
                pass


def _box(kind: str, name: str, look: Look) -> str:
    lines = [Line(name, bold=True), Line(kind, small=True)]
    attributes = {"label": label(lines), "fillcolor": look.fill, "color": look.line, "shape": look.shape}
    return statement(identity(kind, name), attributes)
