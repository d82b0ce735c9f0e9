"""Whether a peer that says nothing is still there, decided from the clock alone."""

from dataclasses import dataclass
from enum import Enum, auto


class Pulse(Enum):
    """What to do at a look at the clock."""

    ALIVE = auto()
    ASK = auto()
    GONE = auto()


@dataclass(slots=True)
class Heartbeat:
    """After a silence of `every_s` the peer is asked; after as long again it is gone. Whatever comes is a sign of life.

    Times are seconds of one monotonic clock.
    """

    every_s: float
    heard_at: float
    _asked_at: float | None = None

    def heard(self, now: float) -> None:
        """Something came."""
        self.heard_at = now
        self._asked_at = None

    def look(self, now: float) -> tuple[Pulse, float]:
        """What to do now, and in how many seconds to look again."""
        if self._asked_at is not None:
            wait_s = self._asked_at + self.every_s - now
            return (Pulse.ALIVE, wait_s) if wait_s > 0 else (Pulse.GONE, 0.0)
        wait_s = self.heard_at + self.every_s - now
        if wait_s > 0:
            return Pulse.ALIVE, wait_s
        self._asked_at = now
        return Pulse.ASK, self.every_s
