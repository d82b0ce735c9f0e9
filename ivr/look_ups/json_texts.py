"""JSON to and from values of a call, with exact numbers: never a float."""

import json
from collections.abc import Mapping
from decimal import Decimal

from ivr.flow.evaluation import Data, as_text
from ivr.flow.expression_trees import Value
from ivr.flow.parts import Datum
from ivr.flow.templates import parse_template
from ivr.look_ups.failures import Failure, LookUpFailed
from ivr.look_ups.json_paths import parse_path


def write(body: Mapping[str, Datum], data: Data) -> str:
    """The JSON text of a body whose texts are templates: one that is a single slot becomes a value of its own kind."""
    return "{" + ", ".join(f"{json.dumps(name)}: {_written(value, data)}" for name, value in body.items()) + "}"


def _written(value: Datum, data: Data) -> str:
    return _literal(parse_template(value).value(data)) if isinstance(value, str) else json.dumps(value)


def _literal(value: Value) -> str:
    return as_text(value) if isinstance(value, Decimal) else json.dumps(value)


def read(answer: bytes, into: Mapping[str, str]) -> Mapping[str, Value]:
    """The values that stand in an answer at the paths of `into`, by name. Raises LookUpFailed."""
    if not into:
        return {}
    try:
        document = json.loads(answer.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refused)
    except (ValueError, ArithmeticError, RecursionError):
        raise LookUpFailed(Failure.NOT_JSON) from None
    return {name: parse_path(path).value(document) for name, path in into.items()}


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
