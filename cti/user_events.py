"""Facts as AMI UserEvents, so that any AMI client can follow the router (requirements P1).

The event's name is "Callcenter" and the fact's; its headers are the fact's fields, structured ones as JSON.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from acd.facts import Fact, to_json

PREFIX = "Callcenter"

LEFT_OUT = {"decision", "note"}
"""Kept with the call and read through the API: too long for an event line, and nothing for every monitor."""

SEQUENCE = "Sequence"
"""The header that counts all events of one daemon, so that a monitor sees whether it has missed one."""

LONGEST = 200
"""Characters of a value. A line may have 1,024 bytes, and a character of ours four."""


def user_event(fact: Fact) -> dict[str, str]:
    """The headers of the `UserEvent` action for a fact, "UserEvent" (its name) first."""
    fields = to_json(fact)
    return event(str(fields.pop("fact")), fields)


def event(name: str, fields: Mapping[str, Any]) -> dict[str, str]:
    """The headers of the `UserEvent` action of that name, without "Callcenter", for these fields."""
    headers = {"UserEvent": PREFIX + name}
    headers.update({header(field): _text(value) for field, value in fields.items() if field not in LEFT_OUT})
    return headers


@cache
def header(name: str) -> str:
    """The header that carries a field: `wait_ms` is `WaitMs`."""
    return "".join(part.capitalize() for part in name.split("_"))


def _text(value: Any) -> str:
    match value:
        case None:
            text = ""
        case bool():
            text = "true" if value else "false"
        case dict() | list() | tuple():
            text = json.dumps(value, separators=(",", ":"))
        case _:
            text = str(value)
    # A caller's name may hold anything; an action line may not.
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    return text[:LONGEST]
