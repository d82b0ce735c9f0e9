"""One call's stay in a queue, as the facts of a day tell it; what they do not tell is None or empty."""

from dataclasses import dataclass, field

from acd.callbacks import is_callback
from acd.facts import CallQueued
from acd.states import DequeueReason
from acd.targets import TargetKind


@dataclass(frozen=True, slots=True)
class Ring:
    """The phone of an agent who was there rang so long; not `answered`: until something else ended it."""

    ring_ms: int
    answered: bool


RINGING = Ring(0, answered=False)
"""A phone of which nothing more is told."""


@dataclass(slots=True)
class ToldStay:
    """From entry to the end of wrap-up. Durations in milliseconds."""

    queued: CallQueued
    reason: DequeueReason | None = None
    left_ms: int = 0
    wait_ms: int = 0
    left_for: TargetKind | None = None
    """What he pressed a key for, to leave the queue."""
    agent: str = ""
    rings: dict[str, Ring] = field(default_factory=dict)
    """By offer, in the order in which they were made; of agents who were not there there is none."""
    handling_ms: int | None = None
    released_ms: int | None = None
    wrap_up_ms: int | None = None
    """None also for a wrap-up that ran to the queue's limit: it would have run to another limit, too."""

    @property
    def over(self) -> bool:
        """Whether nothing more is to be told of it."""
        return self.released_ms is not None if self.reason is DequeueReason.ANSWERED else self.reason is not None

    @property
    def virtual(self) -> bool:
        """Whether a call-back stood there in the caller's place: it hears nothing and never hangs up."""
        return is_callback(self.queued.linkedid)

    @property
    def end_ms(self) -> int:
        """When the caller was free to go elsewhere."""
        return self.left_ms if self.released_ms is None else self.released_ms
