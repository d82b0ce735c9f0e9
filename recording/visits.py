"""How long a caller stood in which queue and how he left it, from the router's facts and, where it was absent, from the
fallback `Queue()` in Asterisk's ledger.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
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

    def leave(self, at_us: int, reason: DequeueReason) -> None:
        self.left_us, self.reason = max(at_us, self.entered_us), reason


def queue_visits(
    queued: Iterable[CallQueued | CallDequeued],
    caller: Channel,
    conversations: Sequence[Connection],
    at_end: DequeueReason,
) -> tuple[QueueVisit, ...]:
    """The visits in order. A visit ends where Asterisk connected the caller with an agent or where his channel ended;
    the router's word is taken for the other reasons to leave. `at_end` is the reason of a caller who waited to the end
    of his call.
    """
    visits: list[_Visit] = []
    for at_us, event in _in_order(queued, caller, conversations):
        waiting = visits[-1] if visits and visits[-1].left_us is None else None
        match event:
            case CallQueued():
                _enter(visits, event.queue, event.entered_ms * 1000, at_us, event)
            case str():
                _enter(visits, event, at_us, at_us, None)
            case Connection() if waiting:
                waiting.leave(at_us, DequeueReason.ANSWERED)
            case CallDequeued(reason=DequeueReason.ABANDONED) if waiting:
                waiting.leave(caller.ended_us, event.reason)
            case CallDequeued(reason=reason) if waiting and reason is not DequeueReason.ANSWERED:
                waiting.leave(at_us, reason)
            case _:
                pass  # "answered" is believed when the two are connected, not before
    if visits and visits[-1].left_us is None:
        visits[-1].leave(caller.ended_us, at_end)
    return tuple(map(_finished, visits))


def _in_order(
    queued: Iterable[CallQueued | CallDequeued], caller: Channel, conversations: Sequence[Connection]
) -> list[tuple[int, CallQueued | CallDequeued | Connection | str]]:
    fallback = (run for run in caller.runs if run.name == "Queue")
    events: list[tuple[int, CallQueued | CallDequeued | Connection | str]] = [
        *((fact.at_ms * 1000, fact) for fact in queued),
        *((run.start_us, run.data.partition(",")[0]) for run in fallback),
        *((one.start_us, one) for one in conversations),
    ]
    return sorted(events, key=itemgetter(0))


def _enter(visits: list[_Visit], queue: str, entered_us: int, at_us: int, told: CallQueued | None) -> None:
    last = visits[-1] if visits else None
    if last and last.queue == queue and last.reason in (None, DequeueReason.WITHDRAWN):
        # At the head again after a missed offer, or taken over from the router by the fallback queue, or back.
        last.left_us = last.reason = None
        last.told = told or last.told
        return
    if last and last.left_us is None:
        last.leave(at_us, DequeueReason.OVERFLOWED)
    earliest_us = last.left_us if last and last.left_us else 0
    visits.append(_Visit(queue=queue, entered_us=max(entered_us, earliest_us), told=told))


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
