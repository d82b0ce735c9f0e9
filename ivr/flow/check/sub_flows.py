"""Whether flows and those who go through them fit together: they exist, give what is asked and take what is given,
speak the same languages, come back, and never go through themselves.
"""

from collections.abc import Iterator

from ivr.documents import Document, Problem
from ivr.flow.check.house import House, inner_flows
from ivr.flow.deciding import FlowNode, ReturnNode
from ivr.flow.model import Flow


def sub_flow_problems(house: House) -> Iterator[Problem]:
    """All that does not fit between flows."""
    named = house.entrances.union(*(inner_flows(flow) for flow in house.flows.values()))
    lost = named - house.flows.keys()  # a misspelt name: whose it is, nobody knows
    for name, document in house.documents.items():
        for at, node in document.value.nodes.items():
            if not isinstance(node, FlowNode):
                continue
            if node.flow in house.flows:
                yield from _use(document, at, node, house.flows[node.flow])
                yield from _switched(document, at, node, house)
            else:
                yield document.unknown(("nodes", at, "flow"), "flow", node.flow, house.flows)
        yield from _itself(document, house)
        yield from _ends(document)
        if name in house.entrances and document.value.arguments:
            wrong = "a number leads to this flow, and gives it nothing"
            yield document.problem(("arguments",), wrong, "arguments only where another flow gives them", key=True)
        if name not in named and not lost:
            wrong = f'nobody comes to flow "{name}"'
            yield document.problem(("flow",), wrong, "a number, or a node of another flow, that names it")


def _use(document: Document[Flow], at: str, node: FlowNode, inner: Flow) -> Iterator[Problem]:
    path = ("nodes", at)
    for language in document.value.languages:
        if language not in inner.languages:
            wrong = f'flow "{inner.flow}" does not speak "{language}"'
            yield document.problem((*path, "flow"), wrong, "a flow that speaks every language of this one")
    for name in node.arguments:
        if name not in inner.arguments:
            yield document.unknown((*path, "with", name), "argument", name, inner.arguments, key=True)
    for name in inner.arguments:
        if name not in node.arguments:
            wrong = f'argument "{name}" of flow "{inner.flow}" is missing'
            yield document.problem((*path, "with"), wrong, f'"{name}" in "with"', key=True)
    for here, there in node.into.items():
        if there not in inner.returns:
            yield document.unknown((*path, "into", here), "value returned", there, inner.returns)
    if not any(isinstance(one, ReturnNode) for one in inner.nodes.values()):
        wrong = f'flow "{inner.flow}" never comes back'
        yield document.problem((*path, "flow"), wrong, "a flow with a return node")


def _switched(document: Document[Flow], at: str, node: FlowNode, house: House) -> Iterator[Problem]:
    for language in sorted(house.switches[node.flow] - set(document.value.languages)):
        wrong = f'a caller may come out of flow "{node.flow}" speaking "{language}"'
        yield document.problem(("nodes", at, "flow"), wrong, f'"{language}" among the languages of this flow')


def _ends(document: Document[Flow]) -> Iterator[Problem]:
    """Whether each return gives just what the flow declares."""
    flow = document.value
    for at, node in flow.nodes.items():
        if not isinstance(node, ReturnNode):
            continue
        for name in node.values:
            if name not in flow.returns:
                path = ("nodes", at, "values", name)
                yield document.unknown(path, "value to return", name, flow.returns, key=True)
        for name in flow.returns:
            if name not in node.values:
                wrong = f'"{name}", which this flow returns, is missing'
                yield document.problem(("nodes", at, "values"), wrong, f'"{name}" in "values"', key=True)
    if flow.returns and not any(isinstance(node, ReturnNode) for node in flow.nodes.values()):
        yield document.problem(("returns",), "this flow never returns", "a return node", key=True)
    for key, names in (("arguments", flow.arguments), ("returns", flow.returns)):
        for index, name in enumerate(names):
            if name in names[:index]:
                yield document.problem((key, index), f'"{name}" stands here twice', "each name once")


def _itself(document: Document[Flow], house: House) -> Iterator[Problem]:
    """A flow that comes to itself again through others would never end."""
    flow = document.value
    for at, node in flow.nodes.items():
        if isinstance(node, FlowNode) and node.flow in house.flows and (way := _way(node.flow, flow.flow, house)):
            wrong = f"flow goes through itself: {' → '.join((flow.flow, *way))}"
            yield document.problem(("nodes", at, "flow"), wrong, "another flow")


def _way(start: str, goal: str, house: House) -> tuple[str, ...]:
    """The shortest way from one flow to another through the flows they use."""
    ways: dict[str, tuple[str, ...]] = {start: (start,)}
    ahead = [start]
    for name in ahead:  # grows meanwhile
        if name == goal:
            return ways[name]
        for inner in sorted(inner_flows(house.flows[name])):
            if inner in house.flows and inner not in ways:
                ways[inner] = (*ways[name], inner)
                ahead.append(inner)
    return ()
