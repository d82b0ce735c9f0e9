"""Calls that ask for something of their own, by what they cannot do without: one skill, one attribute, one agent.

For each of them it is the rarest of such things, so that an agent who becomes free looks at few calls that are not for
him, however many different wishes there are.
"""

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Iterable
from math import inf
from operator import itemgetter
from typing import TYPE_CHECKING

from acd.agents import Agent
from acd.queues import Call, Order
from acd.requirement_trees import AGENT, COMPARE, All, Attribute, Either, Level, Tree

if TYPE_CHECKING:
    from acd.pools import Pool

Thing = tuple[str, str | None]
"""An attribute with its value, or a skill (at any level) without."""

ANYTHING: Thing = ("", None)
"""What everyone has."""

_order = itemgetter(0)


class Wanted:
    """The calls, in order, and how many of the agents signed in have what they want."""

    def __init__(self) -> None:
        self._calls: defaultdict[Thing, list[tuple[Order, Call, Pool]]] = defaultdict(list)
        self._most: defaultdict[Thing, int] = defaultdict(lambda: 64)
        self._having: Counter[Thing] = Counter()

    def arrived(self, agent: Agent) -> None:
        """The agent has signed in."""
        self._having.update(_things(agent))

    def gone(self, agent: Agent) -> None:
        """The agent has signed out. He must be as he was when he arrived."""
        self._having.subtract(_things(agent))

    def needed(self, tree: Tree) -> frozenset[Thing]:
        """The rarest things of which one at least is had by everyone who meets the requirement."""
        match tree:
            case Level(skill, operator, level) if not COMPARE[operator](0, level):
                return frozenset({(skill, None)})
            case Attribute(name, values, True):
                return frozenset((name, value) for value in values)
            case All((_, *_) as parts):
                return min(map(self.needed, parts), key=self._agents_with)
            case Either(parts):
                either = frozenset[Thing]().union(*map(self.needed, parts))
                return frozenset({ANYTHING}) if ANYTHING in either else either
            case _:
                return frozenset({ANYTHING})

    def wait(self, call: Call, pool: "Pool") -> None:
        """Let the call be found by agents who have one of the things its pool needs."""
        for thing in pool.needed:
            calls = self._calls[thing]
            insort(calls, (call.order, call, pool), key=_order)
            if len(calls) > self._most[thing]:
                calls[:] = [entry for entry in calls if _waits(entry)]
                self._most[thing] = 2 * len(calls) + 64

    def first(self, agent: Agent, before: Order | None) -> Call | None:
        """The first call the agent can take, if it comes `before` another."""
        first = None
        for thing in _things(agent):
            gone = 0
            for entry in self._calls.get(thing, ()):
                order, call, pool = entry
                if before is not None and order >= before:
                    break
                if not _waits(entry):
                    gone += 1
                elif pool.requirement.met_by(agent):
                    first, before = call, order
                    break
            if gone > 16:
                self._calls[thing] = [entry for entry in self._calls[thing] if _waits(entry)]
        return first

    def _agents_with(self, things: Iterable[Thing]) -> float:
        return sum(inf if thing == ANYTHING else self._having[thing] for thing in things)


def _things(agent: Agent) -> list[Thing]:
    skills: list[Thing] = [(skill, None) for skill in agent.skills]
    return [ANYTHING, (AGENT, agent.number), *skills, *agent.attributes.items()]


def _waits(entry: "tuple[Order, Call, Pool]") -> bool:
    order, call, pool = entry
    return call.pool is pool and call.order is order
