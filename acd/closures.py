"""Closures in an emergency: somebody shuts a calendar, or all of them, until somebody opens it again. Pure; why callers
are turned away, and what they hear of it, is in the fact by which it was declared.
"""

from collections.abc import Callable

from acd.errors import NotClosed
from acd.facts import ClosureDeclared, ClosureLifted, Fact

EVERY = "*"
"""In the place of a calendar: all of them, and all queues, also those without a calendar."""


class Closures:
    """The closures that are on, by calendar. `state` takes the facts; `on_change` are run after each change."""

    def __init__(self, state: Callable[[Fact], None]) -> None:
        self.on: dict[str, ClosureDeclared] = {}
        self.on_change: list[Callable[[], None]] = []
        self._state = state

    def declare(
        self, calendar: str, *, by: str, why: str, announcement: str = "", since_ms: int | None = None, now_ms: int
    ) -> None:
        """Shut this calendar, or say anew why and with which announcement. `since_ms` where it has been shut longer."""
        before = self.on.get(calendar)
        since_ms = since_ms or (before.since_ms if before is not None else now_ms)
        fact = ClosureDeclared(
            at_ms=now_ms, calendar=calendar, by=by, why=why, announcement=announcement, since_ms=since_ms
        )
        self.on[calendar] = fact
        self._changed(fact)

    def lift(self, calendar: str, *, by: str, why: str = "", now_ms: int) -> None:
        """Open this calendar again. Raises NotClosed."""
        if calendar not in self.on:
            raise NotClosed(calendar, sorted(self.on))
        del self.on[calendar]
        self._changed(ClosureLifted(at_ms=now_ms, calendar=calendar, by=by, why=why))

    def of(self, calendar: str | None) -> ClosureDeclared | None:
        """The closure that holds for this calendar, its own before that of all; None, the calendar of a queue that has
        none, knows only that of all."""
        return self.on.get(calendar or EVERY) or self.on.get(EVERY)

    def _changed(self, fact: Fact) -> None:
        self._state(fact)
        for changed in self.on_change:
            changed()
