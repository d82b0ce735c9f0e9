"""People played to the real router: each does what his day says, whatever the router makes of it."""

from collections.abc import Mapping, Sequence
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest

from acd.errors import UnknownQueue
from acd.facts import (
    AgentStateChanged,
    CallDequeued,
    CallQueued,
    CallReleased,
    Fact,
    OfferEnded,
    SurgeDeclared,
    WrapUpEnded,
)
from acd.hours import WeeklyHours, parse_hours
from acd.queues import Blended, QueueSettings
from acd.requirements import parse
from acd.simulation.day import Absence, Arrival, Choice, Day, Onward, Seat, Visit, Wish
from acd.simulation.floor import play
from acd.simulation.policy import Policy
from acd.states import AgentState, DequeueReason, NotReadyReason, OfferOutcome
from acd.targets import Target, TargetKind

pytestmark = pytest.mark.unit

SALES = QueueSettings(name="sales", skills={"sales": 1}, ring_ms=20_000, wrap_up_ms=30_000)
SUPPORT = QueueSettings(name="support", skills={"support": 1})
SELLER = Seat(number="1001", skills={"sales": 5}, group="sellers")
OTHER = Seat(number="1002", skills={"sales": 3}, group="sellers")
THERE = Choice(at_ms=0, agent="1001", wish=Wish.SIGN_IN)
OTHER_THERE = Choice(at_ms=1, agent="1002", wish=Wish.SIGN_IN)

Kind = TypeVar("Kind", bound=Fact)


class Played:
    """What came of a day."""

    def __init__(
        self,
        *arrivals: Arrival,
        choices: Sequence[Choice] = (THERE,),
        queues: Sequence[QueueSettings] = (SALES, SUPPORT),
        hours: Mapping[str, WeeklyHours] | None = None,
        absences: Sequence[Absence] = (),
        surges: Sequence[SurgeDeclared] = (),
    ) -> None:
        self.facts: list[Fact] = []
        day = Day(
            from_ms=0,
            until_ms=3_600_000,
            arrivals=arrivals,
            seats=(SELLER, OTHER),
            choices=tuple(choices),
            absences=tuple(absences),
            surges=tuple(surges),
            back_after_ms=60_000,
        )
        self.router = play(day, Policy(queues, hours or {}), self.facts.append)

    def stated(self, kind: type[Kind]) -> list[Kind]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def ends(self) -> list[tuple[str, DequeueReason, int]]:
        return [(fact.linkedid, fact.reason, fact.wait_ms) for fact in self.stated(CallDequeued)]

    def offers(self) -> list[tuple[str, OfferOutcome, int]]:
        return [(fact.agent, fact.outcome, fact.ring_ms) for fact in self.stated(OfferEnded)]


def call(linkedid: str, at_ms: int, queue: str = "sales", **visit: object) -> Arrival:
    return Arrival(at_ms=at_ms, linkedid=linkedid, visit=Visit(queue=queue, **visit))  # type: ignore[arg-type]


def test_a_call_rings_is_answered_handled_and_wrapped_up() -> None:
    day = Played(call("a", 1_000, answers_ms=(3_000,), handling_ms=60_000, wrap_up_ms=None))
    assert day.ends() == [("a", DequeueReason.ANSWERED, 3_000)]
    released, wrapped = day.stated(CallReleased)[0], day.stated(WrapUpEnded)[0]
    assert (released.at_ms, released.talk_ms) == (64_000, 60_000)
    assert (wrapped.at_ms, wrapped.wrap_up_ms) == (94_000, 30_000)


def test_an_agent_may_end_his_wrap_up_before_its_limit_but_not_go_beyond_it() -> None:
    day = Played(call("a", 0, wrap_up_ms=5_000), call("b", 40_000, wrap_up_ms=90_000))
    assert [fact.wrap_up_ms for fact in day.stated(WrapUpEnded)] == [5_000, 30_000]


def test_a_caller_gives_up_when_his_patience_ends_counted_from_his_first_entry() -> None:
    day = Played(call("a", 100_000, patience_ms=70_000, waited_ms=60_000), choices=())
    assert day.ends() == [("a", DequeueReason.ABANDONED, 70_000)]
    assert day.stated(CallDequeued)[0].at_ms == 110_000


def test_patience_that_ends_while_the_phone_rings_takes_the_call_away() -> None:
    day = Played(call("a", 0, patience_ms=5_000, answers_ms=(9_000,)))
    assert day.offers() == [("1001", OfferOutcome.ABANDONED, 5_000)]


def test_a_caller_may_leave_by_his_key_instead_of_hanging_up() -> None:
    day = Played(call("a", 0, patience_ms=5_000, leaves_for=TargetKind.CALLBACK), choices=())
    assert day.ends() == [("a", DequeueReason.OVERFLOWED, 5_000)]


def test_patience_that_ends_in_conversation_means_nothing() -> None:
    day = Played(call("a", 0, patience_ms=5_000, handling_ms=60_000))
    assert day.stated(CallReleased)[0].talk_ms == 60_000


def test_an_agent_slower_than_the_ring_time_misses_the_call_and_is_back_after_a_while() -> None:
    day = Played(call("a", 0, answers_ms=(25_000, 2_000), handling_ms=1_000), choices=(THERE, OTHER_THERE))
    assert day.offers() == [("1001", OfferOutcome.MISSED, 20_000), ("1002", OfferOutcome.ANSWERED, 2_000)]
    changes = [(fact.at_ms, fact.after, fact.reason) for fact in day.stated(AgentStateChanged) if fact.agent == "1001"]
    assert changes[-2:] == [
        (20_000, AgentState.NOT_READY, NotReadyReason.MISSED_CALL),
        (80_000, AgentState.READY, ""),
    ]


