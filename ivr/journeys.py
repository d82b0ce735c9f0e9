"""What each call under way has been through in queues, for the session that takes it on after a transfer.

A caller who is sent on keeps the time he has waited; the time he has talked is no waiting.
"""

from dataclasses import dataclass, field

from acd.distributor import Distributor
from acd.facts import CallArrived, CallDequeued, CallEnded, CallQueued, CallReleased, Fact


@dataclass(slots=True)
class Journey:
    """One call. `queued` is its last entry, `waited_ms` its waiting in all queues until it last left one; `place` is
    (first entry, entry into the queue) of an agent who stood there for him, milliseconds since the epoch. `asking` are
    the calls in which its agent asks for somebody now; `joined`: he has put the caller into one of them. `agent` is who
    spoke with the caller last. `agents_own`: an agent's telephone has begun it, to ask or to call outside."""

    queued: CallQueued | None = None
    waited_ms: int = 0
    place: tuple[int, int] | None = None
    asking: set[str] = field(default_factory=set)
    joined: bool = False
    agent: str = ""
    agents_own: bool = False


class Journeys:
    """All of them, by linkedid; a call that nobody here has seen has no journey."""

    def __init__(self, distributor: Distributor) -> None:
        self._journeys: dict[str, Journey] = {}
        self._about: dict[str, str] = {}
        distributor.on_fact.append(self.on_fact)

    def __contains__(self, linkedid: str) -> bool:
        return linkedid in self._journeys

    def get(self, linkedid: str) -> Journey | None:
        """The journey of that call, if it is known."""
        return self._journeys.get(linkedid)

    def since_ms(self, linkedid: str, now_ms: int) -> int:
        """Since when a caller has waited in queues whom nobody has served yet: his place where he leaves a wish or a
        message behind. Who has not waited, or was served, comes anew."""
        journey = self.get(linkedid)
        return now_ms if journey is None or journey.agent else now_ms - journey.waited_ms

    def joined(self, consult: str) -> None:
        """The agent who asks in that call has put his caller into it."""
        if (journey := self.get(self._about.get(consult, ""))) is not None:
            journey.joined = True

    def on_fact(self, fact: Fact) -> None:
        """Take note."""
        match fact:
            case CallArrived():
                self._journeys.setdefault(fact.linkedid, Journey(agents_own=not fact.flow))
                if (about := self.get(fact.consult_of)) is not None:
                    about.asking.add(fact.linkedid)
                    self._about[fact.linkedid] = fact.consult_of
            case CallQueued() if (journey := self.get(fact.linkedid)) is not None:
                journey.queued = fact
            case CallDequeued() if (journey := self.get(fact.linkedid)) is not None:
                journey.waited_ms = fact.wait_ms
            case CallReleased() if (journey := self.get(fact.linkedid)) is not None:
                journey.agent = fact.agent
            case CallEnded():
                self._journeys.pop(fact.linkedid, None)
                if (about := self.get(self._about.pop(fact.linkedid, ""))) is not None:
                    about.asking.discard(fact.linkedid)
