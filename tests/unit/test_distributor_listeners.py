"""Who listens to the distributor: each hears everything in order, and whoever fails disturbs nobody."""

import asyncio

import pytest
from structlog.testing import capture_logs

from acd.errors import UnknownQueue
from acd.facts import AgentStateChanged, CallEnded, CallOffered, CallQueued, Fact
from acd.offers import Offer
from acd.states import EndedBy
from tests.unit.running_floor import Told, distributor, enter, next_offer
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit


@in_virtual_time
async def test_every_listener_hears_the_facts_in_the_order_they_happened() -> None:
    floor, first, second = distributor("1001"), Told(), Told()
    floor.on_fact += [first, second]
    with floor.place("call"):
        enter(floor)
    floor.close()
    assert [type(fact) for fact in first.facts[:3]] == [CallQueued, AgentStateChanged, CallOffered]
    assert first.facts == second.facts


@in_virtual_time
async def test_the_phone_rings_before_anybody_hears_of_it() -> None:
    floor, done = distributor("1001"), list[str]()
    floor.on_fact.append(lambda fact: done.append(type(fact).__name__))
    with floor.place("call") as place:

        async def ring() -> None:
            await place.next()
            done.append("ring")

        ringing = asyncio.create_task(ring())
        await asyncio.sleep(0)
        enter(floor)
        await ringing
        await asyncio.sleep(0)
    assert done[:2] == ["ring", "CallQueued"]
    floor.close()


@in_virtual_time
async def test_a_listener_that_raises_is_logged_by_its_id_and_disturbs_nobody() -> None:
    def broken(heard: Fact | Offer) -> None:
        raise OSError("no space left on device")

    floor, told, taken_back = distributor("1001"), Told(), list[Offer]()
    floor.on_fact += [broken, told]
    floor.on_withdrawn += [broken, taken_back.append]
    with capture_logs() as logs:
        with floor.place("call") as place:
            enter(floor)
            offer = await next_offer(place)
            with floor.command() as (router, now_ms):
                router.set_not_ready("1001", "break", cause="api", now_ms=now_ms)
        floor.close()
    assert taken_back == [offer]
    assert len(logs) == len(told.facts) + 1
    assert {entry["error_id"] for entry in logs} == {"listener-failed"}


@in_virtual_time
async def test_who_stops_phones_hears_of_each_offer_taken_back_once() -> None:
    floor, taken_back = distributor("1001"), list[Offer]()
    floor.on_withdrawn.append(taken_back.append)
    with floor.place("call") as place:
        enter(floor)
        offer = await next_offer(place)
    floor.close()
    assert taken_back == [offer]


@in_virtual_time
async def test_a_fact_of_somebody_else_reaches_the_listeners_too() -> None:
    floor, told = distributor(), Told()
    floor.on_fact.append(told)
    ended = CallEnded(at_ms=floor.clock.now_ms(), linkedid="call", by=EndedBy.CALLER, reason="hung_up")
    floor.state(ended)
    assert told.facts == [ended]


@in_virtual_time
async def test_what_was_decided_before_an_error_is_carried_out() -> None:
    floor, told = distributor(), Told()
    floor.on_fact.append(told)

    def enter_two() -> None:
        with floor.command() as (router, now_ms):
            router.enter("call", "sales", now_ms=now_ms)
            router.enter("other", "nowhere", now_ms=now_ms)

    with floor.place("call"):
        with pytest.raises(UnknownQueue):
            enter_two()
        assert [type(fact) for fact in told.facts] == [CallQueued]
    floor.close()
