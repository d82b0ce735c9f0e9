"""Whether expressions and templates can be read, formats are those there are, and every name they look at has been set
by then: somewhere on a way to where it is used.
"""

from collections.abc import Iterator, Mapping

from ivr.documents import Document, Problem
from ivr.flow.asking import CollectNode
from ivr.flow.check.formulas import Formula, Purpose, formulas
from ivr.flow.check.house import House
from ivr.flow.check.names import ALWAYS, BUILT_IN, FOUND
from ivr.flow.deciding import CallerNode, FlowNode, LookUpNode, SetNode
from ivr.flow.digit_patterns import PatternError, parse
from ivr.flow.expressions import is_name
from ivr.flow.graph import Edge, edges, reachable
from ivr.flow.model import Flow, Node
from ivr.flow.utterance import FREE
from ivr.flow.written import expression_problems, no_format, template_problems
from ivr.speaking import FORMATS, problem_with
from ivr.yaml_tree import Path

SECRETS = "secret."
"""Names of the machine's owner, which look-ups may use in headers; whether they exist is checked there."""


def value_problems(document: Document[Flow], house: House) -> Iterator[Problem]:
    """All that is wrong with what a flow reckons and remembers."""
    flow = document.value
    everywhere = {*BUILT_IN, *(kept for node in flow.nodes.values() for kept, _ in keeps(node)), *flow.arguments}
    reached, known = reachable(flow), names_at(flow, house)
    yield from _unusable(document)
    for formula in formulas(flow):
        yield from (unread := list(_unreadable(document, formula, everywhere)))
        if unread or formula.node not in reached:
            continue
        for name in sorted(formula.names - known[formula.node] - ALWAYS):
            if not name.startswith(SECRETS):
                wrong = f'"{name}" is not set on any way to "{formula.node}"'
                sets_it = 'a node of kind "caller" before it' if name in FOUND else "a node before it that sets it"
                yield document.problem(formula.path, wrong, sets_it)
    yield from _patterns(document)


def spoken_format(format: str, argument: str) -> tuple[str, str] | None:
    """What is wrong with a format of what is spoken."""
    if format not in FREE:
        wrong = problem_with(format, argument)
        if wrong is None or format in FORMATS:
            return wrong
        return wrong[0], f"{wrong[1]}, text"
    return (f'format "{format}" takes nothing after it, not "{argument}"', f'"{format}"') if argument else None


def keeps(node: Node) -> Iterator[tuple[str, Path]]:
    """The names that a node sets, and where in it each is written."""
    match node:
        case SetNode():
            yield from ((name, ("data", name)) for name in node.data)
        case CollectNode():
            yield node.into, ("into",)
        case LookUpNode():
            yield from ((name, ("into", name)) for name in node.into)
        case FlowNode():
            yield from ((name, ("into", name)) for name in node.into)
        case _:
            return


def names_at(flow: Flow, house: House) -> Mapping[str, frozenset[str]]:
    """The names that may have been set when a caller comes to each node, besides those that are always known."""
    known = {name: frozenset[str]() for name in flow.nodes}
    ahead = [name for name in (flow.start, flow.operator) if name in flow.nodes]
    for name in ahead:
        known[name] = frozenset(flow.arguments) | (frozenset() if flow.flow in house.entrances else FOUND)
    seen: set[str] = set()
    while ahead:
        name = ahead.pop()
        seen.add(name)
        node = flow.nodes[name]
        for edge in (*edges(node), *([Edge((), flow.operator)] if flow.operator else [])):
            if edge.target not in flow.nodes:
                continue
            there = known[edge.target] | known[name] | {kept for kept, _ in keeps(node) if _kept_on(node, edge)}
            if isinstance(node, CallerNode) or (isinstance(node, FlowNode) and node.flow in house.finders):
                there |= FOUND
            if there != known[edge.target] or edge.target not in seen:
                known[edge.target] = there
                seen.add(edge.target)
                ahead.append(edge.target)
    return known


def _kept_on(node: Node, edge: Edge) -> bool:
    """Whether what the node sets is set on this way out: not where it has failed."""
    return not isinstance(node, CollectNode | LookUpNode) or edge.at == ("next",)


def _unreadable(document: Document[Flow], formula: Formula, names: set[str]) -> Iterator[Problem]:
    match formula.purpose:
        case Purpose.CONDITION:
            yield from expression_problems(document, formula.path, formula.text, names)
        case Purpose.SPOKEN:
            yield from template_problems(document, formula.path, formula.text, names, spoken_format)
        case Purpose.HEADER:
            secrets = {name for name in formula.names if name.startswith(SECRETS)}
            yield from template_problems(document, formula.path, formula.text, names | secrets)
        case _:
            yield from template_problems(document, formula.path, formula.text, names, no_format)


def _unusable(document: Document[Flow]) -> Iterator[Problem]:
    """Names that no expression could look at, as they mean something else there."""
    flow = document.value
    written: list[tuple[str, Path]] = [(name, ("arguments", index)) for index, name in enumerate(flow.arguments)]
    for at, node in flow.nodes.items():
        written += [(name, ("nodes", at, *path)) for name, path in keeps(node)]
    for name, path in written:
        if not is_name(name):
            wrong = f'"{name}" cannot be a name in expressions'
            yield document.problem(path, wrong, "another name", key=path[-1] == name)


def _patterns(document: Document[Flow]) -> Iterator[Problem]:
    for name, node in document.value.nodes.items():
        if not isinstance(node, CollectNode) or node.pattern is None:
            continue
        path = ("nodes", name, "pattern")
        try:
            pattern = parse(node.pattern)
        except PatternError as error:
            wrong = f'"{node.pattern}" cannot be read at column {error.column}: {error.wrong}'
            yield document.problem(path, wrong, error.expected)
            continue
        if pattern.least > node.most or (pattern.most is not None and pattern.most < node.least):
            length = str(node.least) if node.least == node.most else f"{node.least} to {node.most}"
            yield document.problem(path, f"nothing of {length} digits is like this", "a pattern of that length")
