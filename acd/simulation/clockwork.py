"""Virtual time: things to happen in the order of their time, the router's own deadlines among them. It knows neither
callers nor agents.
"""

from collections.abc import Callable
from heapq import heappop, heappush

from acd.router import Router

Action = Callable[[int], None]
"""Something that happens; it is given the time."""


class Clockwork:
    """A heap of actions. At one moment the router's deadlines come first, then actions in the order they were set."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._heap: list[tuple[int, int, Action]] = []
        self._sequence = 0

    def at(self, at_ms: int, action: Action) -> None:
        """Let it happen at that time; a time that has passed is now."""
        self._sequence += 1
        heappush(self._heap, (at_ms, self._sequence, action))

    def run(self, settle: Callable[[int], None], *, until_ms: int) -> None:
        """Let everything happen that is due at `until_ms` or before; `settle` is called after each with the time."""
        now_ms = -1
        while True:
            due_ms = self._router.next_due_ms
            if due_ms is not None and (not self._heap or due_ms <= self._heap[0][0]):
                if due_ms > until_ms:
                    return
                now_ms = max(now_ms, due_ms)
                self._router.tick(now_ms=now_ms)
            elif self._heap and self._heap[0][0] <= until_ms:
                at_ms, _, action = heappop(self._heap)
                now_ms = max(now_ms, at_ms)
                action(now_ms)
            else:
                return
            settle(now_ms)
