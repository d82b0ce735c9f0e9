"""Erlang C and A, held against the chain of states that they are the closed forms of: how many callers are there, each
state's probability from its neighbours, and the way of a caller to the head of the queue jump by jump. No formula of
acd.erlang is used. (The real router is held against them, too: test_simulated_erlang.)
"""

from dataclasses import dataclass
from math import exp

import pytest

from recording.forecasting.staffing import Demand

pytestmark = pytest.mark.unit

LEAST = 1e-15
"""States and jumps less probable than this are left out."""


@dataclass(frozen=True)
class Chain:
    """Rates are of a second; `leaving` is 0 where nobody gives up."""

    agents: int
    arriving: float
    serving: float
    leaving: float

    @property
    def states(self) -> list[float]:
        """The probability that so many callers are there, served or waiting."""
        found, weight, number = [1.0], 1.0, 0
        while weight > LEAST * sum(found) or number < self.agents + self.arriving / self.serving:
            number += 1
            waiting = max(0, number - self.agents)
            weight *= self.arriving / (min(number, self.agents) * self.serving + waiting * self.leaving)
            found.append(weight)
        return [one / sum(found) for one in found]

    def served_within(self, most_ahead: int, within_s: float) -> list[float]:
        """The probability that who has so many before him is served in time: after each jump of a clock faster than
        all of them, a place nearer, gone, or where he was."""
        at_once = self.agents * self.serving
        clock = at_once + (most_ahead + 1) * self.leaving
        served, total, jumps = [0.0] * (most_ahead + 1), [0.0] * (most_ahead + 1), 0
        weight, seen = exp(-clock * within_s), 0.0
        while seen < 1 - LEAST * 100 and jumps < 100_000:
            total = [sum_ + weight * one for sum_, one in zip(total, served, strict=True)]
            seen += weight
            jumps += 1
            weight *= clock * within_s / jumps
            nearer = [1.0, *served[:-1]]
            served = [
                (
                    (at_once + ahead * self.leaving) * nearer[ahead]
                    + (clock - at_once - (ahead + 1) * self.leaving) * served[ahead]
                )
                / clock
                for ahead in range(most_ahead + 1)
            ]
        return total


@pytest.mark.parametrize(
    ("agents", "calls_per_hour", "handle_s", "patience_s", "within_s"),
    [
        (55, 720, 240, None, 15),
        (16, 150, 330, None, 20),
        (1, 5, 300, None, 20),
        (16, 150, 330, 120, 20),
        (12, 150, 330, 120, 20),  # more work than agents can do
        (5, 150, 330, 30, 60),
        (55, 720, 240, 3600, 15),
        (1, 1, 60, 5, 0),
    ],
)
def test_the_formulas_say_what_the_chain_of_states_says(
    agents: int, calls_per_hour: float, handle_s: float, patience_s: float | None, within_s: float
) -> None:
    told = Demand(calls_per_hour=calls_per_hour, handle_s=handle_s, patience_s=patience_s).served_by(agents)
    chain = Chain(agents, calls_per_hour / 3600, 1 / handle_s, 0 if patience_s is None else 1 / patience_s)
    waiting = chain.states[agents:]  # by how many are before him who comes
    queue = sum(number * one for number, one in enumerate(waiting))
    assert told.waits == pytest.approx(sum(waiting), rel=1e-9)
    assert told.mean_queue == pytest.approx(queue, rel=1e-9)
    assert told.mean_wait_ms == pytest.approx(1000 * queue / chain.arriving, rel=1e-9)
    assert told.abandonment == pytest.approx(chain.leaving * queue / chain.arriving, rel=1e-9)
    busy = sum(min(number, agents) * one for number, one in enumerate(chain.states))
    assert told.occupancy == pytest.approx(busy / agents, rel=1e-9)
    in_time = chain.served_within(len(waiting) - 1, within_s)
    at_once = 1 - sum(waiting)
    level = at_once + sum(one * two for one, two in zip(waiting, in_time, strict=True))
    assert told.service_level(within_s * 1000) == pytest.approx(level, abs=1e-9)
