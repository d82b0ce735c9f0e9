"""Who is to be called back, and whether he can be now: at most one attempt to a number is live, and none to somebody
who is on the line himself. The book of call-backs (acd/callback_book.py) decides what follows.
"""

from collections.abc import Collection

from acd.callbacks import Callback


class Customers:
    """The open call-backs of each person, and those who are on the line themselves."""

    def __init__(self) -> None:
        self._open: dict[str, list[Callback]] = {}
        self._callers: dict[str, str] = {}
        """By the linkedids of their calls."""

    def add(self, callback: Callback) -> None:
        """It is open from now on."""
        self._open.setdefault(callback.person, []).append(callback)

    def remove(self, callback: Callback) -> None:
        """It is over."""
        self._open[callback.person].remove(callback)
        if not self._open[callback.person]:
            del self._open[callback.person]

    def of(self, person: str) -> list[Callback]:
        """His open call-backs, in the order they were asked for."""
        return [*self._open.get(person, ())]

    def all(self) -> list[str]:
        """Everybody who has one open."""
        return [*self._open]

    def asked(self, person: str, queue: str) -> Callback | None:
        """The open one by which he is to be called for that queue; a message is something else."""
        return next((one for one in self.of(person) if one.queue == queue and one.message is None), None)

    def came(self, linkedid: str, person: str) -> None:
        """He rings himself."""
        self._callers[linkedid] = person

    def left(self, linkedid: str) -> str | None:
        """That call of his is over; returns who it was, None if it is not known."""
        return self._callers.pop(linkedid, None)

    def caller(self, linkedid: str) -> str:
        """Who is on the line in that call, empty if it is not known."""
        return self._callers.get(linkedid, "")

    def only(self, live: Collection[str]) -> None:
        """No other calls than these (linkedids) are there."""
        self._callers = {linkedid: person for linkedid, person in self._callers.items() if linkedid in live}

    def on_line(self, person: str) -> bool:
        """Whether he rings us himself just now."""
        return person in self._callers.values()

    def can_be_rung(self, callback: Callback) -> bool:
        """Whether nothing else has to do with its customer just now."""
        others = (one for one in self._open.get(callback.person, ()) if one is not callback)
        return not self.on_line(callback.person) and not any(one.engages for one in others)
