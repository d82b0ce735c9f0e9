"""Three wrong PINs lock an agent's sign-in for a while. Pure: the time is an argument."""

from collections import deque

WRONG_PINS = 3
LOCK_MS = 15 * 60_000


class PinGuard:
    """Counts wrong PINs by agent number, on whatever phone they were keyed."""

    def __init__(self, wrong_pins: int = WRONG_PINS, lock_ms: int = LOCK_MS) -> None:
        self._lock_ms = lock_ms
        self._wrong_pins = wrong_pins
        self._wrong: dict[str, deque[int]] = {}

    def locked(self, agent: str, now_ms: int) -> bool:
        """Whether his sign-in is locked: as many wrong PINs as allowed within the last `lock_ms`."""
        wrong = self._wrong.get(agent)
        return wrong is not None and len(wrong) == self._wrong_pins and now_ms - wrong[0] < self._lock_ms

    def wrong(self, agent: str, now_ms: int) -> None:
        """He keyed a wrong PIN."""
        self._wrong.setdefault(agent, deque(maxlen=self._wrong_pins)).append(now_ms)

    def right(self, agent: str) -> None:
        """He keyed the right one: all is forgiven."""
        self._wrong.pop(agent, None)
