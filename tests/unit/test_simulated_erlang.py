"""The real router under made-up traffic against the formulas, where those apply: one queue, one skill, phones answered
at once, wrap-up counted in handling, exponential times.

Twenty independent replications, each with an hour of warm-up; a figure agrees if the formula's value is within the
interval of 99 % (Student t). The seed is fixed, so the verdict is always the same; that it can be the other one is
shown by the same figures of a floor with one agent more or one less, which are outside.
"""

from collections.abc import Callable, Sequence
from functools import cache

import pytest

from acd.erlang import ErlangA, ErlangC
from acd.queues import QueueSettings
from acd.simulation.figures import WHOLE, CallFigures
from acd.simulation.intervals import Interval, interval
from acd.simulation.policy import Policy
from acd.simulation.traffic import HOUR_MS, Demand, Duration, Rate, Shift, Traffic
from acd.simulation.trial import Trial, run

pytestmark = pytest.mark.unit

REPLICATIONS = 20
CONFIDENCE = 0.99
WARM_UP_MS, DAY_MS = HOUR_MS, 6 * HOUR_MS
AGENTS, CALLS_PER_HOUR, HANDLING_MS, PATIENCE_MS = 6, 90.0, 180_000.0, 120_000.0
WITHIN_MS = 20_000
POLICY = Policy([QueueSettings(name="sales", skills={"sales": 1}, service_level_ms=WITHIN_MS)])

FIGURES: dict[str, Callable[[CallFigures], float | None]] = {
    "mean wait": lambda calls: calls.mean_wait_ms,
    "answered in time": lambda calls: calls.in_time / calls.calls,
    "abandoned": lambda calls: calls.abandoned / calls.calls,
}


@cache
def trials(patience_ms: float | None) -> Sequence[Trial]:
    traffic = Traffic(
        from_ms=0,
        until_ms=DAY_MS,
        demands=[
            Demand(
                queue="sales",
                rates=[Rate(0, CALLS_PER_HOUR)],
                handling=Duration(mean_ms=HANDLING_MS),
                patience=None if patience_ms is None else Duration(mean_ms=patience_ms),
            )
        ],
        shifts=[Shift(group="sellers", count=AGENTS, skills={"sales": 5}, from_ms=0, until_ms=2 * DAY_MS)],
    )
    return [run(traffic.draw(4, one), POLICY, count_from_ms=WARM_UP_MS, whole=False) for one in range(REPLICATIONS)]


def simulated(patience_ms: float | None) -> dict[str, Interval]:
    runs = trials(patience_ms)
    measured = {
        name: interval((figure(one.figures.calls[WHOLE]) for one in runs), CONFIDENCE)
        for name, figure in FIGURES.items()
    }
    waiting = (sum(way.wait_ms > 0 for way in one.ways) / len(one.ways) for one in runs)
    busy = (one.figures.agents["sellers"].occupancy for one in runs)
    return measured | {"waits": interval(waiting, CONFIDENCE), "occupancy": interval(busy, CONFIDENCE)}


def by_formula(queue: ErlangA | ErlangC) -> dict[str, float]:
    return {
        "waits": queue.waits,
        "mean wait": queue.mean_wait_ms,
        "answered in time": queue.service_level(WITHIN_MS),
        "abandoned": queue.abandonment,
        "occupancy": queue.occupancy,
    }


def outside(measured: dict[str, Interval], expected: dict[str, float]) -> set[str]:
    """The figures that do not agree."""
    return {name for name, value in expected.items() if not measured[name].holds(value)}


def patient(agents: int) -> ErlangC:
    return ErlangC(agents=agents, calls_per_hour=CALLS_PER_HOUR, handling_ms=HANDLING_MS)


def impatient(agents: int) -> ErlangA:
    return ErlangA(agents=agents, calls_per_hour=CALLS_PER_HOUR, handling_ms=HANDLING_MS, patience_ms=PATIENCE_MS)


def test_where_nobody_gives_up_the_router_does_to_callers_what_erlang_c_says() -> None:
    measured = simulated(None)
    assert outside(measured, by_formula(patient(AGENTS))) == set()
    wrong = {"waits", "mean wait", "answered in time", "occupancy"}
    assert outside(measured, by_formula(patient(AGENTS + 1))) == wrong
    assert outside(measured, by_formula(patient(AGENTS - 1))) == wrong


def test_where_callers_give_up_the_router_does_to_them_what_erlang_a_says() -> None:
    measured = simulated(PATIENCE_MS)
    assert outside(measured, by_formula(impatient(AGENTS))) == set()
    wrong = {"waits", "mean wait", "answered in time", "abandoned", "occupancy"}
    assert outside(measured, by_formula(impatient(AGENTS + 1))) == wrong
    assert outside(measured, by_formula(impatient(AGENTS - 1))) == wrong


def test_a_formula_for_patient_callers_does_not_pass_for_impatient_ones() -> None:
    assert {"mean wait", "abandoned"} <= outside(simulated(PATIENCE_MS), by_formula(patient(AGENTS)))
