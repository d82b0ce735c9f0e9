"""Which calls are owed an outcome code: an agent has spoken with the caller of a queue that requires one, his
after-call work is over, and nobody has closed the call since he answered it.

It decides nothing about who is offered a call: no caller waits for a form (docs/decisions/0023).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from acd.facts import CallOutcomeSet, Fact, OutcomeOwed
from acd.roster import Roster

REMEMBERED_MS = 24 * 3_600_000
"""What is older is looked up among the records: agents are reminded of what they can still know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation that is over, as far as it matters here; `answered_ms` is when it began."""

    linkedid: str
    queue: str
    agent: str
    answered_ms: int


class Outcomes:
    """The calls of the last day that were closed, and those that are owed a code, which their agents bear as well."""

    def __init__(self, roster: Roster, state: Callable[[Fact], None]) -> None:
        self._roster = roster
        self._state = state
        self._closed_ms: dict[str, int] = {}
        self._owed: dict[str, OutcomeOwed] = {}

    def __iter__(self) -> Iterator[OutcomeOwed]:
        return iter(self._owed.values())

    def of(self, linkedid: str) -> OutcomeOwed | None:
        """Who owes a code for this call; None: nobody."""
        return self._owed.get(linkedid)

    def close(self, outcome: CallOutcomeSet) -> None:
        """A call is closed, while it goes on or at any time after."""
        self.recall(outcome)
        self._state(outcome)

    def finish(self, talk: Talk, now_ms: int) -> None:
        """An agent's after-call work is over, for a queue that requires a code."""
        if self._closed_ms.get(talk.linkedid, -1) < talk.answered_ms:
            owed = OutcomeOwed(at_ms=now_ms, linkedid=talk.linkedid, queue=talk.queue, agent=talk.agent)
            self.recall(owed)
            self._state(owed)

    def recall(self, fact: CallOutcomeSet | OutcomeOwed) -> None:
        """Take note of what was stated, now or before a restart of ours; in the order of time."""
        match fact:
            case CallOutcomeSet():
                self._closed_ms.pop(fact.linkedid, None)  # so that they stay in the order of time
                self._closed_ms[fact.linkedid] = fact.at_ms
                self._settle(fact.linkedid)
            case OutcomeOwed():
                self._settle(fact.linkedid)
                self._owed[fact.linkedid] = fact
                if fact.agent in self._roster:
                    agent = self._roster.agent(fact.agent)
                    agent.owes = (*agent.owes, fact.linkedid)
        self._forget(fact.at_ms - REMEMBERED_MS)

    def _settle(self, linkedid: str) -> None:
        owed = self._owed.pop(linkedid, None)
        if owed is not None and owed.agent in self._roster:
            agent = self._roster.agent(owed.agent)
            agent.owes = tuple(one for one in agent.owes if one != linkedid)

    def _forget(self, before_ms: int) -> None:
        while self._owed and next(iter(self._owed.values())).at_ms < before_ms:
            self._settle(next(iter(self._owed)))
        while self._closed_ms and next(iter(self._closed_ms.values())) < before_ms:
            del self._closed_ms[next(iter(self._closed_ms))]
