"""What the callers of a queue are told while they wait, as the centre's files say, and when it is time. Pure.

The words are those of ivr/waiting_words.py; who speaks them is ivr/company.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from acd.targets import TargetKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce:
    """A queue's announcements. Durations in milliseconds; `every_ms` 0: only once. By a key of `leave` the caller can
    go elsewhere (a call-back or voicemail) whenever he likes. One of the `messages` is said each time, in turn."""

    first_ms: int = 10_000
    every_ms: int = 45_000
    position: bool = False
    estimate: bool = False
    messages: tuple[Mapping[str, str], ...] = ()
    leave: Mapping[str, TargetKind] = field(default_factory=dict)

    @property
    def says_something(self) -> bool:
        """Whether there is ever anything to be said."""
        return self.position or self.estimate or bool(self.messages) or bool(self.leave)


NOTHING = Announce()
"""Only music."""


class Schedule:
    """When a caller hears his next announcement, and how many he has heard."""

    def __init__(self, announce: Announce, since_ms: int) -> None:
        self._announce = announce
        self.said = 0
        self.due_ms: int | None = since_ms + announce.first_ms if announce.says_something else None

    def take(self, now_ms: int) -> Mapping[str, str]:
        """The announcement is made now: its message, by language; the next is due after the usual time from now."""
        messages = self._announce.messages
        message = messages[self.said % len(messages)] if messages else {}
        self.said += 1
        self.due_ms = now_ms + self._announce.every_ms if self._announce.every_ms else None
        return message
