"""Erlang B, C and A against published tables, and against the birth-death chains they are the solution of, summed as
they stand in exact fractions.
"""

from fractions import Fraction
from math import exp, inf, nan

import pytest

from acd.erlang import ErlangA, ErlangC, ErlangError, OutOfReach, Overloaded, agents_needed, erlang_b

pytestmark = pytest.mark.unit

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000

WORK = {"calls_per_hour": 10.0, "handling_ms": 1.0 * MINUTE}
BUSY = {"agents": 50, "calls_per_hour": 2_880, "handling_ms": MINUTE}
"""48 calls a minute of one minute on 50 agents: the example of Garnett, Mandelbaum and Reiman (2002)."""


def chain(agents: int, load: Fraction, patience: Fraction | None = None, at_most: int = 400) -> list[Fraction]:
    """The probabilities of 0, 1, 2, … calls in the system, up to `at_most`. Time is counted in handling times."""
    weights = [Fraction(1)]
    for calls in range(1, at_most + 1):
        leaving = Fraction(min(calls, agents))
        if patience is not None:
            leaving += max(0, calls - agents) / patience
        weights.append(weights[-1] * load / leaving)
    whole = sum(weights)
    return [weight / whole for weight in weights]


@pytest.mark.parametrize(("lines", "load"), [(1, 0.0101), (5, 1.361), (10, 4.461), (20, 12.03), (50, 37.90)])
def test_erlang_b_blocks_one_call_in_a_hundred_where_the_published_table_says_so(lines: int, load: float) -> None:
    assert erlang_b(lines, load) == pytest.approx(0.01, rel=0.005)


@pytest.mark.parametrize("agents", [0, 1, 7, 40])
def test_erlang_b_is_the_last_state_of_a_chain_that_ends_there(agents: int) -> None:
    load = Fraction(67, 10)
    assert erlang_b(agents, 6.7) == pytest.approx(float(chain(agents, load, at_most=agents)[-1]), rel=1e-12)


def test_erlang_b_takes_any_load() -> None:
    assert erlang_b(10, 0) == 0
    assert erlang_b(2, 1e300) == pytest.approx(1)
    assert 0 < erlang_b(100_000, 99_000.0) < 1e-5


def test_erlang_c_gives_the_published_example_of_360_calls_in_half_an_hour() -> None:
    """360 calls of 4 minutes in half an hour, 55 agents: 23.9 % wait, 8.2 s on average; 84.6 % answered in 15 s."""
    queue = ErlangC(agents=55, calls_per_hour=720, handling_ms=4 * MINUTE)
    assert queue.load == pytest.approx(48)
    assert queue.waits == pytest.approx(0.239, abs=0.0005)
    assert queue.mean_wait_ms == pytest.approx(8_200, abs=50)
    assert queue.service_level(15 * SECOND) == pytest.approx(0.846, abs=0.0005)


@pytest.mark.parametrize(("agents", "load"), [(1, Fraction(1, 2)), (4, Fraction(7, 2)), (12, Fraction(9))])
def test_erlang_c_is_the_chain_in_which_nobody_gives_up(agents: int, load: Fraction) -> None:
    queue = ErlangC(agents=agents, calls_per_hour=float(load) * 20, handling_ms=HOUR / 20)
    whole = chain(agents, load, at_most=agents - 1)
    ratio = load / agents
    # From `agents` on each state is `ratio` of the one before: the endless rest is summed in closed form.
    first = whole[-1] * ratio
    unit = 1 + first / (1 - ratio)
    waits = first / (1 - ratio) / unit
    queued = first * ratio / (1 - ratio) ** 2 / unit
    assert queue.waits == pytest.approx(float(waits), rel=1e-12)
    assert queue.mean_queue == pytest.approx(float(queued), rel=1e-12)
    assert queue.mean_wait_ms == pytest.approx(float(queued / load) * HOUR / 20, rel=1e-12)
    assert queue.occupancy == pytest.approx(float(ratio))
    assert queue.service_level(0) == pytest.approx(1 - queue.waits)
    assert queue.abandonment == 0


