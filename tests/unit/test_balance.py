"""The identity of the queues: it holds whatever calls do, and a call that is lost breaks it, in its queue and half
hour."""

from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.facts import CallDequeued, CallQueued, Fact
from acd.offers import Outcome
from acd.states import DequeueReason
from recording.balance.identity import HALF_HOUR_MS, balances
from recording.record import CallRecord, QueueVisit
from tests.ledgers import NAMES, real_call
from tests.load.synthetic_floor import SyntheticFloor, Verb

pytestmark = pytest.mark.unit

ANY = real_call("served_by_ivr").record()
Stay = tuple[str, int, DequeueReason]
START_MS = HALF_HOUR_MS * 1_000_000


def queued(linkedid: str, queue: str, at_ms: int) -> Fact:
    return CallQueued(
        at_ms=at_ms, linkedid=linkedid, queue=queue, priority=0, skills={}, entered_ms=at_ms, waiting=1
    )  # fmt: skip


def dequeued(linkedid: str, queue: str, at_ms: int, reason: DequeueReason) -> Fact:
    return CallDequeued(at_ms=at_ms, linkedid=linkedid, queue=queue, reason=reason, wait_ms=0, waiting=0)


def record_of(linkedid: str, visits: list[Stay]) -> CallRecord:
    def at(ms: int) -> datetime:
        return datetime.fromtimestamp(ms / 1000, UTC)

    stays = tuple(
        QueueVisit(queue=queue, entered_at=at(ms), left_at=at(ms), wait_ms=0, reason=reason)
        for queue, ms, reason in visits
    )
    return ANY.model_copy(update={"linkedid": linkedid, "queues": stays})


STAY = st.tuples(
    st.sampled_from(("sales", "support")), st.integers(0, 3 * HALF_HOUR_MS), st.sampled_from(DequeueReason)
)
CALL = st.tuples(st.lists(STAY, max_size=4), st.sampled_from(("ended", "under way", "lost")), st.booleans())


@given(st.lists(CALL, max_size=20))
def test_it_holds_but_for_the_calls_that_were_lost(calls: list[tuple[list[Stay], str, bool]]) -> None:
    told: dict[str, list[Fact]] = {}
    records: list[CallRecord] = []
    under_way: set[str] = set()
    lost: set[tuple[str, str]] = set()
    waiting = 0
    for number, (stays, state, waits) in enumerate(calls):
        linkedid, facts = f"node1-{number}", told.setdefault(f"node1-{number}", [])
        for queue, after_ms, reason in stays:
            at_ms = START_MS + after_ms
            facts += [queued(linkedid, queue, at_ms), dequeued(linkedid, queue, at_ms, reason)]
        queues = {queue for queue, _, _ in stays}
        if state == "ended":
            records.append(record_of(linkedid, [(queue, START_MS + ms, reason) for queue, ms, reason in stays]))
        elif state == "lost":
            lost |= {(linkedid, queue) for queue in queues}
        else:
            under_way.add(linkedid)
            if waits and stays:
                facts.pop()
                waiting += 1
    found = balances(told, records, under_way)
    assert {(linkedid, one.queue) for one in found for linkedid in one.lost} == lost
    assert all(one.holds is (not one.lost) for one in found)
    assert sum(one.waiting for one in found) == waiting
    assert sum(one.entered for one in found) == len(
        {(linkedid, fact.queue) for linkedid, facts in told.items() for fact in facts if isinstance(fact, CallQueued)}
    )


@pytest.mark.parametrize("name", NAMES)
def test_it_holds_for_every_real_call(name: str) -> None:
    call = real_call(name)
    told: dict[str, list[Fact]] = {}
    for fact in call.facts:
        told.setdefault(getattr(fact, "linkedid", ""), []).append(fact)
    assert all(one.holds for one in balances(told, [call.record()], ()))


