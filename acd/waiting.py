"""The calls in their queues: at which step of its queue each is, for whom it waits, and when it must go elsewhere.

Who of several agents gets it, and that he is rung, is decided by the router; a call that is to be looked at is `loose`.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from acd.decisions import Trigger
from acd.errors import UnknownQueue
from acd.facts import (
    BlendedAgentsCalled,
    CallDequeued,
    CallOverflowed,
    CallQueued,
    CallStepped,
    Fact,
    QueueClosed,
    QueueOpened,
    SurgeDeclared,
)
from acd.pools import Pool
from acd.queues import PREFERRED, Call, Order, Queue, QueueSettings
from acd.requirements import ANY, Requirement, both, either, named
from acd.roster import Roster
from acd.states import DequeueReason, OfferOutcome, OverflowCause, Status
from acd.targets import LEAVE, Target, TargetKind
from acd.timers import Timers


class Waiting:
    """All queues by name, all waiting calls by linkedid. `withdraw` ends the offers of a call that is put out, `left`
    is told of every call that goes elsewhere."""

    def __init__(
        self,
        roster: Roster,
        timers: Timers[tuple[str, str]],
        state: Callable[[Fact], None],
        withdraw: Callable[[Call, OfferOutcome, int], None],
        left: Callable[[str, Target], None],
    ) -> None:
        self._roster = roster
        self._timers = timers
        self._state = state
        self._withdraw = withdraw
        self._left = left
        self.loose: dict[str, Trigger] = {}
        """The calls for which an agent is to be looked for, and why."""
        self.queues: dict[str, Queue] = {}
        self.calls: dict[str, Call] = {}

    def queue(self, name: str) -> Queue:
        """The queue of that name. Raises UnknownQueue."""
        try:
            return self.queues[name]
        except KeyError:
            raise UnknownQueue(name, sorted(self.queues)) from None

    def define(self, settings: QueueSettings, now_ms: int) -> None:
        """Add a queue, or change one: its calls keep their entry and are at the step that fits it now."""
        queue = self.queues.get(settings.name)
        if queue is None:
            self.queues[settings.name] = Queue(settings)
            self._share_pools()
        else:
            queue.define(settings)
            self._share_pools()
            queue.overdue.clear()
            for call in [*queue]:
                self._set_limits(call, queue)
                self.place(call, Trigger.QUEUE_CHANGED, now_ms, anew=True)
            self._blend(queue, now_ms)

    def enter(self, call: Call, now_ms: int) -> None:
        """Put the call into its queue; if that cannot take it, it goes where the queue says."""
        queue = self.queues[call.queue]
        queue.enter(call)
        self.calls[call.linkedid] = call
        self._state(
            CallQueued(
                at_ms=now_ms,
                linkedid=call.linkedid,
                queue=call.queue,
                priority=call.priority,
                skills=call.skills,
                entered_ms=call.entered_ms,
                waiting=len(queue),
                data=call.data,
                requires=call.requires.text,
                preferred=call.preferred,
            )
        )
        if call.on_line and 0 < queue.settings.max_waiting < len(queue):
            self.overflow(call, queue.settings.on_full, OverflowCause.FULL, now_ms)
            return
        self._set_limits(call, queue)
        self._blend(queue, now_ms)
        self.place(call, Trigger.CALL_ENTERED, now_ms)

    def place(self, call: Call, trigger: Trigger, now_ms: int, *, anew: bool = False) -> None:
        """Bring the call to the step that is due, and to the pool of that step; a call being offered stays with its
        offer, and comes here again if that fails."""
        queue = self.queues[call.queue]
        if not call.offers and self._turned_out(call, queue, now_ms):
            return
        step = self._step(call, queue, now_ms, anew=anew)
        if step != PREFERRED and not call.offers and (ends := self._ends(call, queue, step)) is not None:
            self.overflow(call, *ends, now_ms)
            return
        self._take_step(call, queue, step, now_ms)
        if not call.offers:
            call.pool = None
            self.loose[call.linkedid] = trigger

    def take_loose(self) -> list[tuple[Call, Trigger]]:
        """The calls for which an agent is to be looked for, the first in the order first."""
        loose, self.loose = self.loose, {}
        there = [(self.calls[id], trigger) for id, trigger in loose.items() if id in self.calls]
        return sorted(there, key=lambda entry: entry[0].order) if len(there) > 1 else there

    def pool(self, call: Call) -> Pool:
        """Where the call waits at its present step."""
        if call.step == PREFERRED:
            return self._roster.pools.pool(named(call.preferred))
        return self._pool_at(call, self.queues[call.queue], call.step)

    def look_around(self, now_ms: int) -> None:
        """Agents have signed out or do not want calls: whoever waited for them alone goes on to the next step."""
        pools, unwilling = self._roster.pools, self._roster.unwilling
        alone = [call for pool in pools.emptied if not pool.members for call in pool.waiting()]
        for agent in unwilling:
            if agent.status is not Status.READY:
                alone += pools.waiting_for(named(agent.number))
        pools.emptied.clear()
        unwilling.clear()
        for call in alone:
            if call.pool is not None:  # else it is being looked at already, or has left
                self.place(call, Trigger.STEP_TAKEN, now_ms)

    def declare_surge(self, name: str, *, on: bool, cause: str, why: str, now_ms: int) -> None:
        """Call the blended agents in, or let them go. What it is already is no news. Raises UnknownQueue."""
        queue = self.queue(name)
        if queue.surge is not on:
            queue.surge = on
            self._state(SurgeDeclared(at_ms=now_ms, queue=name, on=on, cause=cause, why=why))
            self._blend(queue, now_ms)

    def set_open(self, name: str, is_open: bool, now_ms: int) -> None:
        """The queue's hours begin or end. What it is already is no news. Raises UnknownQueue."""
        queue = self.queue(name)
        if queue.open is not is_open:
            queue.open = is_open
            self._state((QueueOpened if is_open else QueueClosed)(at_ms=now_ms, queue=name))
            for call in [*queue]:
                self.place(call, Trigger.QUEUE_CHANGED, now_ms)

    def due(self, kind: str, linkedid: str, now_ms: int) -> None:
        """A call's deadline has come: its next step, the end of its wait, or of the patience with its queue."""
        call = self.calls[linkedid]
        queue = self.queues[call.queue]
        match kind:
            case "step":
                self.place(call, Trigger.STEP_TAKEN, now_ms)
            case "overdue":
                queue.overdue.add(linkedid)
                self._blend(queue, now_ms)
            case _:
                self.overflow(call, queue.settings.on_max_wait, OverflowCause.MAX_WAIT, now_ms)

    def put_out(self, call: Call, reason: DequeueReason, now_ms: int) -> None:
        """Take the call out, its offers with it."""
        if call.offers:
            self._withdraw(call, outcome_of_leaving(reason), now_ms)
        self.dequeue(call, reason, now_ms)

    def dequeue(self, call: Call, reason: DequeueReason, now_ms: int) -> None:
        """The call, which is offered to nobody any more, leaves its queue."""
        queue = self.queues[call.queue]
        queue.leave(call, reason)
        del self.calls[call.linkedid]
        call.pool = None
        for kind in ("wait", "step", "overdue"):
            self._timers.cancel((kind, call.linkedid))
        self._state(
            CallDequeued(
                at_ms=now_ms,
                linkedid=call.linkedid,
                queue=call.queue,
                reason=reason,
                wait_ms=now_ms - call.entered_ms,
                waiting=len(queue),
            )
        )
        self._blend(queue, now_ms)

    def overflow(self, call: Call, target: Target, cause: OverflowCause, now_ms: int) -> None:
        """The call goes elsewhere; where that is a queue which it has been in, or which there is not: it leaves."""
        if target.kind is TargetKind.QUEUE and (target.value in call.visited or target.value not in self.queues):
            target = LEAVE  # queues that overflow into each other would send the call round for ever
        reason = DequeueReason.OVERFLOWED
        if cause is OverflowCause.MAX_WAIT and target.kind is TargetKind.LEAVE:
            reason = DequeueReason.TIMED_OUT
        else:
            self._state(
                CallOverflowed(
                    at_ms=now_ms,
                    linkedid=call.linkedid,
                    queue=call.queue,
                    cause=cause,
                    to=target.kind,
                    value=target.value,
                )
            )
        self.put_out(call, reason, now_ms)
        self._left(call.linkedid, target)
        if target.kind is TargetKind.QUEUE:
            self.enter(moved(call, self.queues[target.value].settings, now_ms), now_ms)

    # Steps

    def _step(self, call: Call, queue: Queue, now_ms: int, *, anew: bool) -> int:
        """The step that is due; steps for which nobody is signed in are passed over. A call goes back only if the
        queue's steps are others (`anew`)."""
        patient = now_ms < call.queued_ms + _preferred_ms(call, queue)
        if call.step == PREFERRED and patient and self._wanted(call, queue):
            return PREFERRED
        stages = queue.stages
        step = 0 if anew else max(call.step, 0)
        while step + 1 < len(stages) and call.queued_ms + stages[step + 1].after_ms <= now_ms:
            step += 1
        while step + 1 < len(stages) and not stages[step].overflow and not self._pool_at(call, queue, step).members:
            step += 1
        return step

    def _take_step(self, call: Call, queue: Queue, step: int, now_ms: int) -> None:
        stages = queue.stages
        following = stages[step + 1].after_ms if step + 1 < len(stages) else None
        if step == PREFERRED:
            following = _preferred_ms(call, queue)
        if following is None:
            self._timers.cancel(("step", call.linkedid))
        else:
            self._timers.set(("step", call.linkedid), call.queued_ms + following)
        points = call.priority + (stages[step].priority if step > 0 else 0)
        order = order_of(call, points, queue.settings)
        if order != call.order:
            queue.reorder(call, order)
        if step != call.step:
            call.step = step
            self._state(
                CallStepped(
                    at_ms=now_ms,
                    linkedid=call.linkedid,
                    queue=call.queue,
                    step=step,
                    requires=self.pool(call).requirement.text,
                    priority=points,
                    wait_ms=now_ms - call.entered_ms,
                )
            )

    def _wanted(self, call: Call, queue: Queue) -> bool:
        """Whether to wait for the preferred agent: he takes calls now, and could take this one at some step (or is the
        one to whom it was sent)."""
        if call.preferred not in self._roster:
            return False
        agent = self._roster.agent(call.preferred)
        if call.named or agent.status is not Status.READY:
            return agent.status is Status.READY
        return call.requires.met_by(agent) and any(requires.met_by(agent) for requires in queue.could_serve())

    def _share_pools(self) -> None:
        self._roster.pools.share({stage.requires for queue in self.queues.values() for stage in queue.stages})

    def _pool_at(self, call: Call, queue: Queue, step: int) -> Pool:
        blended = queue.settings.blended.agents if queue.blending and queue.settings.blended else None
        requires = queue.stages[step].requires
        if blended is not None or call.requires is not ANY:
            requires = _asked(requires, blended, call.requires)
        return self._roster.pools.pool(requires)

    # Ends of the wait

    def _turned_out(self, call: Call, queue: Queue, now_ms: int) -> bool:
        """A closed queue keeps only whom its settings let stay."""
        if queue.open or queue.settings.on_closed is None or not call.on_line:
            return False
        self.overflow(call, queue.settings.on_closed, OverflowCause.CLOSED, now_ms)
        return True

    def _ends(self, call: Call, queue: Queue, step: int) -> tuple[Target, OverflowCause] | None:
        """Where the call must go now, because of its step or because nobody is there; None while it can wait."""
        target = queue.stages[step].overflow
        if target is not None and (call.on_line or target.kind is TargetKind.QUEUE):
            return target, OverflowCause.STEP
        on_nobody = queue.settings.on_nobody if call.on_line else None
        if on_nobody is not None and not self._pool_at(call, queue, step).members:
            return on_nobody, OverflowCause.NOBODY
        return None

    def _set_limits(self, call: Call, queue: Queue) -> None:
        settings = queue.settings
        self._set("wait", call, settings.max_wait_ms)
        self._set("overdue", call, settings.blended.above_wait_ms if settings.blended else 0)

    def _set(self, kind: str, call: Call, after_ms: int) -> None:
        if after_ms and call.on_line:
            self._timers.set((kind, call.linkedid), call.queued_ms + after_ms)
        else:
            self._timers.cancel((kind, call.linkedid))

    def _blend(self, queue: Queue, now_ms: int) -> None:
        """Let the blended agents in or out, as the queue's length and wait want it."""
        if queue.blending is queue.wants_blended:
            return
        queue.blending = not queue.blending
        self._state(BlendedAgentsCalled(at_ms=now_ms, queue=queue.settings.name, on=queue.blending, waiting=len(queue)))
        for call in [*queue]:
            self.place(call, Trigger.QUEUE_CHANGED, now_ms)


