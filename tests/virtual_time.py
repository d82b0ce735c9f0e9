"""An event loop that never waits: when nothing is ready, its clock jumps to the next timer.

It serves code that only computes and waits for time; sockets and threads are not its matter.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from selectors import SelectorKey, SelectSelector
from typing import Any, ParamSpec

from acd.clock import Clock

Parameters = ParamSpec("Parameters")

EPOCH_MS = 1_700_000_000_000
"""What the wall clock says when a virtual loop begins."""


class NothingCanHappen(Exception):
    """All tasks wait, and no timer is set: outside a test this would be a hang."""


class _JumpingSelector(SelectSelector):
    """Selects at once, and takes the time it was allowed to wait for as passed."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise NothingCanHappen
            self.now_s += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A loop whose time begins at 0 and passes only where every task waits for it."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Seconds of virtual time since the loop was made."""
        return self._jumping.now_s


def clock() -> Clock:
    """A clock on the running loop's time, which reads EPOCH_MS at the loop's beginning."""
    loop = asyncio.get_running_loop()

    def monotonic_ns() -> int:
        return round(loop.time() * 1_000_000) * 1_000  # to the microsecond: the loop's floats are not exact beyond

    return Clock(wall_ns=lambda: EPOCH_MS * 1_000_000 + monotonic_ns(), monotonic=monotonic_ns)


def in_virtual_time(
    test: Callable[Parameters, Coroutine[Any, Any, None]],
) -> Callable[Parameters, None]:
    """Runs a test's coroutine on a loop of virtual time."""

    @wraps(test)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runner.run(test(*args, **kwargs))

    return run
