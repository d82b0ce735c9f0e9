"""Who could serve whom: for every requirement asked, the free agents who meet it and the calls that wait with it.

It keeps both sides in order, so that a match costs no search; who is reserved, and when, is the router's business.
"""

from bisect import insort
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush, nsmallest
from itertools import islice

from acd.agent_sets import AgentSet, AgentSets
from acd.agents import Agent
from acd.choice import RULES, Choice, Strategy
from acd.queues import Call, Order
from acd.requirements import Requirement
from acd.wanted import Thing, Wanted

MOST_POOLS = 2_048
"""Above this, pools that are no queue's, in which nobody waits and that were not asked for of late, are forgotten."""

LOOK_AT = 8
"""How many pools are looked at for that whenever one is added."""


Ranked = list[tuple[Choice, Agent]]
"""Agents, the best first, with what they are compared by."""


class Ranking:
    """Free agents in the order of one strategy; those who are free no more are passed over when they come up."""

    def __init__(self, strategy: Strategy, skills: Iterable[str], agents: Iterable[Agent]) -> None:
        self._rule = RULES[strategy]
        self._skills = skills
        self._entries = sorted((self.compared(agent), agent.free_sequence, agent) for agent in agents)
        self._most = 2 * len(self._entries) + 64

    def compared(self, agent: Agent) -> Choice:
        """What the agent is compared by."""
        return self._rule(agent, self._skills)

    def join(self, agent: Agent) -> None:
        """The agent is free now."""
        insort(self._entries, (self.compared(agent), agent.free_sequence, agent))
        if len(self._entries) > self._most:
            self._entries = [entry for entry in self._entries if entry[2].free_sequence == entry[1]]
            self._most = 2 * len(self._entries) + 64

    def best(self, most: int) -> Ranked:
        """Up to `most` agents, the best first, with what they are compared by."""
        entries = self._entries
        found: Ranked = []
        looked_at = 0
        for compared, free_sequence, agent in entries:
            looked_at += 1
            if agent.free_sequence == free_sequence:
                found.append((compared, agent))
                if len(found) == most:
                    break
        if looked_at > 2 * len(found):  # most of them are gone: the next look is not to see them again
            entries[:looked_at] = [entry for entry in entries[:looked_at] if entry[2].free_sequence == entry[1]]
        return found


@dataclass(slots=True, eq=False)
class Pool:
    """One requirement, and the agents signed in who meet it."""

    requirement: Requirement
    members: AgentSet
    needed: frozenset[Thing]
    """What its calls are found by (acd/wanted.py), unless the pool is shared."""
    shared: bool = False
    """Whether it is a step of a queue: its members know it, and its free members are kept in order."""
    asked: bool = True
    """Whether it was asked for since it was last thought of forgetting it."""
    rankings: dict[Strategy, Ranking] = field(default_factory=dict)
    """Its free agents, by each strategy that was asked for."""
    _calls: list[tuple[Order, Call]] = field(default_factory=list)
    _most: int = 64

    @property
    def present(self) -> int:
        """How many agents signed in meet the requirement."""
        return self.members.bit_count()

    def wait(self, call: Call) -> None:
        """Let the call wait here, and nowhere else any more."""
        call.pool = self
        heappush(self._calls, (call.order, call))
        if len(self._calls) > self._most:
            self._calls = [(call.order, call) for call in self.waiting()]  # sorted is a heap
            self._most = 2 * len(self._calls) + 64

    def head(self) -> Call | None:
        """The first of the calls that wait here."""
        calls = self._calls
        while calls:
            order, call = calls[0]
            if call.pool is self and call.order is order:
                return call
            heappop(calls)
        return None

    def waiting(self) -> list[Call]:
        """All who wait here, in order."""
        found = {call.linkedid: call for order, call in self._calls if call.pool is self and call.order is order}
        return sorted(found.values(), key=lambda call: call.order)


