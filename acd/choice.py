"""Which of several free agents is best: one rule for each strategy, as a named tuple; the least is chosen.

Every tuple is fixed while the agent is free, so that free agents can be kept in order, and ends with his number, so
that the order is total.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple, Protocol

from acd.occupancy import busy_ms


class Strategy(StrEnum):
    """How a queue chooses among its free agents."""

    LONGEST_IDLE = "longest_idle"
    LEAST_OCCUPIED = "least_occupied"
    MOST_SKILLED = "most_skilled"
    ROUND_ROBIN = "round_robin"


class Chooseable(Protocol):
    """What is looked at of an agent. `load` is `acd.occupancy.Occupancy.load`."""

    number: str
    skills: Mapping[str, int]
    ready_since_ms: int
    offered_sequence: int
    load: float


class LongestIdle(NamedTuple):
    """Who became free first, across all queues."""

    ready_since_ms: int
    number: str

    @classmethod
    def of(cls, agent: Chooseable, _: Iterable[str]) -> "LongestIdle":
        return cls(agent.ready_since_ms, agent.number)

    def told(self, now_ms: int) -> dict[str, int]:
        return {"idle_ms": now_ms - self.ready_since_ms}

    def words(self, now_ms: int) -> str:
        return f"was idle longest ({now_ms - self.ready_since_ms} ms)"


class LeastOccupied(NamedTuple):
    """Who was least busy of late (acd/occupancy.py), then who became free first."""

    load: float
    ready_since_ms: int
    number: str

    @classmethod
    def of(cls, agent: Chooseable, _: Iterable[str]) -> "LeastOccupied":
        return cls(agent.load, agent.ready_since_ms, agent.number)

    def told(self, now_ms: int) -> dict[str, int]:
        return {"busy_ms": round(busy_ms(self.load, now_ms)), "idle_ms": now_ms - self.ready_since_ms}

    def words(self, now_ms: int) -> str:
        return f"was least occupied of late ({round(busy_ms(self.load, now_ms))} ms)"


class MostSkilled(NamedTuple):
    """Who has the highest levels of the skills asked for, added up, counted downwards; then who became free first."""

    skill_below_most: int
    ready_since_ms: int
    number: str

    @classmethod
    def of(cls, agent: Chooseable, skills: Iterable[str]) -> "MostSkilled":
        level = sum([agent.skills.get(skill, 0) for skill in skills])
        return cls(-level, agent.ready_since_ms, agent.number)

    def told(self, now_ms: int) -> dict[str, int]:
        return {"level": -self.skill_below_most, "idle_ms": now_ms - self.ready_since_ms}

    def words(self, _: int) -> str:
        return f"was most skilled (levels {-self.skill_below_most} in all)"


class RoundRobin(NamedTuple):
    """Whose last offer is the longest ago, counted in offers of the whole centre."""

    offered_sequence: int
    number: str

    @classmethod
    def of(cls, agent: Chooseable, _: Iterable[str]) -> "RoundRobin":
        return cls(agent.offered_sequence, agent.number)

    def told(self, _: int) -> dict[str, int]:
        return {"offered_sequence": self.offered_sequence}

    def words(self, _: int) -> str:
        return "was next in turn"


Choice = LongestIdle | LeastOccupied | MostSkilled | RoundRobin
"""`told` is the tuple as a record tells it at the time of the choice, `words` says why it is the best."""

Rule = Callable[[Chooseable, Iterable[str]], Choice]
"""From an agent, and the skills asked for, to the tuple he is compared by."""

RULES: Mapping[Strategy, Rule] = {
    Strategy.LONGEST_IDLE: LongestIdle.of,
    Strategy.LEAST_OCCUPIED: LeastOccupied.of,
    Strategy.MOST_SKILLED: MostSkilled.of,
    Strategy.ROUND_ROBIN: RoundRobin.of,
}
