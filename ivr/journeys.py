"""What each call under way has been through in queues, for the session that takes it on after a transfer.

A caller who is sent on keeps the time he has waited; the time he has talked is no waiting.
"""

from dataclasses import dataclass

from acd.distributor import Distributor
from acd.facts import CallArrived, CallDequeued, CallEnded, CallQueued, Fact


@dataclass(slots=True)
class Journey:
    """One call. `queued` is its last entry, `waited_ms` its waiting in all queues until it last left one; `place` is
    (first entry, entry into the queue) of an agent who stood there for him, milliseconds since the epoch."""

    queued: CallQueued | None = None
    waited_ms: int = 0
    place: tuple[int, int] | None = None


class Journeys:
    """All of them, by linkedid; a call that nobody here has seen has no journey."""

    def __init__(self, distributor: Distributor) -> None:
        self._journeys: dict[str, Journey] = {}
        distributor.on_fact.append(self.on_fact)

    def __contains__(self, linkedid: str) -> bool:
        return linkedid in self._journeys

    def get(self, linkedid: str) -> Journey | None:
        """The journey of that call, if it is known."""
        return self._journeys.get(linkedid)

    def on_fact(self, fact: Fact) -> None:
        """Take note."""
        match fact:
            case CallArrived():
                self._journeys.setdefault(fact.linkedid, Journey())
            case CallQueued() if (journey := self.get(fact.linkedid)) is not None:
                journey.queued = fact
            case CallDequeued() if (journey := self.get(fact.linkedid)) is not None:
                journey.waited_ms = fact.wait_ms
            case CallEnded():
                self._journeys.pop(fact.linkedid, None)
