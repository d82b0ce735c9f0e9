"""Parked callers: who is at which space, who fetches whom, and that nobody is lost (the router's part)."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from acd.errors import AgentBusy, NotParked, NotSignedIn, ParkingFull
from acd.facts import CallOffered, CallParked, CallReleased, CallUnparked, Fact
from acd.parking import Parking
from acd.states import AgentState, DequeueReason, OfferOutcome, ParkingOutcome
from acd.targets import LEAVE, Target
from acd.timers import Timers
from tests.unit.floor import Floor

pytestmark = pytest.mark.unit

SPACES = ("701", "702", "703")
BACK_MS = 60_000


def parked(space: str = "") -> Floor:
    """1001 has parked the caller of sales; 1002 serves something else."""
    floor = Floor()
    floor.router.parking.define(SPACES)
    floor.seat("1001", sales=1)
    floor.seat("1002", support=1)
    floor.enter("call")
    floor.answer("call")
    floor.wait(5_000)
    floor.router.released("call", now_ms=floor.now_ms)
    park(floor, "call", space)
    return floor


def park(floor: Floor, linkedid: str, space: str = "") -> str:
    now_ms = floor.now_ms
    one = floor.router.parking.park(
        linkedid, agent="1001", queue="sales", wish=space, until_ms=now_ms + BACK_MS, now_ms=now_ms
    )
    floor.settle()
    return one.space


def fetch(floor: Floor, number: str, line: str = "") -> None:
    floor.router.fetch("call", number, ring_ms=20_000, line=line, now_ms=floor.now_ms)
    floor.settle()


def not_answered(floor: Floor) -> None:
    floor.router.offer_ended(floor.offers[-1].id, OfferOutcome.MISSED, now_ms=floor.now_ms)
    floor.settle()


def outcomes(floor: Floor) -> list[tuple[ParkingOutcome, str]]:
    return [(fact.outcome, fact.agent) for fact in floor.stated(CallUnparked)]


def test_whoever_fetches_him_is_rung_and_then_talks_for_the_queue_he_came_from() -> None:
    floor = parked()
    fetch(floor, "1002")
    assert floor.offered()[-1] == ("call", "1002")
    assert floor.stated(CallOffered)[-1].decision["trigger"] == "fetched"
    floor.wait(3_000)
    floor.answer("call")
    (left,) = floor.stated(CallUnparked)
    assert (left.space, left.outcome, left.agent, left.parked_ms) == ("701", ParkingOutcome.FETCHED, "1002", 3_000)
    floor.router.released("call", now_ms=floor.now_ms)
    floor.settle()
    assert floor.stated(CallReleased)[-1].queue == "sales"
    assert floor.router.roster.agent("1002").state is AgentState.WRAP_UP
    assert floor.router.parking.by_call == {}


def test_on_his_own_line_he_needs_no_phone_that_is_free() -> None:
    floor = parked()
    floor.phone("1002", engaged=True)  # by the very line on which he has dialled the space
    with pytest.raises(AgentBusy):
        fetch(floor, "1002")
    fetch(floor, "1002", line="PJSIP/1002-00000009")
    assert floor.offers[-1].line == "PJSIP/1002-00000009"
    floor.answer("call")
    assert floor.router.conversations.by_call["call"].agent == "1002"
    assert floor.router.violations == 0


def test_one_at_a_time_fetches_him_and_only_while_he_is_parked() -> None:
    floor = parked()
    floor.define("1003", None)
    with pytest.raises(NotSignedIn):
        fetch(floor, "1003")
    fetch(floor, "1002")
    with pytest.raises(NotParked):
        fetch(floor, "1001")
    not_answered(floor)
    assert [*floor.router.parking.by_call] == ["call"]
    with pytest.raises(NotParked):
        floor.router.fetch("never seen", "1002", ring_ms=1, now_ms=floor.now_ms)


def test_after_his_time_he_goes_back_but_not_while_a_phone_rings_for_him() -> None:
    floor = parked()
    floor.wait(BACK_MS - 1_000)
    fetch(floor, "1002")
    floor.wait(5_000)
    assert floor.left == []
    not_answered(floor)
    assert floor.left == [("call", LEAVE)]
    assert outcomes(floor) == [(ParkingOutcome.RETURNED, "")]
    assert "call" not in floor.router.calls  # his session puts him there


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        (DequeueReason.ABANDONED, ParkingOutcome.ABANDONED),
        (DequeueReason.WITHDRAWN, ParkingOutcome.WITHDRAWN),
    ],
)
def test_who_leaves_frees_his_space_and_who_was_rung_for_him(reason: DequeueReason, outcome: ParkingOutcome) -> None:
    floor = parked("703")
    fetch(floor, "1002")
    floor.router.leave("call", reason=reason, now_ms=floor.now_ms)
    floor.settle()
    assert outcomes(floor) == [(outcome, "")]
    assert [offer.agent for offer in floor.withdrawn] == ["1002"]
    assert floor.router.parking.at("703") is None
    assert floor.router.next_due_ms is None or floor.router.next_due_ms < floor.now_ms + BACK_MS


def test_a_space_is_given_as_wished_or_in_turn_and_never_twice() -> None:
    floor = parked("702")
    assert [park(floor, "second", "702"), park(floor, "third")] == ["703", "701"]
    with pytest.raises(ParkingFull):
        park(floor, "fourth")
    parking = floor.router.parking
    assert parking.to_fetch("1001") is parking.by_call["third"]  # the last of his own
    assert parking.to_fetch("1002") is parking.by_call["call"]  # who is parked longest


class Spaces(RuleBasedStateMachine):
    """Callers come to spaces and leave them in any order, while administrators change which there are."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms, self.came = 0, 0
        self.facts: list[Fact] = []
        self.left: list[tuple[str, Target]] = []
        self.timers: Timers[tuple[str, str]] = Timers()
        self.parking = Parking(self.timers, self.facts.append, lambda *one: self.left.append(one))
        self.parking.define(SPACES)

    @rule(wish=st.sampled_from(["", *SPACES, "999"]), back_ms=st.integers(1, 50))
    def somebody_is_parked(self, wish: str, back_ms: int) -> None:
        self.came += 1
        until_ms = self.now_ms + back_ms
        free = {space for space in self.parking._spaces if self.parking.at(space) is None}
        try:
            one = self.parking.park(
                f"{self.came}", agent="1", queue="q", wish=wish, until_ms=until_ms, now_ms=self.now_ms
            )
        except ParkingFull:
            assert not free
            return
        assert one.space in free
        assert wish not in free or one.space == wish

    @rule(which=st.integers(0, 5), how=st.sampled_from(["fetched", "left"]))
    def somebody_leaves(self, which: int, how: str) -> None:
        linkedid = [*self.parking.by_call, "nobody"][min(which, len(self.parking.by_call))]
        if how == "fetched":
            self.parking.fetched(linkedid, "2", self.now_ms)
        else:
            self.parking.left(linkedid, DequeueReason.ABANDONED, self.now_ms)

    @rule(ms=st.integers(0, 60))
    def time_goes_by(self, ms: int) -> None:
        self.now_ms += ms
        for _, linkedid in self.timers.pop_due(self.now_ms):
            self.parking.look(linkedid, self.now_ms)
        assert all(one.until_ms > self.now_ms for one in self.parking.by_call.values())

    @rule(spaces=st.lists(st.sampled_from([*SPACES, "704"]), unique=True))
    def the_centre_is_changed(self, spaces: list[str]) -> None:
        self.parking.define(spaces)

    @invariant()
    def everybody_who_came_is_there_or_was_told_to_have_left(self) -> None:
        came = [fact.linkedid for fact in self.facts if isinstance(fact, CallParked)]
        gone = [fact for fact in self.facts if isinstance(fact, CallUnparked)]
        assert sorted(came) == sorted([*self.parking.by_call, *(fact.linkedid for fact in gone)])
        back = [fact.linkedid for fact in gone if fact.outcome is ParkingOutcome.RETURNED]
        assert self.left == [(linkedid, LEAVE) for linkedid in back]

    @invariant()
    def nobody_shares_a_space(self) -> None:
        there = [one.space for one in self.parking.by_call.values()]
        assert len(there) == len(set(there))


TestSpaces = Spaces.TestCase
TestSpaces.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
