"""Where secrets may go: digits keyed as a secret, and whatever is made of them, are compared, and sent to the program
of a look-up, and stand nowhere else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.documents import Problem
from ivr.flow.asking import CollectNode
from ivr.flow.check.formulas import Formula, Purpose, formulas
from ivr.flow.check.house import House
from ivr.flow.deciding import FlowNode

_MAY_HOLD = frozenset({Purpose.CONDITION, Purpose.BODY, Purpose.HEADER})
_PASS_ON = frozenset({Purpose.SET, Purpose.ARGUMENT, Purpose.RETURNED})


@dataclass(frozen=True, slots=True)
class _Flow:
    formulas: tuple[Formula, ...]
    secret: set[str]


def secret_problems(house: House) -> Iterator[Problem]:
    """Secrets that would be said, shown, dialled or written into an address."""
    marked = _marked(house)
    for flow, marks in marked.items():
        for formula in marks.formulas:
            for name in sorted(formula.names & marks.secret):
                if formula.purpose not in _MAY_HOLD | _PASS_ON:
                    wrong = f'"{name}" is a secret and stands in {formula.purpose}'
                    yield house.documents[flow].problem(
                        formula.path, wrong, "secrets only in conditions, and in headers and the body of a look-up"
                    )


def _marked(house: House) -> Mapping[str, _Flow]:
    """Which names are secret in each flow: a name that is so anywhere in it is so everywhere in it."""
    marked = {name: _Flow(tuple(formulas(flow)), _keyed(house, name)) for name, flow in house.flows.items()}
    before = -1
    while before != (now := sum(len(marks.secret) for marks in marked.values())):
        before = now
        for name in marked:
            _spread(house, name, marked)
    return marked


def _keyed(house: House, flow: str) -> set[str]:
    nodes = house.flows[flow].nodes.values()
    return {node.into for node in nodes if isinstance(node, CollectNode) and node.secret}


def _spread(house: House, flow: str, marked: Mapping[str, _Flow]) -> None:
    """From what is secret in a flow to what is made of it there, and in the flows it goes through and comes from."""
    marks, nodes = marked[flow], house.flows[flow].nodes
    for formula in marks.formulas:
        if formula.names & marks.secret:
            node = nodes[formula.node]
            if formula.purpose is Purpose.SET:
                marks.secret.add(formula.into)
            elif isinstance(node, FlowNode) and node.flow in marked:
                marked[node.flow].secret.add(formula.into)
    for node in nodes.values():
        if isinstance(node, FlowNode) and node.flow in marked:
            returned = _returned(marked[node.flow])
            marks.secret.update(here for here, there in node.into.items() if there in returned)


def _returned(inner: _Flow) -> set[str]:
    returns = (formula for formula in inner.formulas if formula.purpose is Purpose.RETURNED)
    return {formula.into for formula in returns if formula.names & inner.secret}
