"""How many agents a target needs: the smallest number that meets it, by Erlang C, or by Erlang A where it is known how
long callers wait before they leave. Pure.
"""

import math
from dataclasses import dataclass

from recording.forecasting.erlang import Demand, Service, service

MOST_AGENTS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`share` of the calls (0 to 1, both excluded) are to be answered within `within_s` seconds; agents are to be busy
    no more than `occupancy` of their time (kpi.md calls 90 % a floor's norm). Of those who are paid, `shrinkage`
    (0 to 1) are away: leave, illness, training, breaks."""

    share: float = 0.8
    within_s: float = 20
    occupancy: float = 1.0
    shrinkage: float = 0.0

    def __post_init__(self) -> None:
        if not (0 < self.share < 1 and self.within_s >= 0 and 0 < self.occupancy <= 1 and 0 <= self.shrinkage < 1):
            raise ValueError(f"{self}: expected shares between 0 and 1, and seconds from 0 on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """`agents` signed in and serving meet the target; `scheduled` is how many must be planned for that. `service` is
    what callers meet then."""

    agents: int
    scheduled: int
    service: Service


def agents_needed(demand: Demand, target: Target) -> Need:
    """The fewest agents that meet the target. Raises ValueError above MOST_AGENTS."""
    low, high = 0, 1
    while not _meets(demand, high, target):
        low, high = high, high * 2
        if high > MOST_AGENTS:
            raise ValueError(f"{demand}: more than {MOST_AGENTS} agents would be needed")
    while high - low > 1:  # both what callers meet and how busy agents are get better with each agent
        middle = (low + high) // 2
        low, high = (low, middle) if _meets(demand, middle, target) else (middle, high)
    agents = high if demand.calls_per_s else 0
    scheduled = math.ceil(agents / (1 - target.shrinkage))
    return Need(agents=agents, scheduled=scheduled, service=service(demand, agents, target.within_s))


def _meets(demand: Demand, agents: int, target: Target) -> bool:
    found = service(demand, agents, target.within_s)
    return found.service_level >= target.share and found.occupancy <= target.occupancy
