"""Wakes somebody when the next thing falls due (acd.timers) and not before: nothing is looked at in between."""

import asyncio
from collections.abc import Callable

from acd.clock import Clock


class Waking:
    """One timer of the running loop. `wake` is called once for each moment that was set and came."""

    def __init__(self, clock: Clock, wake: Callable[[], None]) -> None:
        self._clock = clock
        self._wake = wake
        self._timer: asyncio.TimerHandle | None = None
        self._due_ms: int | None = None

    def set(self, due_ms: int | None) -> None:
        """In place of what was set before: then, in milliseconds since the epoch, at once if that is past; None:
        never."""
        if due_ms == self._due_ms:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._due_ms = due_ms
        if due_ms is not None:
            delay_s = max(0, due_ms - self._clock.now_ms()) / 1000
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._ring)

    def _ring(self) -> None:
        self._timer = self._due_ms = None
        self._wake()