@pytest.mark.parametrize(
    ("outcome", "ring_ms"),
    [(OfferOutcome.MISSED, 20_000), (OfferOutcome.REFUSED, 700), (OfferOutcome.UNREACHABLE, 700)],
)
def test_an_absent_agent_answers_nothing_until_he_is_back(outcome: OfferOutcome, ring_ms: int) -> None:
    absence = Absence(agent="1001", from_ms=0, until_ms=50_000, outcome=outcome, after_ms=700)
    back = Choice(at_ms=50_000, agent="1001", wish=Wish.READY)
    day = Played(call("a", 10_000), choices=(THERE, back), absences=(absence,))
    assert day.offers()[0] == ("1001", outcome, ring_ms)
    assert day.offers()[-1] == ("1001", OfferOutcome.ANSWERED, 0)
    if outcome is not OfferOutcome.UNREACHABLE:
        assert day.ends() == [("a", DequeueReason.ANSWERED, 40_000)]


def test_the_first_to_answer_of_several_phones_has_the_call() -> None:
    several = QueueSettings(name="sales", ring_several=2)
    day = Played(call("a", 5, answers_ms=(9_000, 4_000)), choices=(THERE, OTHER_THERE), queues=(several,))
    assert day.offers() == [
        ("1002", OfferOutcome.ANSWERED, 4_000),
        ("1001", OfferOutcome.ANSWERED_ELSEWHERE, 4_000),
    ]


def test_a_caller_goes_on_to_another_queue_if_his_visit_ended_as_it_did() -> None:
    transferred = Onward(after=DequeueReason.ANSWERED, after_ms=2_000, visit=Visit(queue="support", patience_ms=1_000))
    day = Played(call("a", 0, handling_ms=10_000, onward=transferred), call("b", 0, patience_ms=50, onward=transferred))
    assert [(fact.at_ms, fact.linkedid, fact.queue) for fact in day.stated(CallQueued)] == [
        (0, "a", "sales"),
        (0, "b", "sales"),
        (12_000, "a", "support"),
    ]


def test_a_call_the_router_moves_to_another_queue_keeps_its_patience_and_goes_nowhere_by_itself() -> None:
    impatient = QueueSettings(
        name="sales", skills={"sales": 9}, max_wait_ms=1_000, on_max_wait=Target(TargetKind.QUEUE, "support")
    )
    onward = Onward(after=DequeueReason.OVERFLOWED, after_ms=0, visit=Visit(queue="sales"))
    day = Played(call("a", 0, patience_ms=5_000, onward=onward), queues=(impatient, SUPPORT))
    assert day.ends() == [("a", DequeueReason.OVERFLOWED, 1_000), ("a", DequeueReason.ABANDONED, 5_000)]


def test_agents_come_go_and_have_breaks_as_they_choose() -> None:
    def chooses(at_ms: int, wish: Wish, reason: str = "") -> Choice:
        return Choice(at_ms=at_ms, agent="1001", wish=wish, reason=reason)

    day = Played(
        choices=(
            chooses(5, Wish.READY),  # of one who is not there: nothing
            chooses(10, Wish.SIGN_IN, "meeting"),
            chooses(20, Wish.READY),
            chooses(30, Wish.PHONE_AWAY),
            chooses(40, Wish.PHONE_BACK),
            chooses(50, Wish.NOT_READY, "break"),
            chooses(60, Wish.SIGN_IN),  # he is there already
            chooses(70, Wish.SIGN_OUT),
        )
    )
    assert [(fact.at_ms, fact.after, fact.reason) for fact in day.stated(AgentStateChanged)] == [
        (10, AgentState.NOT_READY, NotReadyReason.SIGNED_IN),
        (10, AgentState.NOT_READY, "meeting"),
        (20, AgentState.READY, ""),
        (30, AgentState.UNREACHABLE, ""),
        (40, AgentState.READY, ""),
        (50, AgentState.NOT_READY, "break"),
        (70, AgentState.SIGNED_OUT, ""),
    ]


def test_a_surge_is_declared_when_it_was() -> None:
    blended = QueueSettings(name="support", skills={"support": 1}, blended=Blended(agents=parse("agent = 1001")))
    surges = (
        SurgeDeclared(at_ms=5_000, queue="support", on=True, cause="api"),
        SurgeDeclared(at_ms=6_000, queue="a queue of another time", on=True, cause="api"),
    )
    day = Played(call("a", 0, "support"), queues=(blended,), surges=surges)
    assert day.ends() == [("a", DequeueReason.ANSWERED, 5_000)]


def test_queues_open_and_close_by_their_hours() -> None:
    """The day begins on 1 January 1970, a Thursday, at midnight."""
    closing = QueueSettings(name="sales", skills={"sales": 1}, on_closed=Target(TargetKind.LEAVE))
    hours = {"sales": parse_hours({"thu": "00:10-00:20"}, ZoneInfo("UTC"))}
    minutes = {"early": 9, "open": 12, "waits": 19, "late": 25}
    day = Played(
        *(call(name, at * 60_000, handling_ms=8 * 60_000) for name, at in minutes.items()),
        queues=(closing,),
        hours=hours,
    )
    assert day.ends() == [
        ("early", DequeueReason.OVERFLOWED, 0),
        ("open", DequeueReason.ANSWERED, 0),
        ("waits", DequeueReason.OVERFLOWED, 60_000),
        ("late", DequeueReason.OVERFLOWED, 0),
    ]


def test_who_is_never_served_is_left_waiting_at_the_end() -> None:
    day = Played(call("a", 0, "support"))
    assert list(day.router.calls) == ["a"]


def test_a_queue_that_there_is_not_is_refused() -> None:
    with pytest.raises(UnknownQueue):
        Played(call("a", 0, "fishing"))
