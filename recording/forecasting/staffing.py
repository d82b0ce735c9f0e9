"""How many agents a target needs, by acd.erlang: Erlang C, or Erlang A where it is known how long callers wait before
they leave. Pure.
"""

import math
from dataclasses import dataclass

from acd.erlang import ErlangA, ErlangC
from acd.erlang import agents_needed as least_agents

HOUR_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Calls, and what they are like on the average: `handle_s` is talk, hold and wrap-up of one, `patience_s` how long
    a caller would wait, None for ever. No calls at all are fine."""

    calls_per_hour: float
    handle_s: float
    patience_s: float | None = None

    def served_by(self, agents: int) -> ErlangA | ErlangC:
        """The queue with so many agents. Raises ErlangError, and Overloaded where it only grows."""
        calls, handling_ms = self.calls_per_hour, self.handle_s * 1000
        if self.patience_s is None:
            return ErlangC(agents=agents, calls_per_hour=calls, handling_ms=handling_ms)
        return ErlangA(agents=agents, calls_per_hour=calls, handling_ms=handling_ms, patience_ms=self.patience_s * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`share` of the calls (0 to 1, both excluded) are to be answered within `within_s` seconds; agents are to be busy
    no more than `occupancy` of their time (kpi.md calls 90 % a floor's norm). Of those who are paid, `shrinkage`
    (0 to 1) are away: leave, illness, training, breaks. Raises ValueError."""

    share: float = 0.8
    within_s: float = 20
    occupancy: float = 1.0
    shrinkage: float = 0.0

    def __post_init__(self) -> None:
        if not (0 < self.share < 1 and self.within_s >= 0 and 0 < self.occupancy <= 1 and 0 <= self.shrinkage < 1):
            raise ValueError(f"{self}: expected shares between 0 and 1, and seconds from 0 on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """`agents` serving meet the target; `scheduled` is how many must be planned for that. With those, `service_level`
    (0 to 1) of the calls are answered in time, callers wait `wait_s` on the average, `abandoned` (0 to 1) leave, and
    agents are busy `occupancy` (0 to 1) of their time."""

    agents: int
    scheduled: int
    service_level: float
    wait_s: float
    abandoned: float
    occupancy: float


NOBODY = Need(agents=0, scheduled=0, service_level=1.0, wait_s=0.0, abandoned=0.0, occupancy=0.0)


def agents_needed(demand: Demand, target: Target) -> Need:
    """The fewest agents that meet the target; none where nobody calls. Raises ErlangError."""
    if demand.calls_per_hour == 0:
        return NOBODY
    agents = least_agents(
        calls_per_hour=demand.calls_per_hour,
        handling_ms=demand.handle_s * 1000,
        patience_ms=None if demand.patience_s is None else demand.patience_s * 1000,
        service_level=target.share,
        within_ms=target.within_s * 1000,
    )
    while (queue := demand.served_by(agents)).occupancy > target.occupancy:
        agents += 1
    return Need(
        agents=agents,
        scheduled=math.ceil(agents / (1 - target.shrinkage)),
        service_level=queue.service_level(target.within_s * 1000),
        wait_s=queue.mean_wait_ms / 1000,
        abandoned=queue.abandonment,
        occupancy=queue.occupancy,
    )
