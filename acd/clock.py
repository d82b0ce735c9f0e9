"""The daemon's clock: wall time once, then monotonic; durations are true and no step of the wall clock is seen."""

from collections.abc import Callable
from time import monotonic_ns, time_ns


class Clock:
    """Milliseconds since the epoch (UTC) that never go backwards and never jump."""

    def __init__(self, wall_ns: Callable[[], int] = time_ns, monotonic: Callable[[], int] = monotonic_ns) -> None:
        self._monotonic = monotonic
        self._offset_ns = wall_ns() - monotonic()

    def now_ms(self) -> int:
        """The time now."""
        return (self._offset_ns + self._monotonic()) // 1_000_000
