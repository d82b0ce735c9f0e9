"""The staff of days to come: for each half hour the calls expected and the agents who serve them well enough. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from recording.forecasting.history import SLOT_MIN
from recording.forecasting.model import Expected
from recording.forecasting.staffing import Demand, Need, Target, agents_needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What the calls of a queue are like: `handle_s` is talk, hold and wrap-up of one, `patience_s` how long callers
    wait before they leave, None where none has left. `for_agents` is the share (0 to 1) of calls that want an agent:
    of a queue all, of a centre not those that its menus serve."""

    handle_s: float
    patience_s: float | None = None
    for_agents: float = 1.0


@dataclass(frozen=True, slots=True)
class Planned:
    """A half hour, and the agents it needs by either formula; by Erlang A where it is known how long callers wait."""

    expected: Expected
    erlang_c: Need
    erlang_a: Need | None

    @property
    def need(self) -> Need:
        """By the formula that fits: callers who are known to leave are not taken to wait for ever."""
        return self.erlang_a or self.erlang_c


def plan(half_hours: Sequence[Expected], habits: Habits, target: Target, *, cautious: bool = False) -> list[Planned]:
    """The agents of each half hour; for the upper bound of its calls where one is to be cautious."""
    planned = []
    for one in half_hours:
        calls = one.high if cautious else one.calls
        all_wait = Demand(calls_per_hour=calls * habits.for_agents * 60 / SLOT_MIN, handle_s=habits.handle_s)
        by_a = None
        if habits.patience_s is not None:
            by_a = agents_needed(replace(all_wait, patience_s=habits.patience_s), target)
        planned.append(Planned(one, agents_needed(all_wait, target), by_a))
    return planned


def patience(waited_s: float, abandoned: int) -> float | None:
    """How long callers would wait on the average, from how long all of them did together, served or not, and how many
    left: the estimate of greatest likelihood where patience is exponential. None where nobody left."""
    return waited_s / abandoned if abandoned and waited_s > 0 else None
