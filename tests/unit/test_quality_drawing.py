"""The draw: never more than the quotas, everybody's turn, and the same again from the same seed."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recording.quality.drawing import draw, explain, misfit
from recording.quality.sampling import Barred, Candidate, Drawn, Inputs, Reviewer, Rule, SamplingRules, Where
from tests.quality import AT

pytestmark = pytest.mark.unit

LAST = date(2026, 11, 30)


def call(n: int, agent: str = "1001", **more: object) -> Candidate:
    return Candidate.model_validate(
        {"call": f"c{n}", "agent": agent, "queue": "sales", "team": "day", "call_at": AT, "talk_ms": 60_000,
         "shift": "2026-11-21", **more}
    )  # fmt: skip


def inputs(*rules: Rule, candidates: list[Candidate], day: date = LAST, seed: str = "s", **more: object) -> Inputs:
    frame = {name: more.pop(name) for name in list(more) if name in SamplingRules.model_fields}
    made = SamplingRules.model_validate({**frame, "rules": rules})
    return Inputs.model_validate({"day": day, "seed": seed, "rules": made, "candidates": candidates, **more})


rules = st.one_of(
    st.builds(Rule, name=st.just("r"), sheet=st.just("s"), one_in=st.integers(1, 10)),
    st.builds(Rule, name=st.just("r"), sheet=st.just("s"), per_agent_month=st.integers(1, 6)),
    st.builds(Rule, name=st.just("r"), sheet=st.just("s"), per_agent_shift=st.integers(1, 4)),
)
limits = st.none() | st.integers(0, 4)


@st.composite
def days(draw_: st.DrawFn) -> Inputs:
    calls = [
        call(draw_(st.integers(0, n)), draw_(st.sampled_from(["1001", "1002", "1003"])),
             shift=draw_(st.sampled_from(["early", "late"])), fresh=draw_(st.booleans()),
             transferred=draw_(st.booleans()))
        for n in range(draw_(st.integers(0, 25)))
    ]  # fmt: skip
    made = [
        draw_(rules).model_copy(update={
            "name": f"r{n}", "most_per_agent_month": draw_(limits),
            "where": Where(transferred=draw_(st.none() | st.booleans())),
        })
        for n in range(draw_(st.integers(1, 3)))
    ]  # fmt: skip
    before = [
        Drawn(agent=draw_(st.sampled_from(["1001", "1002"])), rule="r0", shift="early", this_month=True)
        for _ in range(draw_(st.integers(0, 3)))
    ]
    reviewers = [Reviewer(name="anna"), Reviewer(name="boris", agent="1002", open=draw_(st.integers(0, 5)))]
    return inputs(
        *made, candidates=calls, day=LAST - timedelta(days=draw_(st.integers(0, 29))), seed=draw_(st.text(max_size=3)),
        drawn=before, reviewers=draw_(st.sampled_from([[], reviewers[:1], reviewers])),
        most_per_agent_month=draw_(limits), reviewer_per_day=draw_(st.integers(1, 6)), reviewer_open=6,
    )  # fmt: skip


@given(days())
def test_never_more_than_any_quota_and_no_call_twice(made: Inputs) -> None:
    drawn = draw(made)
    calls = [one.call for one in drawn.picks]
    assert len(calls) == len(set(calls))
    known = {(one.call, one.agent) for one in made.candidates}
    assert {(one.call, one.agent) for one in drawn.picks} <= known
    before = Counter(one.agent for one in made.drawn)
    new = Counter(one.agent for one in drawn.picks)
    for rule in made.rules.rules:
        of_rule = Counter(one.agent for one in drawn.picks if one.rule == rule.name)
        before_of_rule = Counter(one.agent for one in made.drawn if one.rule == rule.name)
        for agent, count in of_rule.items():
            for limit in (rule.most_per_agent_month, rule.per_agent_month):
                assert limit is None or count + before_of_rule[agent] <= max(limit, before_of_rule[agent])
            if rule.per_agent_shift is not None:
                assert count <= 2 * rule.per_agent_shift
            if rule.one_in is not None:
                fresh = sum(one.agent == agent and one.fresh for one in made.candidates)
                assert count <= -(-fresh // rule.one_in)
    limit = made.rules.most_per_agent_month
    assert limit is None or all(count + before[agent] <= limit for agent, count in new.items())
    loads = Counter(one.reviewer.name for one in drawn.picks if one.reviewer)
    for reviewer in made.reviewers:
        assert loads[reviewer.name] <= made.rules.reviewer_per_day
        assert loads[reviewer.name] + reviewer.open <= max(made.rules.reviewer_open, reviewer.open)
    assert all(one.reviewer is None or one.reviewer.agent != one.agent for one in drawn.picks)
    assert all((one.reviewer is None) == (not made.reviewers) for one in drawn.picks)


@given(days())
def test_what_a_rule_wants_it_gets_or_says_of_what_it_was_short(made: Inputs) -> None:
    drawn = draw(made)
    for lot in drawn.lots:
        assert lot.got <= min(lot.wanted, lot.fitting)
        assert (lot.got < lot.wanted) == bool(lot.short)
    assert sum(lot.got for lot in drawn.lots) == len(drawn.picks)


@given(days(), st.randoms(use_true_random=False))
def test_the_same_seed_draws_the_same_whatever_the_order_of_the_calls(made: Inputs, chance: object) -> None:
    shuffled = list(dict.fromkeys(made.candidates))
    again = made.model_copy(update={"candidates": tuple(sorted(shuffled, key=lambda one: (one.call, one.agent)))})
    mixed = list(again.candidates)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert draw(again.model_copy(update={"candidates": tuple(mixed)})) == draw(again)
    assert draw(Inputs.model_validate_json(again.model_dump_json())) == draw(again), "what is kept draws the same"


@given(days())
def test_every_call_is_explained_by_every_rule(made: Inputs) -> None:
    picked = {one.call for one in draw(made).picks}
    for name in {one.call for one in made.candidates}:
        told = list(explain(made, name))
        assert len(told) == len(made.rules.rules) * sum(one.call == name for one in made.candidates)
        assert any("drawn for " in one for one in told) == (name in picked)


def test_one_in_four_of_each_agents_calls_is_drawn_and_of_the_rest_what_chance_says() -> None:
    calls = [call(n, f"10{n % 3:02}") for n in range(30)]  # ten of each agent
    rule = Rule(name="some", sheet="s", one_in=4)
    counts = [
        Counter(one.agent for one in draw(inputs(rule, candidates=calls, seed=str(seed))).picks) for seed in range(40)
    ]
    assert {count for one in counts for count in one.values()} == {2, 3}


def test_who_was_ill_catches_up_when_he_is_back() -> None:
    rule = Rule(name="all", sheet="s", per_agent_month=5)
    assert len(draw(inputs(rule, candidates=[call(n) for n in range(9)])).picks) == 5


def test_each_shift_gets_its_own_three() -> None:
    calls = [call(n, shift="day" if n < 5 else "night") for n in range(7)]
    drawn = draw(inputs(Rule(name="shift", sheet="s", per_agent_shift=3), candidates=calls))
    assert Counter(one.call < "c5" for one in drawn.picks) == {True: 3, False: 2}
    assert [(lot.shift, lot.got, lot.short) for lot in drawn.lots] == [("day", 3, ""), ("night", 2, "calls")]


def test_a_shift_that_is_not_over_waits() -> None:
    calls = [call(n, shift="night", shift_over=False) for n in range(7)]
    made = inputs(Rule(name="shift", sheet="s", per_agent_shift=3), candidates=calls)
    assert draw(made).picks == ()
    assert list(explain(made, "c1")) == ["shift: agent 1001: not yet: its shift is not over"]


def test_three_of_a_shift_together_are_of_three_agents() -> None:
    calls = [call(n, f"10{n % 4:02}", shift="day" if n < 20 else "night") for n in range(24)]
    made = inputs(Rule(name="shift", sheet="s", per_shift=3), candidates=calls)
    drawn = draw(made)
    assert [(lot.agent, lot.shift, lot.fitting, lot.got) for lot in drawn.lots] == [
        ("", "day", 20, 3),
        ("", "night", 4, 3),
    ]
    assert Counter(Counter(one.agent for one in drawn.picks).values()) == {1: 2, 2: 2}, "everybody in turn"
    before = [Drawn(agent=one.agent, rule="shift", shift="day", this_month=True) for one in drawn.picks[:2]]
    again = draw(made.model_copy(update={"drawn": tuple(before)}))
    assert [lot.wanted for lot in again.lots] == [1, 3]


@pytest.mark.parametrize(
    ("frame", "rule", "reviewers"),
    [
        ({"never": {"anna": Barred(agents=("1001",))}}, {}, {"boris"}),
        ({"never": {"anna": Barred(teams=("day",))}}, {}, {"boris"}),
        ({"own_team": False}, {}, {"boris"}),
        ({"moderators": ("anna",)}, {}, {"boris"}),
        ({}, {"reviewers": ("anna",)}, {"anna"}),
        ({}, {"reviewers": ("gone",)}, set()),
    ],
)
def test_a_reviewer_gets_nothing_that_he_must_not_judge(
    frame: dict[str, Any], rule: dict[str, object], reviewers: set[str]
) -> None:
    people = [Reviewer(name="anna", agent="1005", team="day"), Reviewer(name="boris", open=9)]
    every = Rule.model_validate({"name": "all", "sheet": "s", "one_in": 1, **rule})
    drawn = draw(inputs(every, candidates=[call(1), call(2)], reviewers=people, **frame))
    assert {one.reviewer.name for one in drawn.picks if one.reviewer} == reviewers
    assert len(drawn.picks) == (2 if reviewers else 0)


def test_who_is_absent_gets_nothing_and_his_work_waits_where_he_is_the_only_one() -> None:
    every = Rule(name="all", sheet="s", one_in=1)
    away, there = Reviewer(name="anna", absent=True), Reviewer(name="boris", open=9)
    drawn = draw(inputs(every, candidates=[call(1)], reviewers=[away, there]))
    assert [one.reviewer and one.reviewer.name for one in drawn.picks] == ["boris"]
    assert [one.short for one in draw(inputs(every, candidates=[call(1)], reviewers=[away])).lots] == ["reviewers"]
    led = draw(inputs(every, candidates=[call(1)], reviewers=[there], moderators=("boris",)))
    assert [one.reviewer for one in led.picks] == [None], "everybody's, where nobody but a moderator may review"


def test_where_reviewers_are_few_nobody_is_passed_over_for_anothers_second() -> None:
    calls = [call(n, f"10{n % 3:02}") for n in range(30)]
    rule, reviewers = Rule(name="all", sheet="s", per_agent_month=5), [Reviewer(name="anna")]
    drawn = draw(inputs(rule, candidates=calls, reviewers=reviewers, reviewer_per_day=3))
    assert sorted(one.agent for one in drawn.picks) == ["1000", "1001", "1002"]
    assert {lot.short for lot in drawn.lots} == {"reviewers"}


def test_work_is_shared_by_load() -> None:
    reviewers = [Reviewer(name="anna", open=4), Reviewer(name="boris")]
    calls = [call(n) for n in range(6)]
    drawn = draw(inputs(Rule(name="all", sheet="s", one_in=1), candidates=calls, reviewers=reviewers))
    assert Counter(one.reviewer.name for one in drawn.picks if one.reviewer) == {"boris": 5, "anna": 1}


def test_a_call_between_two_agents_is_drawn_for_one_of_them() -> None:
    calls = [call(1, "1001"), call(1, "1002")]
    assert len(draw(inputs(Rule(name="all", sheet="s", one_in=1), candidates=calls)).picks) == 1


@pytest.mark.parametrize(
    ("where", "fits", "not_"),
    [
        (Where(talk_from_s=60), {"talk_ms": 60_000}, {"talk_ms": 59_999}),
        (Where(talk_to_s=20), {"talk_ms": 20_000}, {"talk_ms": 20_001}),
        (Where(queues=("support",)), {"queue": "support"}, {"queue": "sales"}),
        (Where(teams=("night",)), {"team": "night"}, {"team": ""}),
        (Where(agents=("1002",)), {"agent": "1002"}, {"agent": "1001"}),
        (Where(outcomes=("complaint",)), {"outcome": "complaint"}, {"outcome": ""}),
        (Where(resolved=False), {"resolved": False}, {"resolved": None}),
        (Where(survey_at_most=2), {"survey": 2}, {"survey": 3}),
        (Where(survey_at_most=2), {"survey": 1}, {"survey": None}),
        (Where(transferred=True), {"transferred": True}, {"transferred": False}),
        (Where(new_agent_days=30), {"agent_days": 30}, {"agent_days": 31}),
        (Where(new_agent_days=30), {"agent_days": 0}, {"agent_days": None}),
    ],
)
def test_a_rule_takes_the_calls_it_is_about(where: Where, fits: dict[str, object], not_: dict[str, object]) -> None:
    assert misfit(call(1).model_copy(update=fits), where) == ""
    assert misfit(call(1).model_copy(update=not_), where) in {*Where.model_fields, "talk"}
