"""Whose work others do: shared out by load, never to who must not judge it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.quality.conflicts import conflict
from recording.quality.evaluations import Evaluation
from recording.quality.sampling import Barred, Reviewer, SamplingRules
from recording.quality.work import shared_out
from tests.quality import ANNA, AT, drawn

pytestmark = pytest.mark.unit

RULES = SamplingRules(own_team=False, never={"anna": Barred(agents=("1002",), teams=("night",))})


@pytest.mark.parametrize(
    ("reviewer", "team", "agent", "of", "why"),
    [
        (ANNA, "", "1001", "day", ""),
        (ANNA, "", "1002", "day", "the sampling rules bar him from agent 1002"),
        (ANNA, "", "1001", "night", "the sampling rules bar him from team night"),
        (Reviewer(name="boris", agent="1001"), "", "1001", "day", "it is his own call"),
        (Reviewer(name="boris", agent="1009"), "day", "1001", "day", "it is his own team, day"),
        (Reviewer(name="boris", agent="1009"), "", "1001", "", ""),
    ],
)
def test_who_must_not_judge_whom(reviewer: Reviewer, team: str, agent: str, of: str, why: str) -> None:
    assert conflict(RULES, reviewer, team, drawn(agent=agent, team=of)) == why


def test_without_rules_only_ones_own_call_is_barred() -> None:
    assert conflict(None, ANNA, "day", drawn(agent="1002", team="day")) == ""
    assert conflict(None, Reviewer(name="x", agent="1002"), "", drawn(agent="1002")) == "it is his own call"


reviewers = st.lists(
    st.builds(
        Reviewer,
        name=st.sampled_from(["anna", "boris", "chen"]),
        agent=st.sampled_from(["", "1001", "1002"]),
        team=st.sampled_from(["", "day"]),
        open=st.integers(0, 5),
        absent=st.booleans(),
    ),
    unique_by=lambda one: one.name,
)
work = st.lists(st.sampled_from(["1001", "1002", "1003"]), max_size=12).map(
    lambda agents: [drawn(f"e{n}", call=f"c{n}", agent=agent) for n, agent in enumerate(agents)]
)


@given(work, reviewers)
def test_all_of_it_is_given_to_who_is_there_and_may_judge_it_or_to_everybody(
    left: list[Evaluation], people: list[Reviewer]
) -> None:
    given_to = shared_out(left, people, RULES)
    assert given_to.keys() == {one.id for one in left}
    by_name = {one.name: one for one in people}
    for one in left:
        able = {name for name, who in by_name.items() if not who.absent and not conflict(RULES, who, who.team, one)}
        chosen = given_to[one.id]
        assert (chosen.name in able) if chosen else not able


def test_who_leads_calibrations_alone_is_given_nothing() -> None:
    people = [Reviewer(name="anna", open=9), Reviewer(name="chief")]
    given_to = shared_out([drawn("e1", call="c1")], people, SamplingRules(moderators=("chief",)))
    assert [one and one.name for one in given_to.values()] == ["anna"]


def test_who_has_least_to_do_gets_first_what_is_due_first() -> None:
    left = [drawn(f"e{n}", call=f"c{n}", due_at=AT.replace(hour=23 - n)) for n in range(5)]
    given_to = shared_out(left, [Reviewer(name="anna", open=3), Reviewer(name="boris")], None)
    assert Counter(one.name for one in given_to.values() if one) == {"boris": 4, "anna": 1}
    assert [given_to[f"e{n}"] and given_to[f"e{n}"].name for n in (4, 3, 2)] == ["boris"] * 3  # type: ignore[union-attr]
