"""Facts as AMI UserEvents, so that any AMI client can follow the router (requirements P1).

The event's name is "Callcenter" and the fact's; its headers are the fact's fields, structured ones as JSON.
"""

import json
from typing import Any

from acd.facts import Fact, to_json

PREFIX = "Callcenter"

LEFT_OUT = {"decision"}
"""Kept with the call and read through the API; too long for an event line."""


def user_event(fact: Fact) -> dict[str, str]:
    """The headers of the `UserEvent` action for a fact, "UserEvent" (its name) first."""
    fields = to_json(fact)
    headers = {"UserEvent": PREFIX + str(fields.pop("fact"))}
    headers.update({_header(name): _text(value) for name, value in fields.items() if name not in LEFT_OUT})
    return headers


def _header(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case dict() | list() | tuple():
            return json.dumps(value, ensure_ascii=True, separators=(",", ":"))
        case _:
            # A caller's name may hold anything; an action line may not.
            return " ".join(str(value).split()) if not str(value).isprintable() else str(value)
