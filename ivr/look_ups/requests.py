"""One request of a flow, made of its node and the data of a call. Who sends it, and what comes back, is not decided
here; secrets are put in by who sends it, and stand in nothing before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.flow.evaluation import Data, as_text
from ivr.flow.expression_trees import Name
from ivr.flow.parts import Datum
from ivr.flow.secrets import Secret, revealed
from ivr.flow.templates import Literal, Slot, Template, parse_template
from ivr.look_ups import json_texts
from ivr.look_ups.addresses import fill

SECRET = "secret."
"""In front of a secret's name where a header uses it: `{secret.crm}`."""


@dataclass(frozen=True, slots=True)
class OwnersSecret:
    """A secret of the machine's owner, by its name."""

    name: str


Header = tuple[str, tuple[str | OwnersSecret, ...]]
"""A header's name, and its value in parts."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask, and how long that may take in all, with up to `retries` more tries. It prints nothing of a caller's
    data."""

    method: str
    url: str = field(repr=False)
    headers: tuple[Header, ...] = field(default=(), repr=False)
    body: str | None = field(default=None, repr=False)
    timeout_ms: int = 3_000
    retries: int = 0


def secret_of(slot: Slot) -> OwnersSecret | None:
    """The secret that a slot is, if it is one."""
    match slot.expression.tree:
        case Name(name) if name.startswith(SECRET):
            return OwnersSecret(name.removeprefix(SECRET))
    return None


def make_request(
    *,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: Mapping[str, Datum],
    data: Data,
    secrets: Mapping[str, Secret],
    timeout_ms: int,
    retries: int,
) -> Request:
    """The request of a checked node. `secrets` are what the caller has keyed unseen; headers and body may hold it.
    Raises LookUpFailed: the data do not fit into the address."""
    everything = revealed(data, secrets)
    return Request(
        method,
        fill(parse_template(url), data),
        tuple((name, _header(parse_template(text), everything)) for name, text in headers.items()),
        json_texts.write(body, everything) if body else None,
        timeout_ms,
        retries,
    )


def _header(template: Template, data: Data) -> tuple[str | OwnersSecret, ...]:
    return tuple(_part(part, data) for part in template.parts)


def _part(part: Literal | Slot, data: Data) -> str | OwnersSecret:
    if isinstance(part, Slot) and (secret := secret_of(part)) is not None:
        return secret
    text = part.text if isinstance(part, Literal) else as_text(part.expression.value(data))
    return "".join(sign if sign.isprintable() else " " for sign in text)  # a header is one line
