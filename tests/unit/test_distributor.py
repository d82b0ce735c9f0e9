"""The asyncio shell of the router: offers reach their callers, timers fire, whoever goes has left the queue."""

import asyncio
from contextlib import ExitStack

import pytest

from acd.facts import CallDequeued
from acd.states import AgentState, DequeueReason, OfferOutcome
from acd.targets import LEAVE
from tests.unit.running_floor import Told, distributor, enter, next_offer
from tests.virtual_time import EPOCH_MS, in_virtual_time

pytestmark = pytest.mark.unit


@in_virtual_time
async def test_an_offer_reaches_the_place_of_its_call() -> None:
    floor = distributor("1001", "1002")
    with floor.place("first") as first, floor.place("second") as second:
        enter(floor, "first")
        enter(floor, "second")
        assert not first.empty
        assert [(await next_offer(place)).agent for place in (first, second)] == ["1001", "1002"]
        assert first.empty
    floor.close()


@in_virtual_time
async def test_a_caller_waits_for_his_offer_until_an_agent_is_there() -> None:
    floor = distributor()
    with floor.place("call") as place:
        enter(floor)
        waiting = asyncio.create_task(next_offer(place))
        await asyncio.sleep(30)
        assert not waiting.done()
        with floor.command() as (router, now_ms):
            router.roster.define("1001", "1001", {})
            router.phone_changed("1001", reachable=True, engaged=False, now_ms=now_ms)
            router.sign_in("1001", "1001", cause="phone", now_ms=now_ms)
        offer = await waiting
        assert (offer.agent, offer.decision.wait_ms) == ("1001", 30_000)
    floor.close()


@in_virtual_time
async def test_after_a_failed_offer_the_next_one_follows_in_the_same_moment() -> None:
    floor = distributor("1001", "1002")
    with floor.place("call") as place:
        enter(floor)
        offer = await next_offer(place)
        with floor.command() as (router, now_ms):
            router.offer_ended(offer.id, OfferOutcome.MISSED, now_ms=now_ms)
        assert (await next_offer(place)).agent == "1002"
    floor.close()


@in_virtual_time
async def test_a_caller_whose_greatest_wait_is_over_is_told_so() -> None:
    floor = distributor()
    with floor.place("call") as place:
        enter(floor)
        assert await place.next() is LEAVE
        assert floor.clock.now_ms() == EPOCH_MS + 60_000
        assert floor.router.calls == {}


@in_virtual_time
async def test_wrap_up_ends_by_itself_and_brings_the_next_caller() -> None:
    floor = distributor("1001")
    with floor.place("first"), floor.place("second") as second:
        enter(floor, "first")
        enter(floor, "second")
        with floor.command() as (router, now_ms):
            router.answered("first", now_ms=now_ms)
            router.released("first", now_ms=now_ms)
        offer = await next_offer(second)
        assert (offer.agent, offer.at_ms) == ("1001", EPOCH_MS + 20_000)
    floor.close()


@in_virtual_time
async def test_the_alarm_follows_the_earliest_deadline() -> None:
    floor = distributor("1001")
    with floor.place("talks"), floor.place("waits") as waits:
        enter(floor, "talks")
        enter(floor, "waits")
        with floor.command() as (router, now_ms):
            router.answered("talks", now_ms=now_ms)
        await asyncio.sleep(30)
        with floor.command() as (router, now_ms):
            router.released("talks", now_ms=now_ms)  # wrap-up would be over at 50 s, before the greatest wait
            router.set_not_ready("1001", "meal", cause="api", now_ms=now_ms)
        await asyncio.sleep(25)
        assert floor.router.roster.agent("1001").state is AgentState.NOT_READY
        assert await waits.next() is LEAVE
        assert floor.clock.now_ms() == EPOCH_MS + 60_000


@in_virtual_time
async def test_after_close_no_alarm_rings() -> None:
    floor = distributor("1001")
    with floor.place("talks"), floor.place("call"):
        enter(floor, "talks")
        enter(floor)
        with floor.command() as (router, now_ms):
            router.answered("talks", now_ms=now_ms)
            router.released("talks", now_ms=now_ms)  # the alarm moves from the call's greatest wait to the wrap-up
        floor.close()
        await asyncio.sleep(120)
        assert "call" in floor.router.calls
    floor.close()


@in_virtual_time
async def test_whoever_ends_his_place_has_left_the_queue() -> None:
    floor, told = distributor(), Told()
    floor.on_fact.append(told)
    with floor.place("call"):
        enter(floor)
    assert [fact.reason for fact in told.facts if isinstance(fact, CallDequeued)] == [DequeueReason.ABANDONED]
    assert floor.router.calls == {}


@in_virtual_time
@pytest.mark.parametrize("hung_up", [True, False])
async def test_a_caller_whose_task_fails_has_abandoned_only_if_he_hung_up(hung_up: bool) -> None:
    floor, told = distributor("1001"), Told()
    floor.on_fact.append(told)

    def serve() -> None:
        with floor.place("call") as place:
            enter(floor)
            place.hung_up = hung_up
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        serve()
    await asyncio.sleep(0)
    reason = DequeueReason.ABANDONED if hung_up else DequeueReason.WITHDRAWN
    assert [fact.reason for fact in told.facts if isinstance(fact, CallDequeued)] == [reason]
    assert floor.router.roster.agent("1001").state is AgentState.READY


@in_virtual_time
async def test_a_caller_whose_task_is_cancelled_is_withdrawn_and_has_not_abandoned() -> None:
    floor, told = distributor(), Told()
    floor.on_fact.append(told)

    async def serve() -> None:
        with floor.place("call") as place:
            enter(floor)
            await place.next()

    serving = asyncio.create_task(serve())
    await asyncio.sleep(1)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert [fact.reason for fact in told.facts if isinstance(fact, CallDequeued)] == [DequeueReason.WITHDRAWN]


@in_virtual_time
async def test_after_close_nothing_is_offered_and_nothing_stated() -> None:
    floor, told = distributor("1001"), Told()
    with ExitStack() as places:
        talks = places.enter_context(floor.place("talks"))
        waits = places.enter_context(floor.place("waits"))
        enter(floor, "talks")
        enter(floor, "waits")
        await next_offer(talks)
        await asyncio.sleep(0)
        floor.on_fact.append(told)
        floor.close()
    assert waits.empty
    assert told.facts == []


@in_virtual_time
async def test_the_end_of_an_old_place_leaves_the_call_in_its_new_one() -> None:
    floor = distributor("1001")
    old, new = ExitStack(), ExitStack()
    old.enter_context(floor.place("call"))
    place = new.enter_context(floor.place("call"))
    enter(floor)
    old.close()
    assert "call" in floor.router.calls
    assert (await next_offer(place)).agent == "1001"
    new.close()
    assert floor.router.calls == {}


@in_virtual_time
async def test_what_is_decided_of_a_call_nobody_serves_here_reaches_nobody() -> None:
    floor = distributor("1001")
    enter(floor, "rings")
    enter(floor, "waits")
    await asyncio.sleep(60)
    assert floor.router.calls == {}
    assert floor.router.roster.agent("1001").state is AgentState.READY
