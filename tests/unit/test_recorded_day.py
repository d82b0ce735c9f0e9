"""A recorded day as people's behaviour: played under the settings it was recorded with, it is the same day again."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from acd.facts import AgentDefined, CallDequeued, CallQueued, DaemonStarted, Fact, from_json, to_json
from acd.queues import QueueSettings, Step
from acd.requirements import from_levels
from acd.simulation.comparison import truth
from acd.simulation.day import Arrival, Choice, Day, Onward, Seat, Visit, Wish
from acd.simulation.floor import play
from acd.simulation.policy import Policy
from acd.simulation.recorded import RecordedDay
from acd.simulation.supposed import NothingAnswered
from acd.simulation.traffic import HOUR_MS, Demand, Duration, Kind, Rate, Shape, Shift, Traffic
from acd.simulation.trial import Trial, run, tally
from acd.states import DequeueReason
from acd.targets import Target, TargetKind
from cti.centre import load_centre
from cti.commands.policy import policy_of
from recording.past import Past

pytestmark = pytest.mark.unit

FIXTURES = Path(__file__).parents[1] / "fixtures"
MIDNIGHT_MS = 24 * HOUR_MS
SALES = QueueSettings(name="sales", skills={"sales": 1}, ring_ms=15_000, wrap_up_ms=20_000)
SUPPORT = QueueSettings(name="support", skills={"support": 1}, ring_ms=12_000, wrap_up_ms=15_000, max_wait_ms=240_000)
TRAFFIC = Traffic(
    from_ms=9 * HOUR_MS,
    until_ms=11 * HOUR_MS,
    demands=(
        Demand(
            queue="sales",
            rates=(Rate(9 * HOUR_MS, 60), Rate(10 * HOUR_MS, 120)),
            handling=Duration(mean_ms=200_000, shape=Shape.LOG_NORMAL),
            patience=Duration(mean_ms=90_000),
            answer=Duration(mean_ms=5_000),
            kinds=(Kind(share=0.1, priority=3), Kind(share=0.2, skills={"english": 1})),
        ),
        Demand(
            queue="support",
            rates=(Rate(9 * HOUR_MS, 40),),
            handling=Duration(mean_ms=300_000, shape=Shape.LOG_NORMAL),
            patience=Duration(mean_ms=200_000),
            answer=Duration(mean_ms=5_000),
        ),
    ),
    shifts=(
        Shift(
            group="sellers",
            count=4,
            skills={"sales": 5, "english": 4},
            from_ms=8 * HOUR_MS,
            until_ms=11 * HOUR_MS,
            breaks=((10 * HOUR_MS, 10 * HOUR_MS + 900_000),),
        ),
        Shift(group="both", count=4, skills={"sales": 3, "support": 2}, from_ms=8 * HOUR_MS, until_ms=11 * HOUR_MS),
        Shift(group="technicians", count=2, skills={"support": 5}, from_ms=9 * HOUR_MS, until_ms=10 * HOUR_MS),
    ),
)
POLICIES = {
    "plain": Policy((SALES, SUPPORT)),
    "several phones, steps, overflow": Policy(
        (
            replace(SALES, ring_several=3),
            replace(
                SUPPORT,
                on_max_wait=Target(TargetKind.QUEUE, "sales"),
                steps=(Step(after_ms=20_000, requires=from_levels({"support": 2}), priority=3),),
            ),
        )
    ),
}


def facts_of(day: Day, policy: Policy) -> list[Fact]:
    """The day as the journal would keep it."""
    facts: list[Fact] = []
    play(day, policy, facts.append)
    return [from_json(json.loads(json.dumps(to_json(fact)))) for fact in facts]


def recorded(facts: Iterable[Fact], from_ms: int = 0, until_ms: int = MIDNIGHT_MS) -> RecordedDay:
    day = RecordedDay(from_ms, until_ms)
    for fact in facts:
        day.see(fact)
    return day


def counted(day: Day, facts: Iterable[Fact], policy: Policy) -> Trial:
    count = tally(day, policy, whole=False)
    for fact in facts:
        count.see(fact)
    return Trial(count.figures(), count.ways)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_made_up_day_recorded_and_replayed_is_the_same_to_the_millisecond(policy: str, seed: int) -> None:
    served, original = POLICIES[policy], TRAFFIC.draw(seed, 1)
    facts = facts_of(original, served)
    day = recorded(facts).day(original.seats)
    was, again = counted(day, facts, served), run(day, served, whole=False)
    assert again.ways == was.ways
    assert again.figures == was.figures
    assert sum(group.missed for group in was.figures.agents.values()) > 0  # absences are part of it
    assert was.figures.calls[""].abandoned > 20


def test_the_same_day_under_other_settings_is_another_one_and_always_the_same_other_one() -> None:
    original = TRAFFIC.draw(4, 1)
    day = recorded(facts_of(original, POLICIES["plain"])).day(original.seats)
    changed = [run(day, Policy((replace(SALES, wrap_up_ms=90_000), SUPPORT)), whole=False) for _ in range(2)]
    assert changed[0] == changed[1]
    same = run(day, POLICIES["plain"], whole=False)
    assert truth(same.ways, changed[0].ways).same_end < len(same.ways)
    assert (changed[0].figures.calls[""].abandonment or 0) > (same.figures.calls[""].abandonment or 0)


def test_a_caller_who_came_to_a_second_queue_goes_there_again_after_the_first() -> None:
    seat = Seat(number="1001", skills={"sales": 1, "support": 1}, group="all")
    onward = Onward(after=DequeueReason.ANSWERED, after_ms=2_000, visit=Visit(queue="support", handling_ms=7_000))
    visit = Visit(queue="sales", handling_ms=30_000, wrap_up_ms=500, onward=onward)
    original = Day(
        from_ms=0,
        until_ms=MIDNIGHT_MS,
        arrivals=(Arrival(at_ms=HOUR_MS, linkedid="a", visit=visit),),
        seats=(seat,),
        choices=(Choice(at_ms=0, agent="1001", wish=Wish.SIGN_IN),),
    )
    day = recorded(facts_of(original, POLICIES["plain"])).day([seat])
    arrival = day.arrivals[0].visit
    assert (arrival.handling_ms, arrival.wrap_up_ms) == (30_000, 500)
    assert arrival.onward is not None
    assert (arrival.onward.after, arrival.onward.after_ms) == (DequeueReason.ANSWERED, 2_000)
    assert arrival.onward.visit.queue == "support"
    assert arrival.onward.visit.wrap_up_ms is None  # it ran to the queue's limit, and would to another


def test_of_calls_with_no_end_and_days_without_answers() -> None:
    original = TRAFFIC.draw(5, 1)
    facts = facts_of(original, POLICIES["plain"])
    queued = next(fact for fact in facts if isinstance(fact, CallQueued))
    lost = [replace(queued, linkedid="lost"), replace(queued, linkedid="lost", entered_ms=queued.at_ms + 9_000)]
    day = recorded([*lost, *facts])
    assert not day.settled
    assert {"lost", "lost/2"} <= {arrival.linkedid for arrival in day.day(original.seats).arrivals}
    assert recorded(facts).settled
    with pytest.raises(NothingAnswered):
        recorded(lost).day(original.seats)


def test_a_call_resumed_after_an_absence_of_the_daemon_is_one_call() -> None:
    facts = facts_of(TRAFFIC.draw(5, 1), POLICIES["plain"])
    at = next(index for index, fact in enumerate(facts) if isinstance(fact, CallQueued))
    first = facts[at]
    assert isinstance(first, CallQueued)
    restart = [DaemonStarted(at_ms=first.at_ms, node="node1", version="1"), replace(first, at_ms=first.at_ms)]
    before, after = recorded(facts), recorded([*facts[: at + 1], *restart, *facts[at + 1 :]])
    assert before.day(()).arrivals == after.day(()).arrivals
    assert (before.starts_of_the_daemon, after.starts_of_the_daemon) == (0, 1)


def test_only_calls_that_came_within_the_day_are_played() -> None:
    facts = facts_of(TRAFFIC.draw(5, 1), POLICIES["plain"])
    from_ms, until_ms = 9 * HOUR_MS + HOUR_MS // 2, 10 * HOUR_MS
    day = recorded(facts, from_ms, until_ms).day(TRAFFIC.draw(5, 1).seats)
    assert day.arrivals
    assert all(from_ms <= arrival.at_ms < until_ms for arrival in day.arrivals)
    assert {choice.at_ms for choice in day.choices if choice.agent == "both-1"} >= {from_ms}  # he was there already
    assert all(from_ms <= choice.at_ms < until_ms for choice in day.choices)


def test_a_day_recorded_on_a_real_asterisk_is_itself_again() -> None:
    """Six callers of two agents (tests/integration/test_replay.py): one abandoned, one missed, one short wrap-up."""
    centre = load_centre(FIXTURES.parent.parent / "dialplans", FIXTURES / "floor/queues.yaml")
    policy = policy_of(centre)
    facts = list(Past(FIXTURES / "days/two_sellers/facts.jsonl", 0))
    from_ms, until_ms = facts[0].at_ms, facts[-1].at_ms + 1
    seats = [
        Seat(number="1001", skills={"sales": 8, "support": 5}, group="both"),
        Seat(number="1002", skills={"sales": 6}, group="sellers"),
    ]
    record = recorded(facts, from_ms, until_ms)
    day = record.day(seats)
    was, again = counted(day, facts, policy), run(day, policy, whole=False)
    found = truth(was.ways, again.ways)
    assert (found.calls, found.same_end, found.answered_in_both, found.same_agent) == (6, 6, 5, 5)
    assert found.most_apart_ms is not None
    assert found.most_apart_ms < 50
    assert again.figures.agents["sellers"].missed == was.figures.agents["sellers"].missed == 1
    ends = [fact.reason for fact in facts if isinstance(fact, CallDequeued)]
    assert ends.count(DequeueReason.ABANDONED) == was.figures.calls[""].abandoned == 1


def test_agents_are_what_the_journal_says_they_were_whatever_they_are_today() -> None:
    original = TRAFFIC.draw(5, 1)
    facts = facts_of(original, POLICIES["plain"])
    assert (
        recorded(facts).day().seats == recorded(facts).day([replace(seat, skills={}) for seat in original.seats]).seats
    )
    by_number = {seat.number: seat for seat in original.seats}
    for seat in recorded(facts).seats():
        assert (seat.skills, seat.group) == (by_number[seat.number].skills, "+".join(sorted(seat.skills)))
    assert recorded(facts).unknown() == []


def test_an_agent_who_learns_something_during_the_day_can_do_it_from_then_on() -> None:
    original = TRAFFIC.draw(5, 1)
    facts = facts_of(original, POLICIES["plain"])
    same = AgentDefined(at_ms=HOUR_MS, agent="both-1", name="both-1", skills={"sales": 3, "support": 2}, attributes={})
    learnt = replace(same, at_ms=10 * HOUR_MS, skills={"english": 9}, attributes={"team": "north"})
    day = recorded(sorted([*facts, same, learnt], key=lambda fact: fact.at_ms)).day()
    assert day.redefined == (learnt,)  # that he was told of anew when the daemon started is no change
    again = run(day, POLICIES["plain"], whole=False)
    assert not [way for way in again.ways if way.agent == "both-1" and way.entered_ms > 10 * HOUR_MS]


def test_who_is_known_to_nobody_is_left_out() -> None:
    facts = [fact for fact in facts_of(TRAFFIC.draw(5, 1), POLICIES["plain"]) if not isinstance(fact, AgentDefined)]
    seats = TRAFFIC.draw(5, 1).seats[:3]
    assert [seat.number for seat in recorded(facts).seats(seats)] == [seat.number for seat in seats]
    assert "technicians-1" in recorded(facts).unknown(seats)
