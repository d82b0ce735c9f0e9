"""Which of several free agents is best: one rule for each strategy, as a named tuple; the least is chosen.

Every tuple is fixed while the agent is free, so that free agents can be kept in order, and ends with his number, so
that the order is total.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple, Protocol


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


class LeastOccupied(NamedTuple):
    """Who was least busy of late (acd/occupancy.py), then who became free first."""

    load: float
    ready_since_ms: int
    number: str


class MostSkilled(NamedTuple):
    """Who has the highest levels of the skills asked for, added up, counted downwards; then who became free first."""

    skill_below_most: int
    ready_since_ms: int
    number: str


class RoundRobin(NamedTuple):
    """Whose last offer is the longest ago, counted in offers of the whole centre."""

    offered_sequence: int
    number: str


Choice = LongestIdle | LeastOccupied | MostSkilled | RoundRobin


Rule = Callable[[Chooseable, Iterable[str]], Choice]
"""From an agent and the skills asked for to the tuple he is compared by."""


def _longest_idle(agent: Chooseable, _: Iterable[str]) -> LongestIdle:
    return LongestIdle(agent.ready_since_ms, agent.number)


def _least_occupied(agent: Chooseable, _: Iterable[str]) -> LeastOccupied:
    return LeastOccupied(agent.load, agent.ready_since_ms, agent.number)


def _most_skilled(agent: Chooseable, skills: Iterable[str]) -> MostSkilled:
    level = sum([agent.skills.get(skill, 0) for skill in skills])
    return MostSkilled(-level, agent.ready_since_ms, agent.number)


def _round_robin(agent: Chooseable, _: Iterable[str]) -> RoundRobin:
    return RoundRobin(agent.offered_sequence, agent.number)


RULES: Mapping[Strategy, Rule] = {
    Strategy.LONGEST_IDLE: _longest_idle,
    Strategy.LEAST_OCCUPIED: _least_occupied,
    Strategy.MOST_SKILLED: _most_skilled,
    Strategy.ROUND_ROBIN: _round_robin,
}