class Pools:
    """All pools by requirement, and which agent belongs to which."""

    def __init__(self) -> None:
        self._pools: dict[Requirement, Pool] = {}
        self._shared: dict[str, list[Pool]] = {}
        """The shared pools of each agent who is signed in."""
        self._sets = AgentSets()
        self._wanted = Wanted()
        self._free: AgentSet = 0
        self._fresh: dict[str, Agent] = {}
        """Those who were freed and are in no ranking yet."""
        self._free_sequence = 0
        self.present: dict[str, Agent] = {}
        """Those who are signed in."""
        self.free: dict[str, Agent] = {}
        """Those a call may be offered to now."""
        self.emptied: list[Pool] = []
        """Pools nobody signed in belongs to any more, for whoever empties this list; by then, somebody may."""

    def share(self, requirements: Collection[Requirement]) -> None:
        """Let these be the shared pools: those in which many calls wait."""
        for requirement in requirements:
            pool = self.pool(requirement)
            if not pool.shared:
                pool.shared = True
                for agent in self._sets.agents(pool.members):
                    self._shared[agent.number].append(pool)
        for pool in [pool for pool in self._pools.values() if pool.shared and pool.requirement not in requirements]:
            pool.shared = False
            pool.rankings.clear()
            for agent in self._sets.agents(pool.members):
                self._shared[agent.number].remove(pool)
            for call in pool.waiting():
                self._wanted.wait(call, pool)

    def pool(self, requirement: Requirement) -> Pool:
        """The pool of that requirement, made where nobody has asked for it yet."""
        if (pool := self._pools.get(requirement)) is None:
            if len(self._pools) >= MOST_POOLS:
                self._forget_some()
            tree = requirement.tree
            pool = self._pools[requirement] = Pool(requirement, self._sets.meeting(tree), self._wanted.needed(tree))
        pool.asked = True
        return pool

    def wait(self, call: Call, pool: Pool) -> None:
        """Let the call wait in the pool, and nowhere else any more."""
        pool.wait(call)
        if not pool.shared:
            self._wanted.wait(call, pool)

    def waiting_for(self, requirement: Requirement) -> list[Call]:
        """The calls that wait with that requirement, in order."""
        pool = self._pools.get(requirement)
        return pool.waiting() if pool is not None else []

    def next_for(self, agent: Agent) -> Call | None:
        """The first in the order, across all queues, of the calls the agent could take."""
        first = None
        for pool in self._shared[agent.number]:
            head = pool.head()
            if head is not None and (first is None or head.order < first.order):
                first = head
        return self._wanted.first(agent, None if first is None else first.order) or first

    def best(self, pool: Pool, strategy: Strategy, most: int) -> Ranked:
        """Up to `most` free agents of the pool, the best first, with what they are compared by."""
        if not (free := pool.members & self._free):
            return []
        if not pool.shared:
            rule, skills = RULES[strategy], pool.requirement.skills
            return nsmallest(most, [(rule(agent, skills), agent) for agent in self._sets.agents(free)])
        if (ranking := pool.rankings.get(strategy)) is None:
            agents = (agent for agent in self._sets.agents(free) if agent.number not in self._fresh)
            ranking = pool.rankings[strategy] = Ranking(strategy, pool.requirement.skills, agents)
        best = ranking.best(most)
        if fresh := [agent for agent in self._fresh.values() if agent.free_sequence and pool.requirement.met_by(agent)]:
            best = sorted(best + [(ranking.compared(agent), agent) for agent in fresh])[:most]
        return best

    def free_in(self, pool: Pool) -> int:
        """How many agents of the pool are free."""
        return (pool.members & self._free).bit_count()

    def arrived(self, agent: Agent) -> None:
        """The agent has signed in."""
        if agent.number in self.present:
            return
        self.present[agent.number] = agent
        self._sets.add(agent)
        self._wanted.arrived(agent)
        alone = self._sets.alone(agent)
        mine = [pool for pool in self._pools.values() if pool.requirement.met_by(agent)]
        for pool in mine:
            pool.members |= alone
        self._shared[agent.number] = [pool for pool in mine if pool.shared]

    def gone(self, agent: Agent) -> None:
        """The agent has signed out, or is about to change: he belongs to no pool. He is not free any more."""
        if self.present.pop(agent.number, None) is None:
            return
        self._sets.remove(agent)
        self._wanted.gone(agent)
        del self._shared[agent.number]
        alone = self._sets.alone(agent)
        for pool in self._pools.values():
            if pool.members & alone:
                pool.members ^= alone
                if not pool.members:
                    self.emptied.append(pool)

    def freed(self, agent: Agent) -> None:
        """The agent is free. Call `rank` once it is clear that no call is there for him."""
        self._free_sequence += 1
        agent.free_sequence = self._free_sequence
        self.free[agent.number] = agent
        self._free |= self._sets.alone(agent)
        self._fresh[agent.number] = agent

    def rank(self) -> None:
        """Put those who were freed, and still are free, into the order of their pools. Where that is not done they are
        chosen all the same, but have to be looked at every time."""
        for agent in self._fresh.values():
            if agent.free_sequence:
                for pool in self._shared[agent.number]:
                    for ranking in pool.rankings.values():
                        ranking.join(agent)
        self._fresh.clear()

    def taken(self, agent: Agent) -> None:
        """The agent is not free any more."""
        agent.free_sequence = 0
        del self.free[agent.number]
        self._free &= ~self._sets.alone(agent)

    def _forget_some(self) -> None:
        """Look at a few pools, so that it takes no time; those that are to stay will be looked at last next time."""
        for requirement in [*islice(self._pools, LOOK_AT)]:
            pool = self._pools.pop(requirement)
            if pool.shared or pool.asked or pool.head() is not None:
                pool.asked = False
                self._pools[requirement] = pool
