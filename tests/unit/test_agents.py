"""The agent's state machine: what may follow what, and the one word the floor sees."""

from itertools import product

import pytest

from acd.agents import TRANSITIONS, Agent, AgentEvent, ImpossibleTransition
from acd.states import Activity, AgentState, Status

pytestmark = pytest.mark.unit


def agent(
    *,
    status: Status = Status.READY,
    activity: Activity = Activity.IDLE,
    reachable: bool = True,
    engaged: bool = False,
) -> Agent:
    return Agent("1001", "Li Na", {"sales": 3}, status=status, activity=activity, reachable=reachable, engaged=engaged)


@pytest.mark.parametrize(("activity", "event"), TRANSITIONS)
def test_a_row_of_the_table_leads_where_it_says(activity: Activity, event: AgentEvent) -> None:
    someone = agent(activity=activity)
    someone.apply(event)
    assert someone.activity is TRANSITIONS[activity, event]


@pytest.mark.parametrize(("activity", "event"), sorted(set(product(Activity, AgentEvent)) - set(TRANSITIONS)))
def test_an_event_without_a_row_is_refused_and_changes_nothing(activity: Activity, event: AgentEvent) -> None:
    someone = agent(activity=activity)
    with pytest.raises(ImpossibleTransition, match=rf"agent 1001 is {activity}; {event} cannot follow"):
        someone.apply(event)
    assert someone.activity is activity


def test_every_activity_can_be_reached_and_left() -> None:
    assert {before for before, _ in TRANSITIONS} == set(Activity) == set(TRANSITIONS.values())


@pytest.mark.parametrize(
    ("activity", "shown"),
    [
        (Activity.RINGING, AgentState.RINGING),
        (Activity.TALKING, AgentState.TALKING),
        (Activity.HOLDING, AgentState.HOLDING),
        (Activity.WRAP_UP, AgentState.WRAP_UP),
    ],
)
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("reachable", [True, False])
def test_a_call_is_shown_before_choice_and_phone(
    activity: Activity, shown: AgentState, status: Status, reachable: bool
) -> None:
    assert agent(activity=activity, status=status, reachable=reachable).state is shown


@pytest.mark.parametrize(
    ("status", "reachable", "shown"),
    [
        (Status.SIGNED_OUT, True, AgentState.SIGNED_OUT),
        (Status.SIGNED_OUT, False, AgentState.SIGNED_OUT),
        (Status.READY, True, AgentState.READY),
        (Status.READY, False, AgentState.UNREACHABLE),
        (Status.NOT_READY, True, AgentState.NOT_READY),
        (Status.NOT_READY, False, AgentState.UNREACHABLE),
    ],
)
def test_an_idle_agent_shows_his_choice_unless_his_phone_is_gone(
    status: Status, reachable: bool, shown: AgentState
) -> None:
    assert agent(status=status, reachable=reachable).state is shown


def test_only_a_ready_agent_whose_phone_is_there_and_not_engaged_is_free() -> None:
    free = {
        (status, activity, reachable, engaged)
        for status, activity, reachable, engaged in product(Status, Activity, (True, False), (True, False))
        if agent(status=status, activity=activity, reachable=reachable, engaged=engaged).free
    }
    assert free == {(Status.READY, Activity.IDLE, True, False)}
