"""Who gets whom: after each change, the calls and agents it set free for each other are brought together.

What has not changed is not looked at: before the change, no free agent could take a call that waited.
"""

from collections.abc import Callable

from acd.agents import Agent
from acd.decisions import TELL_AT_LEAST, Trigger, decide
from acd.offers import Offer, Offers
from acd.pools import Pool, Ranked
from acd.queues import Call
from acd.roster import Roster
from acd.waiting import Waiting


class Matching:
    """`offered` is told of every offer that is made."""

    def __init__(self, waiting: Waiting, roster: Roster, offers: Offers, offered: Callable[[Offer], None]) -> None:
        self._waiting = waiting
        self._roster = roster
        self._pools = roster.pools
        self._offers = offers
        self._offered = offered

    def settle(self, trigger: Trigger, now_ms: int) -> None:
        """Match what has changed, until nothing more follows from it. Afterwards no call waits that a free agent could
        take, and all free agents are in their pools."""
        waiting, roster, pools = self._waiting, self._roster, self._pools
        while waiting.loose or roster.freed or roster.unwilling or pools.emptied:
            if roster.unwilling or pools.emptied:
                waiting.look_around(now_ms)
            loose = waiting.take_loose()
            # Not those who were told twice, nor those who are free no more.
            freed = [agent for agent in roster.take_freed() if agent.free and not agent.free_sequence]
            if not freed:
                for call, why in loose:
                    self._serve(call, waiting.pool(call), why, now_ms)
            elif len(freed) == 1 and not loose:
                self._serve_with(freed[0], trigger, now_ms)
            else:
                self._serve_all(loose, freed, trigger, now_ms)

    def _serve(self, call: Call, pool: Pool, trigger: Trigger, now_ms: int) -> None:
        """Offer the call to the best agent of its pool, to several where several are to ring; or let it wait."""
        settings = self._waiting.queues[call.queue].settings
        several = settings.ring_several if call.on_line else 1
        if best := self._pools.best(pool, settings.strategy, max(several, TELL_AT_LEAST)):
            self._offer(call, pool, [agent for _, agent in best[:several]], best, trigger, now_ms)
        else:
            self._pools.wait(call, pool)

    def _serve_with(self, agent: Agent, trigger: Trigger, now_ms: int) -> None:
        """An agent is free, and no call has changed: if there is one for him, nobody else can take it."""
        call = self._pools.next_for(agent)
        if call is not None and call.pool is not None:
            self._offer(call, call.pool, [agent], [], trigger, now_ms)
        else:
            self._pools.freed(agent)
            self._pools.rank()

    def _serve_all(self, loose: list[tuple[Call, Trigger]], freed: list[Agent], trigger: Trigger, now_ms: int) -> None:
        """Everything is laid out; then the first call in the order that anyone can take gets its best agent, until no
        agent is left for any."""
        for agent in freed:
            self._pools.freed(agent)
        for call, _ in loose:
            self._pools.wait(call, self._waiting.pool(call))
        why = {call.linkedid: trigger for call, trigger in loose}
        changed = [call for call, _ in reversed(loose)]
        while True:
            while changed and not (changed[-1].pool and self._pools.free_in(changed[-1].pool)):
                changed.pop()
            freed = [agent for agent in freed if agent.free_sequence]
            heads = [head for agent in freed if (head := self._pools.next_for(agent)) is not None]
            first = min(heads + changed[-1:], key=lambda call: call.order, default=None)
            if first is None or first.pool is None:
                break
            self._serve(first, first.pool, why.get(first.linkedid, trigger), now_ms)
        self._pools.rank()

    def _offer(self, call: Call, pool: Pool, agents: list[Agent], best: Ranked, trigger: Trigger, now_ms: int) -> None:
        settings = self._waiting.queues[call.queue].settings
        decisions = [
            decide(call, agent, pool, self._pools, settings.strategy, best, trigger=trigger, now_ms=now_ms)
            for agent in agents
        ]
        call.pool = None
        for agent, decision in zip(agents, decisions, strict=True):
            if (offer := self._offers.make(call, agent, settings, decision, now_ms)) is not None:
                self._offered(offer)