def outcome_of_leaving(reason: DequeueReason) -> OfferOutcome:
    """What becomes of the offers of a call that leaves so."""
    return OfferOutcome.ABANDONED if reason is DequeueReason.ABANDONED else OfferOutcome.WITHDRAWN


def _preferred_ms(call: Call, queue: Queue) -> int:
    """How long the call waits for one agent alone; to whom it was sent, his phone rings at least."""
    settings = queue.settings
    return max(settings.preferred_ms, settings.ring_ms) if call.named else settings.preferred_ms


def order_of(call: Call, points: int, settings: QueueSettings) -> Order:
    """The call's place with so many points of priority."""
    return Order(call.entered_ms - points * settings.point_ms, call.entered_ms, call.sequence)


def moved(call: Call, into: QueueSettings, now_ms: int) -> Call:
    """The same call as it comes into another queue: what it is and how long it has waited stays."""
    there = replace(call, queue=into.name, queued_ms=now_ms, step=0, offers={}, pool=None)
    there.preferred, there.named = "", False
    there.visited = call.visited | {call.queue}
    there.order = order_of(there, there.priority, into)
    return there


@lru_cache(maxsize=4_096)
def _asked(step: Requirement, blended: Requirement | None, own: Requirement) -> Requirement:
    return both(step if blended is None else either(step, blended), own)
