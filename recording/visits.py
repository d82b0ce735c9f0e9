"""How long a caller stood in which queue and how he left it, from the router's facts and, where it was absent, from the
fallback `Queue()` in Asterisk's ledger.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from operator import itemgetter

from acd.facts import CallDequeued, CallQueued
from acd.states import DequeueReason
from recording.channels import Channel, Connection
from recording.instants import span_ms, utc
from recording.record import QueueVisit


@dataclass(slots=True)
class _Visit:
    queue: str
    entered_us: int
    left_us: int | None = None
    reason: DequeueReason | None = None
    told: CallQueued | None = field(default=None)
    fetched_back: bool = False
    picked_up_us: int | None = None

    def leave(self, at_us: int, reason: DequeueReason, *, fetched_back: bool = False) -> None:
        self.left_us, self.reason = max(at_us, self.entered_us), reason
        self.fetched_back = fetched_back

    def goes_on(self, entered_us: int, told: CallQueued | None) -> bool:
        """Whether entering the same queue again, first at `entered_us` by the router's word, is no new visit."""
        if self.left_us is None:
            return True  # at the head again after a missed offer, or taken over from a killed router
        if self.reason is not DequeueReason.WITHDRAWN:
            return False
        # Handed over to the fallback queue by a router that stopped, or back from there in his old place. Who stood
        # there because he had been in a menu goes through that menu again, and then enters anew.
        return not self.fetched_back or (told is not None and entered_us <= self.left_us)


@dataclass(frozen=True, slots=True)
class _FetchedBack:
    """The router came back and took the caller out of the fallback queue."""

    queue: str


@dataclass(frozen=True, slots=True)
class _PickedUp:
    """An agent's phone was answered; whether the two were connected is another matter."""


_Event = CallQueued | CallDequeued | Connection | _FetchedBack | _PickedUp | str


def queue_visits(
    queued: Iterable[CallQueued | CallDequeued],
    caller: Channel,
    rung: Sequence[Channel],
    conversations: Sequence[Connection],
    at_end: DequeueReason,
    *,
    served_by_message: bool = False,
) -> tuple[QueueVisit, ...]:
    """The visits in order. A visit ends where Asterisk connected the caller with an agent or where his channel ended;
    the router's word is taken for the other reasons to leave. `at_end` is the reason of a caller who waited to the end
    of his call, `rung` are the agents' phones. `served_by_message`: its agent heard a message before he called anybody.
    """
    visits: list[_Visit] = []
    for at_us, event in _in_order(queued, caller, rung, conversations):
        waiting = visits[-1] if visits and visits[-1].left_us is None else None
        match event:
            case CallQueued():
                _enter(visits, event.queue, event.entered_ms * 1000, at_us, event)
            case str():
                _enter(visits, event, at_us, at_us, None)
            case _FetchedBack(queue) if waiting and waiting.queue == queue:
                waiting.leave(at_us, DequeueReason.WITHDRAWN, fetched_back=True)
            case Connection() if waiting:
                waiting.leave(at_us, DequeueReason.ANSWERED)
            case CallDequeued(reason=DequeueReason.ABANDONED) if waiting:
                waiting.leave(caller.ended_us, event.reason)
            case CallDequeued(reason=reason) if waiting and (served_by_message or reason is not DequeueReason.ANSWERED):
                waiting.leave(at_us, reason)
            case CallDequeued() | _PickedUp() if waiting:
                waiting.picked_up_us = at_us  # believed when the two are connected, not before
            case _:
                pass
    if visits and visits[-1].left_us is None:
        _end(visits[-1], caller, at_end)
    return tuple(map(_finished, visits))


def _in_order(
    queued: Iterable[CallQueued | CallDequeued],
    caller: Channel,
    rung: Sequence[Channel],
    conversations: Sequence[Connection],
) -> list[tuple[int, _Event]]:
    events: list[tuple[int, _Event]] = [
        *((fact.at_ms * 1000, fact) for fact in queued),
        *((one.start_us, one) for one in conversations),
        *((one.answered_us, _PickedUp()) for one in rung if one.answered_us is not None),
    ]
    for run, after in zip_longest(caller.runs, caller.runs[1:]):
        if run.name == "Queue":
            queue = run.data.partition(",")[0]
            events.append((run.start_us, queue))
            if after is not None and after.name == "AGI":
                events.append((run.end_us, _FetchedBack(queue)))
    return sorted(events, key=itemgetter(0))


def _enter(visits: list[_Visit], queue: str, entered_us: int, at_us: int, told: CallQueued | None) -> None:
    last = visits[-1] if visits else None
    if last and last.queue == queue and last.goes_on(entered_us, told):
        last.left_us = last.reason = last.picked_up_us = None
        last.told = told or last.told
        return
    if last and last.left_us is None:
        last.leave(at_us, DequeueReason.OVERFLOWED)
    # The router counts on from the first queue; between that and this one he may have talked with an agent.
    talked = last is not None and last.reason is DequeueReason.ANSWERED
    earliest_us = at_us if talked else last.left_us if last and last.left_us else 0
    visits.append(_Visit(queue=queue, entered_us=max(entered_us, earliest_us), told=told))


def _end(last: _Visit, caller: Channel, at_end: DequeueReason) -> None:
    if last.picked_up_us and at_end is DequeueReason.TIMED_OUT:
        last.leave(last.picked_up_us, DequeueReason.ANSWERED)  # and hung up before the two were connected
    else:
        last.leave(caller.ended_us, at_end)


def _finished(visit: _Visit) -> QueueVisit:
    if visit.left_us is None or visit.reason is None:
        raise AssertionError("a visit is finished only after it was left")
    return QueueVisit(
        queue=visit.queue,
        entered_at=utc(visit.entered_us),
        left_at=utc(visit.left_us),
        wait_ms=span_ms(visit.entered_us, visit.left_us),
        reason=visit.reason,
        priority=visit.told.priority if visit.told else 0,
        skills=visit.told.skills if visit.told else {},
        data=visit.told.data if visit.told else {},
    )
