"""All flows in brief: which number leads to which flow, and which queues its callers can come to."""

from collections.abc import Iterator, Mapping

from ivr.drawing.dot import Line, label, statement
from ivr.drawing.looks import ELSEWHERE, TAKEN, Look
from ivr.drawing.page import entrance, identity, opening
from ivr.flow.handing import QueueNode
from ivr.flow.model import Flow


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
    for queue in dict.fromkeys(queue for flow in flows.values() for queue in _queues(flow)):
        yield "  " + _box("queue", queue, TAKEN)
    for name, whole in flows.items():
        for queue in _queues(whole):
            yield "  " + statement(f"{identity('flow', name)} -> {identity('queue', queue)}", {})
    yield "}"


def _queues(flow: Flow) -> list[str]:
    return list(dict.fromkeys(node.queue for node in flow.nodes.values() if isinstance(node, QueueNode)))


def _box(kind: str, name: str, look: Look) -> str:
    lines = [Line(name, bold=True), Line(kind, small=True)]
    attributes = {"label": label(lines), "fillcolor": look.fill, "color": look.line, "shape": look.shape}
    return statement(identity(kind, name), attributes)
