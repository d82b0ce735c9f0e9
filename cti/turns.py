"""Who may do something of which only so much is done at once, and who next: askers take turns, each with what he asked
first, so that who asks without a pause never keeps others waiting for more than one thing of his. Where too many wait,
he who waits with most gives way.
"""

import asyncio
from collections import deque


class TooMany(Exception):
    """So many wait already, and none of them asks for more than this one."""


class Turns:
    """`at_once` at a time; `waiting_at_most` wait. Whoever has taken a turn must pass it on."""

    def __init__(self, at_once: int, waiting_at_most: int) -> None:
        self._free = at_once
        self._waiting_at_most = waiting_at_most
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        """By asker; the first is next."""

    async def take(self, asker: str) -> None:
        """Return when it is this asker's turn. Raises TooMany."""
        if self._free:
            self._free -= 1
            return
        if sum(map(len, self._waiting.values())) >= self._waiting_at_most:
            self._make_room(asker)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(asker, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.pass_on()
            else:
                self._forget(asker, turn)
            raise

    def pass_on(self) -> None:
        """It is done: the next one's turn."""
        while self._waiting:
            asker = next(iter(self._waiting))
            his = self._waiting.pop(asker)
            turn = his.popleft()
            if his:
                self._waiting[asker] = his  # behind all others
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _make_room(self, asker: str) -> None:
        most = max(self._waiting, key=lambda one: len(self._waiting[one]), default=asker)
        if most == asker or len(self._waiting[most]) <= len(self._waiting.get(asker, ())) + 1:
            raise TooMany
        last = self._waiting[most][-1]
        self._forget(most, last)
        if not last.done():
            last.set_exception(TooMany())

    def _forget(self, asker: str, turn: asyncio.Future[None]) -> None:
        his = self._waiting.get(asker)
        if his is not None and turn in his:
            his.remove(turn)
            if not his:
                del self._waiting[asker]
