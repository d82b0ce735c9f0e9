"""Everything in a flow that is more than a fixed word: its expressions and templates, with their place and purpose."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ivr.flow.deciding import BranchNode, FlowNode, LookUpNode, ReturnNode, SetNode
from ivr.flow.expressions import ExpressionError, parse
from ivr.flow.graph import sayings
from ivr.flow.handing import CallbackNode, QueueNode, TransferNode
from ivr.flow.model import Flow, Node
from ivr.flow.parts import Datum
from ivr.flow.templates import parse_template
from ivr.yaml_tree import Path


class Purpose(StrEnum):
    """What a formula is for, in words for an administrator."""

    SPOKEN = "what is said"
    SHOWN = "what an agent is shown"
    DIALLED = "a number that is dialled"
    URL = "an address"
    HEADER = "a header"
    BODY = "a body"
    CONDITION = "a condition"
    SET = "a value that is set"
    ARGUMENT = "an argument"
    RETURNED = "a value that is returned"


@dataclass(frozen=True, slots=True)
class Formula:
    """One of them. `path` is where it stands in the file, `into` the name its value is kept under, if it is."""

    node: str
    path: Path
    text: str
    purpose: Purpose
    into: str = ""

    @property
    def names(self) -> frozenset[str]:
        """The names it looks at; none where it cannot be read."""
        try:
            return (parse if self.purpose is Purpose.CONDITION else parse_template)(self.text).names
        except ExpressionError:
            return frozenset()


def formulas(flow: Flow) -> Iterator[Formula]:
    """All of a flow."""
    for name, node in flow.nodes.items():
        yield from _spoken(name, node)
        yield from _silent(name, node)


def _spoken(name: str, node: Node) -> Iterator[Formula]:
    for key, said in sayings(node).items():
        for language, one in said.items():
            if one.text is not None:
                yield Formula(name, ("nodes", name, key, language, "text"), one.text, Purpose.SPOKEN)


def _silent(name: str, node: Node) -> Iterator[Formula]:
    here: Path = ("nodes", name)
    match node:
        case BranchNode():
            for index, case in enumerate(node.cases):
                yield Formula(name, (*here, "cases", index, "when"), case.when, Purpose.CONDITION)
        case SetNode():
            yield from _data(name, (*here, "data"), node.data, Purpose.SET)
        case QueueNode() | CallbackNode():
            yield from _data(name, (*here, "data"), node.data, Purpose.SHOWN)
        case TransferNode():
            for key, number in (("extension", node.extension), ("number", node.number)):
                if isinstance(number, str):
                    yield Formula(name, (*here, key), number, Purpose.DIALLED)
        case LookUpNode():
            yield Formula(name, (*here, "url"), node.url, Purpose.URL)
            yield from _data(name, (*here, "headers"), node.headers, Purpose.HEADER)
            yield from _data(name, (*here, "body"), node.body, Purpose.BODY)
        case FlowNode():
            yield from _data(name, (*here, "with"), node.arguments, Purpose.ARGUMENT)
        case ReturnNode():
            yield from _data(name, (*here, "values"), node.values, Purpose.RETURNED)
        case _:
            return


def _data(name: str, path: Path, data: Mapping[str, Datum], purpose: Purpose) -> Iterator[Formula]:
    for key, written in data.items():
        if isinstance(written, str):
            yield Formula(name, (*path, key), written, purpose, key)
