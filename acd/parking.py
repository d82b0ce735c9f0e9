"""Callers whom agents have parked: at which space each waits, who parked him, and when he goes back.

Pure, and a part of the router: it reserves nobody and connects nobody. Spaces are the numbers that phones dial.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from acd.errors import ParkingFull
from acd.facts import CallNotParked, CallParked, CallUnparked, Fact
from acd.states import DequeueReason, ParkingOutcome
from acd.targets import LEAVE, Target
from acd.timers import Timers

TIMER = "parked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """One caller at a space. `agent` has parked him, out of `queue`; milliseconds since the epoch."""

    linkedid: str
    space: str
    agent: str
    queue: str
    since_ms: int
    until_ms: int


class Parking:
    """All spaces; `by_call` are the callers who are parked, in the order in which they were."""

    def __init__(
        self,
        timers: Timers[tuple[str, str]],
        state: Callable[[Fact], None],
        left: Callable[[str, Target], None],
    ) -> None:
        """`left` is told the caller who waits no longer: he is to go back."""
        self._timers = timers
        self._state = state
        self._left = left
        self._spaces: tuple[str, ...] = ()
        self._last = ""
        self.by_call: dict[str, Parked] = {}

    def define(self, spaces: Sequence[str]) -> None:
        """The spaces there are. Who stands at one that is no more stays there."""
        self._spaces = tuple(spaces)

    def at(self, space: str) -> Parked | None:
        """Who is parked there."""
        return next((one for one in self.by_call.values() if one.space == space), None)

    def to_fetch(self, agent: str) -> Parked | None:
        """Whom an agent means who says no space: the last whom he parked himself, else who is parked longest."""
        own = [one for one in self.by_call.values() if one.agent == agent]
        return own[-1] if own else next(iter(self.by_call.values()), None)

    def free(self, wish: str = "") -> str:
        """The space that is wished for if it is free, else the next free one after the last that was given, so that a
        number that somebody has called out is not at once another's. Raises ParkingFull."""
        taken = {one.space for one in self.by_call.values()}
        after = self._spaces.index(self._last) + 1 if self._last in self._spaces else 0
        for space in (wish, *self._spaces[after:], *self._spaces[:after]):
            if space in self._spaces and space not in taken:
                return space
        raise ParkingFull(len(self._spaces))

    def park(
        self,
        linkedid: str,
        *,
        agent: str,
        queue: str,
        until_ms: int,
        now_ms: int,
        wish: str = "",
        since_ms: int | None = None,
    ) -> Parked:
        """He waits at a space from now on, or since `since_ms` if a daemon before us parked him. Raises ParkingFull."""
        try:
            space = self.free(wish)
        except ParkingFull:
            self._state(CallNotParked(at_ms=now_ms, linkedid=linkedid, agent=agent, queue=queue))
            raise
        since_ms = now_ms if since_ms is None else since_ms
        parked = Parked(linkedid=linkedid, space=space, agent=agent, queue=queue, since_ms=since_ms, until_ms=until_ms)
        self.by_call[linkedid], self._last = parked, space
        self._timers.set((TIMER, linkedid), until_ms)
        self._state(
            CallParked(at_ms=now_ms, linkedid=linkedid, space=space, agent=agent, queue=queue, until_ms=until_ms)
        )
        return parked

    def fetched(self, linkedid: str, agent: str, now_ms: int) -> None:
        """An agent speaks with him. Not parked: nothing."""
        self._end(linkedid, ParkingOutcome.FETCHED, agent, now_ms)

    def left(self, linkedid: str, reason: DequeueReason, now_ms: int) -> None:
        """He has hung up, or we take him out. Not parked: nothing."""
        gone = reason is DequeueReason.ABANDONED
        self._end(linkedid, ParkingOutcome.ABANDONED if gone else ParkingOutcome.WITHDRAWN, "", now_ms)

    def look(self, linkedid: str, now_ms: int) -> None:
        """His time may be over, and nobody is about to fetch him: then he goes back. Not parked: nothing."""
        if (parked := self.by_call.get(linkedid)) is not None and parked.until_ms <= now_ms:
            self._end(linkedid, ParkingOutcome.RETURNED, "", now_ms)
            self._left(linkedid, LEAVE)

    def _end(self, linkedid: str, outcome: ParkingOutcome, agent: str, now_ms: int) -> None:
        if (parked := self.by_call.pop(linkedid, None)) is None:
            return
        self._timers.cancel((TIMER, linkedid))
        self._state(
            CallUnparked(
                at_ms=now_ms,
                linkedid=linkedid,
                space=parked.space,
                outcome=outcome,
                agent=agent,
                parked_ms=now_ms - parked.since_ms,
            )
        )
