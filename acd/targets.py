"""Where a caller goes who leaves a queue without an agent of it, as the centre's files say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class TargetKind(StrEnum):
    """What a target is."""

    QUEUE = "queue"  # another queue; the router moves the call itself, first entry kept
    NUMBER = "number"  # an outside number, over the carrier line
    VOICEMAIL = "voicemail"  # a message for the queue
    CALLBACK = "callback"  # he is rung back, and keeps his place meanwhile; by his own key only
    SAY = "say"  # an announcement, then hang-up
    LEAVE = "leave"  # back to the flow, at the queue node's `otherwise`


@dataclass(frozen=True, slots=True)
class Target:
    """One place to go. `value` is the queue or the number, `speech` what is said, by language."""

    kind: TargetKind
    value: str = ""
    speech: Mapping[str, str] = field(default_factory=dict)


LEAVE = Target(TargetKind.LEAVE)