def test_erlang_a_gives_the_published_example_of_fifty_agents() -> None:
    """Nobody gives up: 20.8 s, 17 waiting. Everybody does after 2 minutes on average: 3.7 s, 3 waiting, 3.1 % lost."""
    patient, impatient = ErlangC(**BUSY), ErlangA(**BUSY, patience_ms=2 * MINUTE)
    assert patient.mean_wait_ms == pytest.approx(20_800, abs=50)
    assert patient.mean_queue == pytest.approx(17, abs=0.5)
    assert impatient.mean_wait_ms == pytest.approx(3_700, abs=50)
    assert impatient.mean_queue == pytest.approx(3, abs=0.05)
    assert impatient.abandonment == pytest.approx(0.031, abs=0.0005)


@pytest.mark.parametrize(
    ("agents", "load", "patience"),
    [
        (1, Fraction(1, 2), Fraction(1)),
        (4, Fraction(7, 2), Fraction(3, 4)),
        (12, Fraction(9), Fraction(5)),
        (5, Fraction(15), Fraction(1, 3)),
        (3, Fraction(20), Fraction(8)),
    ],
)
def test_erlang_a_is_the_chain_in_which_each_gives_up_in_his_time(
    agents: int, load: Fraction, patience: Fraction
) -> None:
    handling_ms = 3 * MINUTE
    queue = ErlangA(
        agents=agents,
        calls_per_hour=float(load) * HOUR / handling_ms,
        handling_ms=handling_ms,
        patience_ms=float(patience) * handling_ms,
    )
    states = chain(agents, load, patience)
    assert states[-1] < Fraction(1, 10**30)  # what was cut off is nothing
    queued = sum(max(0, calls - agents) * state for calls, state in enumerate(states))
    busy = sum(min(calls, agents) * state for calls, state in enumerate(states))
    assert queue.waits == pytest.approx(float(sum(states[agents:])), rel=1e-11)
    assert queue.mean_queue == pytest.approx(float(queued), rel=1e-11)
    assert queue.mean_wait_ms == pytest.approx(float(queued / load) * handling_ms, rel=1e-11)
    assert queue.abandonment == pytest.approx(float(queued / patience / load), rel=1e-11)
    assert queue.occupancy == pytest.approx(float(busy / agents), rel=1e-11)
    for share_of_handling in (0.0, 0.2, 1.0, 2.0):
        expected = answered_within(share_of_handling, agents, states, patience)
        assert queue.service_level(share_of_handling * handling_ms) == pytest.approx(expected, rel=1e-9, abs=1e-10)


def answered_within(time: float, agents: int, states: list[Fraction], patience: Fraction) -> float:
    """The share of callers answered by then, followed one by one: with k ahead of him a caller comes one place nearer
    at rate agents + k/patience and gives up at rate 1/patience. The chain is uniformised (Jensen 1953)."""
    found = float(sum(states[:agents]))
    ahead = [float(state) for state in states[agents:] if state > Fraction(1, 10**14)]
    gives_up = 1 / float(patience)
    fastest = agents + len(ahead) * gives_up
    answered, weight, jumps = 0.0, exp(-fastest * time), 0
    assert weight > 0
    steps_left = 1 - weight
    while weight > 1e-18 or jumps < fastest * time:
        nearer = [(agents + k * gives_up) / fastest for k in range(len(ahead))]
        answered += ahead[0] * nearer[0] * steps_left
        ahead = [
            here * (1 - move - gives_up / fastest) + (ahead[k + 1] * nearer[k + 1] if k + 1 < len(ahead) else 0)
            for k, (here, move) in enumerate(zip(ahead, nearer, strict=True))
        ]
        jumps += 1
        weight *= fastest * time / jumps
        steps_left -= weight
    return found + answered


def test_erlang_a_becomes_erlang_c_as_patience_grows() -> None:
    patient, endless = ErlangC(**BUSY), ErlangA(**BUSY, patience_ms=1_000 * HOUR)
    assert endless.waits == pytest.approx(patient.waits, rel=1e-3)
    assert endless.mean_wait_ms == pytest.approx(patient.mean_wait_ms, rel=1e-2)
    assert endless.service_level(10 * SECOND) == pytest.approx(patient.service_level(10 * SECOND), rel=1e-3)


