"""How long a caller will wait, as a range, learnt for each queue from what has happened in it of late.

It listens to facts and never touches a call. While a call waits that no agent is reserved for, all agents of its queue
are busy, so each time one of them takes such a call is the end of a piece of work. Their number per agent and hour of
that time is the queue's pace: it holds talk, wrap-up, ringing, and work for other queues, and times the agents at work
now it says how fast the queue moves now, at once after a change of staffing. Callers who gave up per hour waited is its
impatience (both are the usual estimates of a rate from censored times: events over exposure). The formula that makes a
wait of them, and its correction by how past predictions came true, are those of acd/wait_model.py.

Where it does not know it says nothing: before `LEAST` waits have ended with an agent, and while nobody is at work.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from acd.facts import (
    AgentEdited,
    AgentStateChanged,
    CallDequeued,
    CallOffered,
    CallQueued,
    CentrePublished,
    DaemonStarted,
    Fact,
    OfferEnded,
)
from acd.states import AgentState, DequeueReason, OfferOutcome, Status
from acd.wait_model import MEMORY, Calibration, WaitModel, wait_at

LEAST = 10
"""So many callers must have waited and been served before the first estimate of a queue."""

_FORGET = 1 - 1 / 100
"""What a new event leaves of the weight of those before: pace and impatience are those of the last hundred or so."""

_MEDIAN, _MOST = 0.5, 0.8
_UNREACHABLE = (AgentState.SIGNED_OUT, AgentState.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Half of the callers wait no longer than `median_ms`, four in five no longer than `most_ms`."""

    median_ms: int
    most_ms: int


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How the last `calls` estimates, made on entry, came true for callers who had to wait and were served, or were
    promised less than they waited before they gave up: the mean distance from the median, and the shares who waited no
    longer than the median and than `most_ms`."""

    calls: int
    mean_error_ms: int
    within_median: float
    within_most: float


@dataclass(frozen=True, slots=True)
class _Outcome:
    error_ms: int
    within_median: bool
    within_most: bool


@dataclass(slots=True)
class _Wait:
    """A call in a queue, since `at_ms`; `offers` that ring for it; what was expected of it on entry."""

    queue: str
    at_ms: int
    offers: set[str] = field(default_factory=set)
    had_to_wait: bool = True
    expected: tuple[WaitModel, Estimate] | None = None


class _Rate:
    """Events over exposure, the old ones fading."""

    def __init__(self) -> None:
        self.events = 0
        self.weight = 0.0
        self._exposure = 0.0

    def expose(self, amount: float) -> None:
        self._exposure += amount

    def event(self, *, counts: bool = True) -> None:
        """Something was seen; whether it `counts` or only makes the past older."""
        self.weight = self.weight * _FORGET + counts
        self._exposure *= _FORGET
        self.events += counts

    @property
    def value(self) -> float:
        return self.weight / self._exposure if self._exposure else 0.0


class _Queue:
    """One queue: its agents at work (`staff`), its calls without an offer (`unserved`) and with one (`offered`)."""

    def __init__(self) -> None:
        self.staff: set[str] = set()
        self.unserved = 0
        self.offered = 0
        self.calibration = Calibration()
        self.outcomes: deque[_Outcome] = deque(maxlen=MEMORY)
        self._pace = _Rate()
        self._impatience = _Rate()
        self._since_ms = 0

    def settle(self, now_ms: int) -> None:
        """Count the time since the last change, before the next."""
        if self.unserved:
            passed_ms = max(0, now_ms - self._since_ms)
            self._pace.expose(passed_ms * len(self.staff))
            self._impatience.expose(passed_ms * self.unserved)
        self._since_ms = now_ms

    def served(self) -> None:
        self._pace.event()
        self._impatience.event(counts=False)

    def given_up(self) -> None:
        self._impatience.event()

    def model(self, place: int) -> WaitModel | None:
        """The wait at that place among the calls without an offer."""
        served_per_ms = self._pace.value * len(self.staff)
        if self._pace.events < LEAST or not served_per_ms:
            return None
        return wait_at(place, served_per_ms, self._impatience.value, known_by=self._pace.weight)

    def promise(self, model: WaitModel) -> Estimate:
        median_ms, most_ms = (round(model.quantile_ms(self.calibration.score(p))) for p in (_MEDIAN, _MOST))
        return Estimate(median_ms, most_ms)


class Estimates:
    """Estimates for every queue; `on_fact` is to hear every fact of the router.

    `serves` says whether an agent (by number) can take the calls of a queue; it is asked when he begins
    work, and after each edit. `position` gives a call's place in its queue (1 is first, calls that are
    being offered included), None where that is not known: then calls are taken to be served in the order they come.
    """

    def __init__(self, serves: Callable[[str, str], bool], position: Callable[[str], int | None]) -> None:
        self._serves = serves
        self._position = position
        self._queues: dict[str, _Queue] = {}
        self._waits: dict[str, _Wait] = {}
        self._at_work: set[str] = set()

    def estimate(self, queue: str, position: int) -> Estimate | None:
        """For a caller at this position in the queue, calls that are being offered included; None: it is not known."""
        known = self._queues.get(queue)
        if known is None or (model := known.model(max(1, position - known.offered))) is None:
            return None
        return known.promise(model)

    def accuracy(self, queue: str) -> Accuracy | None:
        """How good the estimates for this queue were of late, None where none was put to the test."""
        outcomes = self._queues[queue].outcomes if queue in self._queues else ()
        if not outcomes:
            return None
        calls = len(outcomes)
        return Accuracy(
            calls=calls,
            mean_error_ms=round(sum(one.error_ms for one in outcomes) / calls),
            within_median=sum(one.within_median for one in outcomes) / calls,
            within_most=sum(one.within_most for one in outcomes) / calls,
        )

    def on_fact(self, fact: Fact) -> None:
        """Learn from what has happened."""
        match fact:
            case AgentStateChanged():
                self._agent_changed(fact)
            case CallQueued():
                self._queued(fact)
            case CallOffered():
                self._offered(fact)
            case OfferEnded():
                self._offer_ended(fact)
            case CallDequeued():
                self._dequeued(fact)
            case CentrePublished() | AgentEdited():
                self._recount(fact.at_ms)
            case DaemonStarted():
                self._begin_anew()
            case _:
                pass

    def _queue(self, name: str, now_ms: int) -> _Queue:
        if name not in self._queues:
            self._queues[name] = queue = _Queue()
            queue.staff = {agent for agent in self._at_work if self._serves(agent, name)}
        self._queues[name].settle(now_ms)
        return self._queues[name]

    def _agent_changed(self, fact: AgentStateChanged) -> None:
        at_work = fact.status is Status.READY and fact.after not in _UNREACHABLE
        if at_work == (fact.agent in self._at_work):
            return
        (self._at_work.add if at_work else self._at_work.discard)(fact.agent)
        for name, queue in self._queues.items():
            serves = at_work and self._serves(fact.agent, name)
            if serves != (fact.agent in queue.staff):
                queue.settle(fact.at_ms)
                (queue.staff.add if serves else queue.staff.discard)(fact.agent)

    def _begin_anew(self) -> None:
        """Who waited and who was at work is not known any more; what was learnt is."""
        self._waits.clear()
        self._at_work.clear()
        for queue in self._queues.values():
            queue.staff.clear()
            queue.unserved = queue.offered = 0

    def _recount(self, now_ms: int) -> None:
        """Queues or an agent were edited: others may serve now."""
        for name, queue in self._queues.items():
            queue.settle(now_ms)
            queue.staff = {agent for agent in self._at_work if self._serves(agent, name)}

    def _queued(self, fact: CallQueued) -> None:
        queue = self._queue(fact.queue, fact.at_ms)
        self._waits[fact.linkedid] = wait = _Wait(fact.queue, fact.at_ms)
        queue.unserved += 1
        position = self._position(fact.linkedid)
        place = queue.unserved if position is None else max(1, position - queue.offered)
        if (model := queue.model(place)) is not None:
            wait.expected = model, queue.promise(model)

    def _offered(self, fact: CallOffered) -> None:
        if (wait := self._waits.get(fact.linkedid)) is None:
            return
        queue = self._queue(wait.queue, fact.at_ms)
        if not wait.offers:
            queue.unserved -= 1
            queue.offered += 1
        if fact.at_ms == wait.at_ms:
            wait.had_to_wait = False
        wait.offers.add(fact.offer)

    def _offer_ended(self, fact: OfferEnded) -> None:
        wait = self._waits.get(fact.linkedid)
        if wait is None or fact.offer not in wait.offers or fact.outcome is OfferOutcome.ANSWERED:
            return
        queue = self._queue(wait.queue, fact.at_ms)
        wait.offers.remove(fact.offer)
        if not wait.had_to_wait:  # he has to, after all; nothing was expected of that
            wait.had_to_wait, wait.expected = True, None
        if not wait.offers:
            queue.unserved += 1
            queue.offered -= 1

    def _dequeued(self, fact: CallDequeued) -> None:
        if (wait := self._waits.pop(fact.linkedid, None)) is None:
            return
        queue = self._queue(wait.queue, fact.at_ms)
        if wait.offers:
            queue.offered -= 1
        else:
            queue.unserved -= 1
        if not wait.had_to_wait:
            return
        served = fact.reason is DequeueReason.ANSWERED
        if served:
            queue.served()
        elif fact.reason is DequeueReason.ABANDONED:
            queue.given_up()
        if wait.expected is not None:
            _judge(queue, *wait.expected, waited_ms=fact.at_ms - wait.at_ms, served=served)


def _judge(queue: _Queue, model: WaitModel, estimate: Estimate, *, waited_ms: int, served: bool) -> None:
    queue.calibration.add(model.score(waited_ms), served=served)
    if served or waited_ms > estimate.most_ms:
        queue.outcomes.append(
            _Outcome(
                error_ms=abs(waited_ms - estimate.median_ms),
                within_median=waited_ms <= estimate.median_ms,
                within_most=waited_ms <= estimate.most_ms,
            )
        )
