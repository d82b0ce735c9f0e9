"""After-call work ended early or made longer, by whoever says so, within what the queue allows."""

import pytest

from acd.errors import NotInWrapUp, UnknownAgent, WrapUpAtMost
from acd.facts import AgentStateChanged, WrapUpEnded, WrapUpExtended
from acd.queues import QueueSettings
from acd.states import AgentState
from tests.unit.floor import Floor

pytestmark = pytest.mark.unit


def wrapping_up(**limits: int) -> Floor:
    """1001 has just ended `call` of the queue sales, whose wrap-up is 30 s; `limits` are settings of the queue."""
    floor = Floor()
    settings = QueueSettings(name="sales", skills={"sales": 1}, wrap_up_ms=30_000, **limits)  # type: ignore[arg-type]
    floor.router.define_queue(settings, now_ms=floor.now_ms)
    floor.seat("1001", sales=1)
    floor.enter("call")
    floor.answer("call")
    floor.release("call")
    return floor


def extend(floor: Floor, by_ms: int | None = None) -> None:
    floor.router.extend_wrap_up("1001", by_ms, cause="phone", now_ms=floor.now_ms)
    floor.settle()


def test_a_wrap_up_made_longer_ends_later_by_just_that() -> None:
    floor = wrapping_up()
    floor.wait(10_000)
    extend(floor, 5_000)
    (extended,) = floor.stated(WrapUpExtended)
    until_ms = floor.now_ms + 25_000
    assert (extended.linkedid, extended.by_ms, extended.until_ms, extended.cause) == ("call", 5_000, until_ms, "phone")
    assert floor.router.roster.agent("1001").wrap_up_until_ms == until_ms
    floor.wait(24_999)
    assert floor.state("1001") is AgentState.WRAP_UP
    floor.wait(1)
    assert floor.state("1001") is AgentState.READY
    assert [ended.wrap_up_ms for ended in floor.stated(WrapUpEnded)] == [35_000]
    assert floor.router.roster.agent("1001").wrap_up_until_ms == 0


def test_without_a_word_it_is_longer_by_what_the_queue_gives_at_a_time() -> None:
    floor = wrapping_up(wrap_up_more_ms=45_000)
    extend(floor)
    assert [extended.by_ms for extended in floor.stated(WrapUpExtended)] == [45_000]


def test_it_is_never_longer_in_all_than_the_queue_allows() -> None:
    floor = wrapping_up(wrap_up_most_ms=100_000)
    extend(floor)
    extend(floor)
    assert [extended.by_ms for extended in floor.stated(WrapUpExtended)] == [60_000, 10_000]
    with pytest.raises(WrapUpAtMost, match="100 s at most"):
        extend(floor)
    floor.wait(100_000)
    assert floor.state("1001") is AgentState.READY


@pytest.mark.parametrize("most_ms", [0, 30_000, 10_000])
def test_where_the_queue_allows_no_more_it_stays_as_it_is(most_ms: int) -> None:
    floor = wrapping_up(wrap_up_most_ms=most_ms)
    with pytest.raises(WrapUpAtMost):
        extend(floor)
    floor.wait(30_000)
    assert floor.state("1001") is AgentState.READY


@pytest.mark.parametrize("status", ["ready", "not ready"])
def test_whoever_ends_it_early_is_what_he_chose_last(status: str) -> None:
    floor = wrapping_up()
    floor.enter("next")
    if status == "not ready":
        floor.not_ready("1001", "meal")
    floor.wait(4_000)
    floor.router.end_wrap_up("1001", cause="desktop:1001", now_ms=floor.now_ms)
    floor.settle()
    if status == "ready":
        assert floor.offered()[-1] == ("next", "1001")
    else:
        assert floor.state("1001") is AgentState.NOT_READY
    assert [ended.wrap_up_ms for ended in floor.stated(WrapUpEnded)] == [4_000]
    after = [change for change in floor.stated(AgentStateChanged) if change.before is AgentState.WRAP_UP]
    assert after[-1].cause == "desktop:1001"


def test_only_in_wrap_up_can_it_be_ended_or_made_longer() -> None:
    floor = Floor()
    floor.seat("1001", sales=1)
    for number, error in (("1001", NotInWrapUp), ("9999", UnknownAgent)):
        with pytest.raises(error):
            floor.router.end_wrap_up(number, cause="api", now_ms=floor.now_ms)
        with pytest.raises(error):
            floor.router.extend_wrap_up(number, cause="api", now_ms=floor.now_ms)
    floor.enter("call")
    floor.answer("call")
    with pytest.raises(NotInWrapUp):
        extend(floor)


def test_a_wrap_up_ended_early_leaves_no_alarm_for_the_next() -> None:
    floor = wrapping_up()
    extend(floor)
    floor.ready("1001")
    floor.enter("next")
    floor.answer("next")
    floor.release("next")
    floor.wait(29_999)
    assert floor.state("1001") is AgentState.WRAP_UP
    floor.wait(1)
    assert floor.state("1001") is AgentState.READY
