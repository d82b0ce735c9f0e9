"""What callers meet when so many agents serve so many calls, in the steady state of two models: Erlang C, where every
caller waits until he is served (A. K. Erlang 1917), and Erlang A, where he leaves when his patience ends (C. Palm 1946;
A. Mandelbaum and S. Zeltyn, "Service Engineering in Action: The Palm/Erlang-A Queue", 2007).

Calls come at random (Poisson), handle time and patience are exponential, agents are alike. Pure.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betainc

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEGLIGIBLE = 1e-12
"""States that are rarer, compared with the commonest, are left out."""
STATES = 256
"""So many callers waiting are looked at first; twice as many where more may be there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Calls, and what they are like on the average: `handle_s` is talk, hold and wrap-up of one, `patience_s` how long
    a caller would wait, None for ever. Raises ValueError where one is not above 0; no calls at all are fine."""

    calls_per_s: float
    handle_s: float
    patience_s: float | None = None

    def __post_init__(self) -> None:
        if not (self.calls_per_s >= 0 and self.handle_s > 0 and (self.patience_s is None or self.patience_s > 0)):
            raise ValueError(f"{self}: expected calls from 0 on, and times above 0")

    @property
    def load(self) -> float:
        """Offered load in erlangs: agents busy at once if nobody ever waited."""
        return self.calls_per_s * self.handle_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What callers meet. Shares are from 0 to 1 of all calls; `wait_s` is the mean of all, those who left included, and
    infinite where the queue never ends. `service_level` is the share that is answered within the asked time."""

    waiting: float
    service_level: float
    wait_s: float
    abandoned: float
    occupancy: float


def service(demand: Demand, agents: int, within_s: float) -> Service:
    """What callers meet with so many agents; `service_level` is the share answered within `within_s` seconds."""
    if demand.calls_per_s == 0:
        return Service(waiting=0.0, service_level=1.0, wait_s=0.0, abandoned=0.0, occupancy=0.0)
    if agents < 1:
        return _nobody(demand)
    if demand.patience_s is None:
        return _erlang_c(demand, agents, within_s)
    return _erlang_a(demand, agents, within_s, demand.patience_s)


def erlang_b(load: float, agents: int) -> float:
    """The share of calls that find all of so many agents busy where nobody may wait; by the recursion over agents,
    which stays exact where factorials overflow."""
    share = 1.0
    for number in range(1, agents + 1):
        share = load * share / (number + load * share)
    return share


def _nobody(demand: Demand) -> Service:
    leave = demand.patience_s is not None
    wait_s = demand.patience_s if demand.patience_s is not None else math.inf
    return Service(waiting=1.0, service_level=0.0, wait_s=wait_s, abandoned=1.0 if leave else 0.0, occupancy=0.0)


def _erlang_c(demand: Demand, agents: int, within_s: float) -> Service:
    load = demand.load
    if load >= agents:  # the queue only grows
        return Service(waiting=1.0, service_level=0.0, wait_s=math.inf, abandoned=0.0, occupancy=1.0)
    blocked = erlang_b(load, agents)
    busy = load / agents
    waiting = blocked / (1 - busy * (1 - blocked))
    return Service(
        waiting=waiting,
        service_level=1 - waiting * math.exp(-(agents - load) * within_s / demand.handle_s),
        wait_s=waiting * demand.handle_s / (agents - load),
        abandoned=0.0,
        occupancy=busy,
    )


def _erlang_a(demand: Demand, agents: int, within_s: float, patience_s: float) -> Service:
    """By the chance of each number of calls there. A caller who finds all agents busy and j waiting before him is
    served when j + 1 have left, those at a rate of c, c + 1, …, c + j per `patience_s`, c = agents × patience ÷ handle
    time: so e^(-wait ÷ patience) is beta distributed with (c, j + 1), and he is still there with just that chance.
    """
    blocked = erlang_b(demand.load, agents)
    if blocked < NEGLIGIBLE:
        return Service(waiting=0.0, service_level=1.0, wait_s=0.0, abandoned=0.0, occupancy=demand.load / agents)
    log_ahead = _log_waiting_states(demand, agents, patience_s)
    highest = float(log_ahead.max())
    free = (1 / blocked - 1) * math.exp(-highest)  # an agent is free: what Erlang B is made of, on the same scale
    ahead = np.exp(log_ahead - highest)
    whole = free + float(ahead.sum())
    j = np.arange(len(ahead))
    c = agents * patience_s / demand.handle_s
    in_time = ahead * c / (c + j + 1) * (1 - betainc(c + 1, j + 1, math.exp(-within_s / patience_s)))
    in_queue = float((j * ahead).sum()) / whole
    abandoned = in_queue / (patience_s * demand.calls_per_s)
    return Service(
        waiting=float(ahead.sum()) / whole,
        service_level=(free + float(in_time.sum())) / whole,
        wait_s=in_queue / demand.calls_per_s,
        abandoned=abandoned,
        occupancy=demand.load * (1 - abandoned) / agents,
    )


def _log_waiting_states(demand: Demand, agents: int, patience_s: float) -> "NDArray[np.float64]":
    """The logarithms of the chances of 0, 1, … calls waiting while all agents are busy, against that of 0."""
    size = STATES
    while True:
        leaving = agents / demand.handle_s + np.arange(1, size) / patience_s
        logs = np.concatenate(([0.0], np.cumsum(np.log(demand.calls_per_s) - np.log(leaving))))
        if leaving[-1] > demand.calls_per_s and logs[-1] < logs.max() + math.log(NEGLIGIBLE):
            return np.asarray(logs[: int(np.flatnonzero(logs > logs.max() + math.log(NEGLIGIBLE))[-1]) + 1])
        size *= 2