def test_a_call_counts_in_the_half_hour_in_which_it_first_came_and_by_its_last_reason() -> None:
    late_ms = START_MS + HALF_HOUR_MS + 5
    told = {
        "a": [
            queued("a", "sales", START_MS),
            queued("a", "sales", late_ms),  # at the head again after a missed offer
            dequeued("a", "sales", late_ms, DequeueReason.ANSWERED),
        ]
    }
    visits = [("sales", START_MS, DequeueReason.ANSWERED)]
    (one,) = balances(told, [record_of("a", visits)], ())
    assert (one.start, one.entered, one.left[DequeueReason.ANSWERED]) == (
        datetime.fromtimestamp(START_MS / 1000, UTC), 1, 1,
    )  # fmt: skip
    (gone,) = balances(told, [], ())
    assert (gone.holds, gone.lost) == (False, ("a",))


def test_who_is_to_be_called_back_waits_without_a_channel() -> None:
    linkedid = "node1-callback-1-1.1"
    (one,) = balances({linkedid: [queued(linkedid, "sales", START_MS)]}, [], ())
    assert (one.holds, one.waiting) == (True, 1)


@cache
def floor_of(seconds: int, agents: int) -> tuple[dict[str, list[Fact]], list[CallRecord], set[str]]:
    """What a router tells of a made-up centre, the records of the calls that have left, and those that go on."""
    told: dict[str, list[Fact]] = {}
    floor = SyntheticFloor(agents, waiting=2 * agents)
    tell = floor.tell

    def telling(kind: str, verb: Verb) -> Outcome:
        outcome = tell(kind, verb)
        for fact in outcome.facts:
            if isinstance(fact, CallQueued | CallDequeued):
                told.setdefault(fact.linkedid, []).append(fact)
        return outcome

    floor.tell = telling
    while floor.running_s < seconds:
        floor.next()
    going_on = {linkedid for linkedid, facts in told.items() if isinstance(facts[-1], CallQueued)}
    records = [
        record_of(linkedid, [(one.queue, one.at_ms, one.reason) for one in facts if isinstance(one, CallDequeued)])
        for linkedid, facts in told.items()
        if linkedid not in going_on
    ]
    return told, records, going_on


@pytest.mark.parametrize("agents", [3, 10, 30])
def test_it_holds_in_every_half_hour_of_a_floor_that_nothing_disturbs_and_twice_told_is_once_told(agents: int) -> None:
    told, records, going_on = floor_of(7_200, agents)
    found = balances(told, records, going_on)
    assert sum(one.entered for one in found) >= len(told) > 50
    assert all(one.holds for one in found)
    twice = {linkedid: [fact for fact in facts for _ in range(2)] for linkedid, facts in told.items()}
    assert balances(twice, records, going_on) == found


@given(st.data())
def test_what_is_lost_of_a_floor_is_told_of_its_call_and_of_no_other(data: st.DataObject) -> None:
    told, records, going_on = floor_of(1_800, 5)
    chosen = data.draw(st.sampled_from(records))
    if data.draw(st.booleans(), label="its record, or its coming to each queue"):
        records = [one for one in records if one is not chosen]
    else:
        told = {
            linkedid: [one for one in facts if linkedid != chosen.linkedid or not isinstance(one, CallQueued)]
            for linkedid, facts in told.items()
        }
    found = balances(told, records, going_on)
    assert {linkedid for one in found for linkedid in (*one.lost, *one.untold)} == {chosen.linkedid}
    queues = {visit.queue for visit in chosen.queues}
    assert {one.queue for one in found if not one.holds} == queues
    assert all(one.holds or chosen.linkedid in (*one.lost, *one.untold) for one in found)


def test_what_is_rebuilt_from_the_ledger_need_not_have_been_told() -> None:
    visits = [("sales", START_MS, DequeueReason.ANSWERED)]
    rebuilt = record_of("a", visits).model_copy(update={"reconstructed": True})
    assert balances({}, [rebuilt], ()) == ()
    (one,) = balances({}, [record_of("a", visits)], ())
    assert (one.holds, one.untold, one.entered, one.left[DequeueReason.ANSWERED]) == (False, ("a",), 0, 1)
