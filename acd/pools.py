"""Who could serve whom: for every requirement asked, the free agents who meet it and the calls that wait with it.

It keeps both sides in order, so that a match costs no search; who is reserved, and when, is the router's business.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from acd.agents import Agent
from acd.choice import Choice, Strategy, choice
from acd.queues import Call, Order
from acd.requirements import Requirement

MOST_POOLS = 4_096
"""Above this, pools in which nobody waits are forgotten: calls may ask for things that nobody asks for again."""


@dataclass(slots=True, eq=False)
class Pool:
    """One requirement. `present` counts the agents signed in who meet it, `free` those of them who are free."""

    requirement: Requirement
    present: int = 0
    free: int = 0
    _calls: list[tuple[Order, Call]] = field(default_factory=list)
    _agents: dict[Strategy, list[tuple[Choice, int, Agent]]] = field(default_factory=dict)

    def wait(self, call: Call) -> None:
        """Let the call wait here, and nowhere else any more."""
        call.pool = self
        heappush(self._calls, (call.order, call))

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

    @property
    def idle(self) -> bool:
        """Whether nobody waits here."""
        return self.head() is None

    def joined(self, agent: Agent) -> None:
        """An agent who meets the requirement is free now."""
        self.free += 1
        for strategy, agents in self._agents.items():
            heappush(agents, (choice(strategy, agent, self.requirement.skills), agent.free_sequence, agent))
            if len(agents) > 2 * self.free + 64:  # most of it is gone
                agents[:] = [entry for entry in agents if entry[2].free_sequence == entry[1]]
                heapify(agents)

    def best(self, strategy: Strategy, most: int, free: Iterable[Agent]) -> list[Agent]:
        """Up to `most` free agents, the best first. `free` are all the free agents there are: looked through once for
        each strategy, from then on they are kept in order."""
        if not self.free:
            return []
        if (agents := self._agents.get(strategy)) is None:
            agents = self._agents[strategy] = [
                (choice(strategy, agent, self.requirement.skills), agent.free_sequence, agent)
                for agent in free
                if self.requirement.met_by(agent)
            ]
            heapify(agents)
        found: list[tuple[Choice, int, Agent]] = []
        while len(found) < most and agents:
            entry = heappop(agents)
            if entry[2].free_sequence == entry[1]:
                found.append(entry)
        for entry in found:
            heappush(agents, entry)
        return [agent for _, _, agent in found]


class Pools:
    """All pools by requirement, and which agent belongs to which."""

    def __init__(self) -> None:
        self._pools: dict[Requirement, Pool] = {}
        self._all: list[Pool] = []
        self._of_agent: dict[str, tuple[list[Pool], int]] = {}
        self._free_sequence = 0
        self.present: dict[str, Agent] = {}
        """Those who are signed in."""
        self.free: dict[str, Agent] = {}
        """Those a call may be offered to now."""
        self._emptied: list[Pool] = []

    def pool(self, requirement: Requirement) -> Pool:
        """The pool of that requirement, made where nobody has asked for it yet."""
        if (pool := self._pools.get(requirement)) is None:
            if len(self._all) >= MOST_POOLS:
                self._forget_idle()
            pool = self._pools[requirement] = Pool(requirement)
            self._all.append(pool)
            pool.present = sum(map(requirement.met_by, self.present.values()))
            pool.free = sum(map(requirement.met_by, self.free.values()))
        return pool

    def of(self, agent: Agent) -> list[Pool]:
        """The pools whose requirement the agent meets."""
        pools, seen = self._of_agent.get(agent.number, ([], 0))
        if seen < len(self._all):
            pools += [pool for pool in self._all[seen:] if pool.requirement.met_by(agent)]
            self._of_agent[agent.number] = pools, len(self._all)
        return pools

    def best(self, pool: Pool, strategy: Strategy, most: int = 1) -> list[Agent]:
        """Up to `most` free agents of the pool, the best first."""
        return pool.best(strategy, most, self.free.values())

    def arrived(self, agent: Agent) -> None:
        """The agent has signed in."""
        if agent.number not in self.present:
            for pool in self.of(agent):
                pool.present += 1
            self.present[agent.number] = agent

    def gone(self, agent: Agent) -> None:
        """The agent has signed out."""
        if self.present.pop(agent.number, None) is not None:
            for pool in self.of(agent):
                pool.present -= 1
                if not pool.present:
                    self._emptied.append(pool)

    def freed(self, agent: Agent) -> None:
        """The agent is free."""
        self._free_sequence += 1
        agent.free_sequence = self._free_sequence
        self.free[agent.number] = agent
        for pool in self.of(agent):
            pool.joined(agent)

    def taken(self, agent: Agent) -> None:
        """The agent is not free any more."""
        agent.free_sequence = 0
        del self.free[agent.number]
        for pool in self.of(agent):
            pool.free -= 1

    def forget(self, agent: Agent) -> None:
        """Before his skills or attributes change: he is in no pool. Call `arrived` and `freed` afterwards."""
        if agent.number in self.free:
            self.taken(agent)
        self.gone(agent)
        self._of_agent.pop(agent.number, None)

    def take_emptied(self) -> Iterator[Pool]:
        """Pools nobody signed in belongs to any more, since the last call of this."""
        emptied, self._emptied = self._emptied, []
        return (pool for pool in emptied if not pool.present)

    def _forget_idle(self) -> None:
        self._pools = {needed: pool for needed, pool in self._pools.items() if not pool.idle}
        self._all = list(self._pools.values())
        self._of_agent.clear()
