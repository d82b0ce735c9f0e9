"""Things that fall due: a heap of deadlines by key. It has no clock; the time is an argument."""

from heapq import heappop, heappush
from typing import Generic, TypeVar

Key = TypeVar("Key")


class Timers(Generic[Key]):
    """At most one deadline for each key; setting it again moves it."""

    def __init__(self) -> None:
        self._due: dict[Key, tuple[int, int]] = {}
        self._heap: list[tuple[int, int, Key]] = []
        self._sequence = 0

    def set(self, key: Key, due_ms: int) -> None:
        """Let `key` fall due at `due_ms`."""
        self._sequence += 1
        self._due[key] = (due_ms, self._sequence)
        heappush(self._heap, (due_ms, self._sequence, key))

    def cancel(self, key: Key) -> None:
        """Forget `key`, whether it is set or not."""
        self._due.pop(key, None)

    @property
    def next_due_ms(self) -> int | None:
        """The earliest deadline, None if there is none."""
        while self._heap and not self._current(self._heap[0]):
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now_ms: int) -> list[Key]:
        """Take out the keys that are due at `now_ms`, earliest first."""
        keys = []
        while (due_ms := self.next_due_ms) is not None and due_ms <= now_ms:
            key = heappop(self._heap)[2]
            del self._due[key]
            keys.append(key)
        return keys

    def _current(self, entry: tuple[int, int, Key]) -> bool:
        return self._due.get(entry[2]) == entry[:2]
