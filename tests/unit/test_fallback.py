"""The plain queues' members, kept equal to the agents signed in."""

import pytest

from acd.agents import Agent
from acd.queues import Queue, QueueSettings
from acd.seats import Seats, outside_seat
from acd.states import Activity, Status
from cti.fallback import Action, Fallback, Member

pytestmark = pytest.mark.unit

QUEUES = {
    "sales": Queue(QueueSettings(name="sales", skills={"sales": 3})),
    "support": Queue(QueueSettings(name="support", skills={"support": 1})),
}
SALES = {"Queue": "sales", "Interface": "PJSIP/1001"}
ADD = Action("QueueAdd", {**SALES, "MemberName": "1001", "Paused": "false"})
REMOVE = Action("QueueRemove", SALES)


@pytest.fixture
def agent() -> Agent:
    return Agent("1001", "Li Na", {"sales": 3}, phone="1001", status=Status.READY, reachable=True)


def test_an_agent_is_a_member_where_he_has_the_skills_and_is_told_once(agent: Agent) -> None:
    fallback = Fallback()
    assert fallback.update(agent, QUEUES) == [ADD]
    assert fallback.update(agent, QUEUES) == []


def test_an_agent_outside_is_rung_by_the_plain_queue_as_by_us_and_asked_in_his_language(agent: Agent) -> None:
    agent.phone, agent.attributes = outside_seat("138"), {"language": "en"}
    (added,) = Fallback(Seats(languages=("cmn", "en"))).update(agent, QUEUES)
    assert added.headers["Interface"] == "Local/138*1001*en@outside/n"


def test_not_ready_by_his_own_choice_he_is_paused(agent: Agent) -> None:
    fallback = Fallback()
    fallback.update(agent, QUEUES)
    agent.status = Status.NOT_READY
    assert fallback.update(agent, QUEUES) == [Action("QueuePause", {**SALES, "Paused": "true"})]
    agent.status = Status.READY
    assert fallback.update(agent, QUEUES) == [Action("QueuePause", {**SALES, "Paused": "false"})]


def test_a_call_pauses_nobody_for_asterisk_sees_it_itself(agent: Agent) -> None:
    fallback = Fallback()
    fallback.update(agent, QUEUES)
    agent.activity = Activity.TALKING
    assert fallback.update(agent, QUEUES) == []


def test_signed_out_he_is_no_member(agent: Agent) -> None:
    fallback = Fallback()
    fallback.update(agent, QUEUES)
    agent.status = Status.SIGNED_OUT
    assert fallback.update(agent, QUEUES) == [REMOVE]
    assert fallback.update(agent, QUEUES) == []


def test_at_another_phone_he_is_another_member(agent: Agent) -> None:
    fallback = Fallback()
    fallback.update(agent, QUEUES)
    agent.phone = "1002"
    added = {**ADD.headers, "Interface": "PJSIP/1002"}
    assert fallback.update(agent, QUEUES) == [REMOVE, Action("QueueAdd", added)]


def test_new_skills_bring_new_memberships_and_take_old_ones(agent: Agent) -> None:
    fallback = Fallback()
    fallback.update(agent, QUEUES)
    agent.skills = {"sales": 2, "support": 1}
    added = Action("QueueAdd", {**ADD.headers, "Queue": "support"})
    assert sorted(fallback.update(agent, QUEUES), key=lambda action: action.name) == [added, REMOVE]


def test_what_asterisk_says_after_a_break_is_what_is_changed(agent: Agent) -> None:
    fallback = Fallback()
    fallback.update(agent, QUEUES)
    fallback.found([Member("sales", "PJSIP/1001", "1001", paused=True), Member("support", "PJSIP/1001", "1001", False)])
    assert fallback.update(agent, QUEUES) == [
        Action("QueuePause", {**SALES, "Paused": "false"}),
        Action("QueueRemove", {**SALES, "Queue": "support"}),
    ]


def test_members_who_are_no_agents_of_ours_are_taken_out_once(agent: Agent) -> None:
    fallback = Fallback()
    fallback.found([Member("sales", "PJSIP/9", "9", False), Member("sales", "PJSIP/1001", "1001", False)])
    assert fallback.strangers(["1001"]) == [Action("QueueRemove", {"Queue": "sales", "Interface": "PJSIP/9"})]
    assert fallback.strangers(["1001"]) == []
    assert fallback.update(agent, QUEUES) == []
