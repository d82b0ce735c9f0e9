"""What is wrong with the look-ups of a flow, told before any call comes to them: addresses that are not allowed,
secrets that there are not, paths that cannot be read. Templates are checked with all others (ivr/flow/check/values.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.documents import Document, Problem
from ivr.flow.deciding import LookUpNode
from ivr.flow.expressions import ExpressionError
from ivr.flow.model import Flow
from ivr.flow.templates import Template, parse_template
from ivr.look_ups.addresses import ALLOWED_NOWHERE, AddressError, Allowed, require_allowed
from ivr.look_ups.json_paths import JsonPathError, parse_path
from ivr.look_ups.requests import SECRET, secret_of
from ivr.yaml_tree import Path

OURS = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "expect",
        "host",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that the request's form decides, not the flow."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the machine's owner allows: addresses, and secrets by name (callcenter.toml)."""

    allowed: Allowed = ALLOWED_NOWHERE
    secrets: frozenset[str] = frozenset()


NOTHING_ALLOWED = Rules()


def look_up_problems(document: Document[Flow], rules: Rules) -> Iterator[Problem]:
    """All of a flow."""
    for name, node in document.value.nodes.items():
        if not isinstance(node, LookUpNode):
            continue
        here = ("nodes", name)
        yield from _address(document, (*here, "url"), node.url, rules)
        for header, text in node.headers.items():
            yield from _header(document, (*here, "headers", header), header, text, rules)
        if node.body and node.method == "GET":
            yield document.problem((*here, "body"), "a GET has no body", "method: POST, or no body", key=True)
        for kept, path in node.into.items():
            yield from _json_path(document, (*here, "into", kept), path)


def _address(document: Document[Flow], path: Path, url: str, rules: Rules) -> Iterator[Problem]:
    if (template := _read(url)) is None:
        return
    try:
        require_allowed(template, rules.allowed)
    except AddressError as error:
        yield document.problem(path, error.wrong, error.expected)


def _header(document: Document[Flow], path: Path, name: str, text: str, rules: Rules) -> Iterator[Problem]:
    if name.lower() in OURS:
        yield document.problem(path, f'"{name}" cannot be set here', "the name of a header of your own", key=True)
    if (template := _read(text)) is None:
        return
    for slot in template.slots:
        for secret in sorted(one for one in slot.expression.names if one.startswith(SECRET)):
            if secret.removeprefix(SECRET) not in rules.secrets:
                yield document.unknown(path, "secret", secret.removeprefix(SECRET), rules.secrets)
            elif secret_of(slot) is None:
                yield document.problem(path, "a secret stands in an expression", f"it alone: {{{secret}}}")


def _json_path(document: Document[Flow], path: Path, text: str) -> Iterator[Problem]:
    try:
        parse_path(text)
    except JsonPathError as error:
        yield document.problem(path, f'"{text}" cannot be read at column {error.column}: {error.wrong}', error.expected)


def _read(text: str) -> Template | None:
    try:
        return parse_template(text)
    except ExpressionError:
        return None
