"""What callers meet with so many agents: against published values, each other, and a plain simulation."""

import heapq
import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.forecasting.erlang import Demand, erlang_b, service
from recording.forecasting.staffing import Target, agents_needed

pytestmark = pytest.mark.unit

DEMANDS = st.builds(
    Demand,
    calls_per_s=st.floats(0.001, 1.0),
    handle_s=st.floats(10, 900),
    patience_s=st.one_of(st.none(), st.floats(5, 3600)),
)


def test_erlang_b_is_what_the_published_tables_say() -> None:
    assert erlang_b(1, 1) == pytest.approx(0.5)
    assert erlang_b(10, 10) == pytest.approx(0.21458, abs=1e-5)
    assert erlang_b(100, 117) == pytest.approx(0.0098, abs=1e-4)


def test_erlang_c_is_what_a_published_example_says() -> None:
    """12 calls a minute of 4 minutes for 55 agents: 23.9 % wait, 8.18 s on the average, 84.6 % within 15 s."""
    found = service(Demand(calls_per_s=0.2, handle_s=240), 55, 15)
    assert found.waiting == pytest.approx(0.239, abs=5e-4)
    assert found.wait_s == pytest.approx(8.18, abs=5e-3)
    assert found.service_level == pytest.approx(0.846, abs=5e-4)
    assert found.occupancy == pytest.approx(48 / 55)


def test_where_nobody_ever_leaves_a_queue_that_cannot_keep_up_never_ends() -> None:
    found = service(Demand(calls_per_s=1, handle_s=100), 100, 20)
    assert (found.wait_s, found.service_level, found.occupancy) == (math.inf, 0, 1)
    patient = service(Demand(calls_per_s=1, handle_s=100, patience_s=60), 50, 20)
    assert patient.abandoned == pytest.approx(0.5, abs=1e-6)  # who cannot be served leaves
    assert patient.occupancy == pytest.approx(1)


@given(st.integers(1, 60), st.floats(0.05, 0.98), st.floats(10, 600), st.floats(0, 120))
def test_with_endless_patience_erlang_a_is_erlang_c(agents: int, busy: float, handle_s: float, within_s: float) -> None:
    rate = busy * agents / handle_s
    waits = service(Demand(calls_per_s=rate, handle_s=handle_s), agents, within_s)
    leaves = service(Demand(calls_per_s=rate, handle_s=handle_s, patience_s=1e9), agents, within_s)
    assert leaves.service_level == pytest.approx(waits.service_level, abs=1e-4)
    assert leaves.waiting == pytest.approx(waits.waiting, abs=1e-4)
    assert leaves.wait_s == pytest.approx(waits.wait_s, rel=1e-2, abs=1e-3)


@given(DEMANDS, st.integers(1, 80), st.floats(0, 300))
def test_another_agent_never_makes_it_worse(demand: Demand, agents: int, within_s: float) -> None:
    few, more = (service(demand, number, within_s) for number in (agents, agents + 1))
    assert more.service_level >= few.service_level - 1e-9
    assert more.wait_s <= few.wait_s + 1e-6
    assert more.abandoned <= few.abandoned + 1e-9
    for found in (few, more):
        assert all(-1e-9 <= share <= 1 + 1e-9 for share in (found.service_level, found.waiting, found.abandoned))


@given(DEMANDS, st.floats(0.5, 0.99), st.floats(0, 120), st.floats(0.5, 1), st.floats(0, 0.5))
def test_the_agents_needed_meet_the_target_and_one_fewer_does_not(
    demand: Demand, share: float, within_s: float, occupancy: float, shrinkage: float
) -> None:
    target = Target(share=share, within_s=within_s, occupancy=occupancy, shrinkage=shrinkage)
    need = agents_needed(demand, target)
    assert need.service.service_level >= share
    assert need.service.occupancy <= occupancy
    assert need.scheduled * (1 - shrinkage) >= need.agents - 1e-9
    fewer = service(demand, need.agents - 1, within_s)
    assert fewer.service_level < share or fewer.occupancy > occupancy


def test_nobody_is_needed_where_nobody_calls() -> None:
    assert agents_needed(Demand(calls_per_s=0, handle_s=300), Target()).agents == 0


@pytest.mark.parametrize("patience_s", [None, 60.0])
def test_a_plain_simulation_comes_to_the_same(patience_s: float | None) -> None:
    demand = Demand(calls_per_s=0.1, handle_s=180, patience_s=patience_s)
    agents, within_s = (20, 20.0) if patience_s is None else (18, 20.0)
    simulated_level, simulated_left = simulated(demand, agents, within_s, calls=150_000)
    found = service(demand, agents, within_s)
    assert found.service_level == pytest.approx(simulated_level, abs=0.02)
    assert found.abandoned == pytest.approx(simulated_left, abs=0.01)


def simulated(demand: Demand, agents: int, within_s: float, calls: int) -> tuple[float, float]:
    """Shares answered in time, and gone: callers one after another take the first agent who gets free while they are
    still there."""
    random = Random(7)
    free_at = [0.0] * agents
    now = in_time = left = 0.0
    for _ in range(calls):
        now += random.expovariate(demand.calls_per_s)
        patience_s = math.inf if demand.patience_s is None else random.expovariate(1 / demand.patience_s)
        begins = max(now, free_at[0])
        if begins - now > patience_s:
            left += 1
            continue
        heapq.heapreplace(free_at, begins + random.expovariate(1 / demand.handle_s))
        in_time += begins - now <= within_s
    return in_time / calls, left / calls


@pytest.mark.parametrize(
    "given",
    [
        {"calls_per_s": -1, "handle_s": 1},
        {"calls_per_s": 1, "handle_s": 0},
        {"calls_per_s": 1, "handle_s": 1, "patience_s": 0},
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="expected calls from 0 on, and times above 0"):
        Demand(**given)
