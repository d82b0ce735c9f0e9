"""How each kind of node looks: one colour for what is said, for what is asked, for what is decided and for who takes
the call. The grounds are light and the letters dark, the lines between are of a middle grey: all of it can be read on a
light and on a dark page.
"""

from collections.abc import Mapping
from dataclasses import dataclass

INK = "#1f2933"
LINE = "#7b8794"
GROUND = "#eef1f4"


@dataclass(frozen=True, slots=True)
class Look:
    """A node's shape of graphviz and its two colours."""

    fill: str
    line: str
    shape: str = "box"


SAID = Look("#dbeafe", "#3b82f6")
ASKED = Look("#fef3c7", "#d97706")
DECIDED = Look("#ede9fe", "#7c3aed")
TAKEN = Look("#d1fae5", "#059669")
ENDED = Look("#f3d9d9", "#b45454")
ELSEWHERE = Look("#e5e7eb", "#6b7280")

LOOKS: Mapping[str, Look] = {
    "say": SAID,
    "menu": ASKED,
    "language": ASKED,
    "collect": ASKED,
    "survey": ASKED,
    "hours": DECIDED,
    "branch": DECIDED,
    "set": DECIDED,
    "look_up": DECIDED,
    "caller": DECIDED,
    "queue": TAKEN,
    "transfer": TAKEN,
    "voicemail": TAKEN,
    "callback": TAKEN,
    "flow": ELSEWHERE,
    "return": ELSEWHERE,
    "hangup": ENDED,
}


def look_of(kind: str) -> Look:
    """How a node of that kind looks."""
    return LOOKS.get(kind, ELSEWHERE)
