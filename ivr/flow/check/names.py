"""The names that a flow may use without having set them: those of the centre, and those of every call."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ivr.look_ups.check import NOTHING_ALLOWED, Rules

BUILT_IN: Mapping[str, str] = {
    "caller.number": "the number he calls from",
    "caller.name": "his name, as the network or the customer file has it",
    "caller.known": "whether he is on file",
    "caller.vip": "whether he goes ahead of others",
    "caller.agent": "the agent he last spoke with",
    "caller.open_case": "the case of his that is open",
    "caller.language": "the language he is on file with",
    "call.dialled": "the number he dialled",
    "call.date": "the day on which the call came, such as 2026-11-22",
    "call.language": "the language spoken now",
    "call.queue": "the queue of the last conversation",
    "call.agent": "the agent of the last conversation",
}
"""What every call has."""

FOUND = frozenset({"caller.known", "caller.vip", "caller.agent", "caller.open_case", "caller.language"})
"""What is known after a `caller` node only."""

ALWAYS = BUILT_IN.keys() - FOUND


@dataclass(frozen=True, slots=True)
class Names:
    """The names of the centre. `sounds` are the recorded files of each language, without their ending."""

    queues: Collection[str]
    skills: Collection[str]
    languages: Collection[str]
    attributes: Collection[str] = ()
    calendars: Collection[str] = ()
    sounds: Mapping[str, Collection[str]] = field(default_factory=dict)
    look_ups: Rules = NOTHING_ALLOWED
    outside: Collection[str] | None = None
    """The patterns of numbers outside that flows may compute; None: nobody outside can be called."""
    callbacks: Collection[str] | None = None
    """The queues that take call-backs; None: all."""
