"""Whether the numbers and extensions that flows connect callers with can be reached at all: what is written out is
told before any call; what is computed is judged when a call comes to it (ivr/toll_guard.py), if it may be at all.
"""

from collections.abc import Iterator

from ivr.documents import Document, Problem
from ivr.flow.check.names import Names
from ivr.flow.expressions import ExpressionError
from ivr.flow.handing import TransferNode
from ivr.flow.model import Flow
from ivr.flow.templates import parse_template
from ivr.toll_guard import is_number
from ivr.yaml_tree import Path


def transfer_problems(document: Document[Flow], names: Names) -> Iterator[Problem]:
    """All of a flow."""
    for name, node in document.value.nodes.items():
        if not isinstance(node, TransferNode):
            continue
        if node.number is not None:
            yield from _number(document, ("nodes", name, "number"), node.number, names)
        elif (text := _written(str(node.extension))) is not None and not (text.isascii() and text.isdecimal()):
            path = ("nodes", name, "extension")
            yield document.problem(path, f'"{text}" is no extension', "digits, as a queue or an agent has them")


def _number(document: Document[Flow], path: Path, number: str, names: Names) -> Iterator[Problem]:
    if names.outside is None:
        yield document.problem(path, "there is no line to numbers outside", '"outside" in centre.yaml')
    elif (text := _written(number)) is None:
        if not names.outside:
            wrong = "no number that is computed may be called"
            yield document.problem(path, wrong, '"allow" of "outside" in centre.yaml')
    elif not is_number(text):
        yield document.problem(path, f'"{text}" is no number', "2 to 20 digits, perhaps after +")


def _written(text: str) -> str | None:
    """The text, if nothing in it is computed."""
    try:
        template = parse_template(text)
    except ExpressionError:
        return None
    return None if any(template.slots) else template.text({}).strip()