def test_erlang_a_holds_where_the_load_is_hopeless() -> None:
    """As many agents as can be are busy, and all others give up; exp of the series would overflow by far."""
    queue = ErlangA(agents=5, calls_per_hour=28_800, handling_ms=MINUTE, patience_ms=10_000 * SECOND)
    assert queue.waits == pytest.approx(1)
    assert queue.occupancy == pytest.approx(1)
    assert queue.abandonment == pytest.approx(1 - 5 / 480)
    assert queue.service_level(10**6 * SECOND) == pytest.approx(1 - queue.abandonment)
    assert queue.service_level(0) == pytest.approx(0, abs=1e-9)


def test_the_agents_needed_meet_the_target_and_one_less_do_not() -> None:
    work = {"calls_per_hour": 720.0, "handling_ms": 4.0 * MINUTE}
    agents = agents_needed(**work, service_level=0.8, within_ms=20 * SECOND)
    assert ErlangC(agents=agents, **work).service_level(20 * SECOND) >= 0.8
    assert ErlangC(agents=agents - 1, **work).service_level(20 * SECOND) < 0.8
    impatient = agents_needed(**work, patience_ms=MINUTE, service_level=0.8, within_ms=20 * SECOND)
    assert ErlangA(agents=impatient, patience_ms=MINUTE, **work).service_level(20 * SECOND) >= 0.8
    assert ErlangA(agents=impatient - 1, patience_ms=MINUTE, **work).service_level(20 * SECOND) < 0.8
    staying = agents_needed(**work, patience_ms=MINUTE, abandonment=0.02)
    assert ErlangA(agents=staying, patience_ms=MINUTE, **work).abandonment <= 0.02
    assert ErlangA(agents=staying - 1, patience_ms=MINUTE, **work).abandonment > 0.02


def test_without_a_target_one_agent_more_than_the_load_is_needed_or_any_where_callers_give_up() -> None:
    assert agents_needed(calls_per_hour=720, handling_ms=4 * MINUTE) == 49
    assert agents_needed(calls_per_hour=720, handling_ms=4 * MINUTE, patience_ms=MINUTE) == 1


def test_more_work_than_agents_can_do_is_refused_where_nobody_gives_up() -> None:
    with pytest.raises(Overloaded, match=r"load 48 erlangs on 48 agents; expected more agents than erlangs"):
        ErlangC(agents=48, calls_per_hour=720, handling_ms=4 * MINUTE)


def test_a_service_level_that_no_number_of_agents_brings_is_refused() -> None:
    with pytest.raises(OutOfReach):
        agents_needed(calls_per_hour=720, handling_ms=4 * MINUTE, service_level=1)


@pytest.mark.parametrize("number", [0, -1.0, nan, inf])
@pytest.mark.parametrize("name", ["calls_per_hour", "handling_ms", "patience_ms"])
def test_a_number_that_says_nothing_is_refused_by_its_name(name: str, number: float) -> None:
    with pytest.raises(ErlangError, match=rf"{name} .*; expected a number above 0"):
        ErlangA(agents=5, **{**WORK, "patience_ms": MINUTE, name: number})
    if name != "patience_ms":
        with pytest.raises(ErlangError, match=name):
            ErlangC(agents=5, **{**WORK, name: number})
        with pytest.raises(ErlangError, match=name):
            agents_needed(**{**WORK, name: number})


@pytest.mark.parametrize("agents", [0, -1, 2.5, True])
def test_agents_are_whole_and_at_least_one(agents: int) -> None:
    with pytest.raises(ErlangError, match="expected a whole number of 1 or more"):
        ErlangC(agents=agents, **WORK)


def test_other_numbers_out_of_range_are_refused() -> None:
    with pytest.raises(ErlangError, match="within_ms"):
        ErlangC(**BUSY).service_level(-1)
    with pytest.raises(ErlangError, match="load"):
        erlang_b(3, -1.0)
    with pytest.raises(ErlangError, match="agents"):
        erlang_b(-1, 1.0)
    with pytest.raises(ErlangError, match="abandonment"):
        agents_needed(calls_per_hour=10, handling_ms=MINUTE, abandonment=0)
    with pytest.raises(ErlangError, match="arrive in a mean patience"):
        ErlangA(agents=1, calls_per_hour=1e9, handling_ms=MINUTE, patience_ms=HOUR)
