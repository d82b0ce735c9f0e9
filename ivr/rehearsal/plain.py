"""A rehearsed call for programs: each event as plain JSON, named by what it is. Numbers that are not whole are text."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from ivr.rehearsal.events import Event, Heard
from ivr.rehearsal.said import Transcripts, utterances


def plain(event: Event, known: Transcripts) -> dict[str, Any]:
    """`event` is its name, such as left_queue; what is heard is told by language, the recordings in it by name."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()
    if isinstance(event, Heard):
        said = [
            {"language": one.language, "text": one.text, "files": list(one.files)}
            for one in utterances(event.pieces, known)
        ]
        return {"event": name, "said": said, "cut_short": event.cut_short}
    return {"event": name, **_plain(event)}


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else str(value)
        case Mapping():
            return {key: _plain(one) for key, one in value.items()}
        case tuple():
            return [_plain(one) for one in value]
        case _ if is_dataclass(value):
            return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            return value
