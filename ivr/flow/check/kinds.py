"""Texts that a flow treats as numbers: what a caller keys, and the numbers of telephones. Such a comparison never
holds, such arithmetic is always null; nobody writes either on purpose.
"""

from collections.abc import Collection, Iterator
from decimal import Decimal

from ivr.documents import Document, Problem
from ivr.flow.asking import CollectNode
from ivr.flow.check.formulas import Formula, Purpose, formulas
from ivr.flow.check.names import BUILT_IN
from ivr.flow.check.values import keeps
from ivr.flow.expression_trees import Among, Arithmetic, Compare, Literal, Name, Negative, Tree, parts
from ivr.flow.expressions import ExpressionError, parse
from ivr.flow.model import Flow
from ivr.flow.templates import parse_template

TRUTHS = frozenset({"caller.known", "caller.vip"})


def kind_problems(document: Document[Flow]) -> Iterator[Problem]:
    """All of a flow."""
    texts = _texts(document.value)
    for formula in formulas(document.value):
        for tree in _trees(formula):
            for part in parts(tree):
                for wrong, expected in _wrong(part, texts):
                    yield document.problem(formula.path, wrong, expected)


def _texts(flow: Flow) -> Collection[str]:
    """The names that are texts wherever they come from."""
    nodes = flow.nodes.values()
    keyed = {node.into for node in nodes if isinstance(node, CollectNode)}
    others = {name for node in nodes if not isinstance(node, CollectNode) for name, _ in keeps(node)}
    return (BUILT_IN.keys() - TRUTHS) | (keyed - others - {*flow.arguments})


def _trees(formula: Formula) -> Iterator[Tree]:
    try:
        if formula.purpose is Purpose.CONDITION:
            yield parse(formula.text).tree
        else:
            yield from (slot.expression.tree for slot in parse_template(formula.text).slots)
    except ExpressionError:
        return


def _wrong(part: Tree, texts: Collection[str]) -> Iterator[tuple[str, str]]:
    match part:
        case Compare(_, left, right):
            yield from _compared(left, right, texts)
            yield from _compared(right, left, texts)
        case Among(operand, choices):
            for choice in choices:
                yield from _compared(operand, choice, texts)
        case Negative(Name(name)) if name in texts:
            yield _reckoned(name)
        case Arithmetic(first, rest):
            for operand in (first, *(other for _, other in rest)):
                if isinstance(operand, Name) and operand.name in texts:
                    yield _reckoned(operand.name)


def _compared(one: Tree, other: Tree, texts: Collection[str]) -> Iterator[tuple[str, str]]:
    match one, other:
        case Name(name), Literal(int() | Decimal() as number) if name in texts and not isinstance(number, bool):
            yield f"{name} is a text, and compared with the number {other}", f"'{other}', or number({name})"


def _reckoned(name: str) -> tuple[str, str]:
    return f"{name} is a text, and reckoned with", f"number({name})"
