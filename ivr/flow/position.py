"""Where a caller stands in the flows, as it is written on his channel: he outlives the daemon, and goes on there."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ivr.flow.expressions import Value


@dataclass(frozen=True, slots=True)
class Standing:
    """In one flow: its node, its data, and the nodes that asked him something on the way."""

    flow: str
    node: str
    data: Mapping[str, Value]
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """In all flows he is in, the innermost last; `about` is what is known of him and his call. `version` is that of the
    published files he began in."""

    language: str
    standings: tuple[Standing, ...]
    about: Mapping[str, Value]
    version: int = 0

    def to_json(self) -> str:
        """One line of ASCII."""
        written = {
            "v": self.version,
            "l": self.language,
            "s": [[one.flow, one.node, _values(one.data), list(one.asked)] for one in self.standings],
            "a": _values(self.about),
        }
        return json.dumps(written, separators=(",", ":"))

    def without_data(self) -> "Position":
        """The same place, with nothing known."""
        standings = tuple(replace(one, data={}) for one in self.standings)
        return replace(self, standings=standings, about={})

    @classmethod
    def from_json(cls, text: str) -> "Position":
        """The position that the text begins with. Raises ValueError for what is none."""
        try:
            written, _ = json.JSONDecoder().raw_decode(text)  # a part of a longer one may still stand behind it
            standings = tuple(
                Standing(str(flow), str(node), _read(data), tuple(map(str, asked)))
                for flow, node, data, asked in written["s"]
            )
            if not standings:
                raise ValueError("no standing")
            return cls(str(written["l"]), standings, _read(written["a"]), int(written["v"]))
        except (ValueError, ArithmeticError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no position: {type(error).__name__}") from None


def _values(data: Mapping[str, Value]) -> dict[str, Any]:
    return {name: [str(value)] if isinstance(value, Decimal) else value for name, value in data.items()}


def _read(written: Mapping[str, Any]) -> dict[str, Value]:
    return {name: Decimal(value[0]) if isinstance(value, list) else value for name, value in written.items()}
