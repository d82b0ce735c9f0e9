"""How many agents a target needs. That the formulas hold is shown by the real router (test_simulated_erlang)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.forecasting.staffing import NOBODY, Demand, Target, agents_needed

pytestmark = pytest.mark.unit

DEMANDS = st.builds(
    Demand,
    calls_per_hour=st.floats(1, 3000),
    handle_s=st.floats(10, 900),
    patience_s=st.one_of(st.none(), st.floats(5, 3600)),
)


def test_the_published_example_needs_what_it_says() -> None:
    """720 calls an hour of 4 minutes: with 55 agents 84.6 % wait no longer than 15 s, 8.18 s on the average."""
    need = agents_needed(Demand(calls_per_hour=720, handle_s=240), Target(share=0.84, within_s=15))
    assert need.agents == need.scheduled == 55
    assert need.service_level == pytest.approx(0.846, abs=5e-4)
    assert need.wait_s == pytest.approx(8.18, abs=5e-3)
    assert need.occupancy == pytest.approx(48 / 55)


@given(DEMANDS, st.floats(0.5, 0.99), st.floats(0, 120), st.floats(0.5, 1), st.floats(0, 0.5))
def test_the_agents_needed_meet_the_target_and_one_fewer_does_not(
    demand: Demand, share: float, within_s: float, occupancy: float, shrinkage: float
) -> None:
    need = agents_needed(demand, Target(share=share, within_s=within_s, occupancy=occupancy, shrinkage=shrinkage))
    assert need.service_level >= share
    assert need.occupancy <= occupancy
    assert need.scheduled * (1 - shrinkage) >= need.agents - 1e-9
    load = demand.calls_per_hour * demand.handle_s / 3600
    if need.agents > 1 and (demand.patience_s is not None or need.agents - 1 > load):
        fewer = demand.served_by(need.agents - 1)
        assert fewer.service_level(within_s * 1000) < share or fewer.occupancy > occupancy


def test_nobody_is_needed_where_nobody_calls() -> None:
    assert agents_needed(Demand(calls_per_hour=0, handle_s=300), Target()) == NOBODY


@pytest.mark.parametrize(
    "given", [{"share": 1.0}, {"share": 0.0}, {"within_s": -1.0}, {"occupancy": 0.0}, {"shrinkage": 1.0}]
)
def test_a_target_that_cannot_be_is_refused(given: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="expected shares between 0 and 1, and seconds from 0 on"):
        Target(**given)
