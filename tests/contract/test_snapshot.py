"""What the daemon makes of the Asterisk it finds, at its start and after each break of the link."""

import asyncio

import pytest

from acd.distributor import Distributor
from acd.states import AgentState, DequeueReason
from ivr import variables
from tests.contract.ami_owner import soon
from tests.contract.fake_asterisk import FakeAsterisk, relinked, switched
from tests.unit.running_floor import distributor, enter

pytestmark = pytest.mark.contract

QUEUE_OF_CALL = ("call", variables.QUEUE)


def all_of(channels: asyncio.Queue[str]) -> list[str]:
    """What has come so far."""
    return [channels.get_nowait() for _ in range(channels.qsize())]


def state(floor: Distributor, agent: str) -> AgentState:
    return floor.router.roster.agent(agent).state


async def test_an_agent_found_talking_is_talking_in_the_queue_written_on_the_call() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    asterisk.caller("call")
    asterisk.leg("1001", "call", talking=True)
    asterisk.variables[QUEUE_OF_CALL] = "sales"
    async with switched(asterisk, floor) as (switch, _):
        assert state(floor, "1001") == "talking"
        assert switch.channels == {"call": "call", "1001-leg": "call"}


async def test_an_agent_found_talking_from_the_plain_queue_is_too() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    asterisk.caller("call")
    asterisk.leg("1001", "call", talking=True)
    asterisk.variables |= {QUEUE_OF_CALL: "", ("call", "QUEUENAME"): "sales"}
    async with switched(asterisk, floor):
        assert state(floor, "1001") == "talking"


async def test_a_conversation_of_no_queue_of_ours_keeps_offers_away_and_that_is_all() -> None:
    floor, asterisk = distributor("1001", "1002"), FakeAsterisk()
    asterisk.caller("call")
    asterisk.leg("1001", "call", talking=True)
    async with switched(asterisk, floor):
        enter(floor)
        assert (state(floor, "1001"), state(floor, "1002")) == ("ready", "ringing")


async def test_a_phone_that_rings_for_a_call_we_do_not_have_is_left_alone() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    asterisk.caller("call")
    asterisk.leg("1001", "call", talking=False)
    async with switched(asterisk, floor):
        enter(floor, "other")
        assert state(floor, "1001") == "ready"
        assert floor.router.calls["other"].offer == ""


async def test_phones_that_went_away_behind_a_broken_link_are_found_out() -> None:
    floor, asterisk = distributor("1001", "1002"), FakeAsterisk()
    async with switched(asterisk, floor) as (switch, peer):
        asterisk.phone("1001", "UNAVAILABLE")
        await relinked(asterisk, switch, peer)
        assert (state(floor, "1001"), state(floor, "1002")) == ("unreachable", "ready")


async def test_a_conversation_that_began_behind_a_broken_link_is_one() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    async with switched(asterisk, floor) as (switch, peer):
        enter(floor)
        assert state(floor, "1001") == "ringing"
        asterisk.caller("call")
        asterisk.leg("1001", "call", talking=True)
        await relinked(asterisk, switch, peer)
        assert state(floor, "1001") == "talking"
        assert floor.router.calls == {}


async def test_a_conversation_that_ended_behind_a_broken_link_is_over() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    asterisk.caller("call")
    asterisk.leg("1001", "call", talking=True)
    asterisk.variables[QUEUE_OF_CALL] = "sales"
    async with switched(asterisk, floor) as (switch, peer):
        asterisk.channels.pop()  # the caller goes on in the flow
        await relinked(asterisk, switch, peer)
        assert state(floor, "1001") == "wrap_up"


async def test_a_call_that_died_with_asterisk_is_over_for_its_agent_and_its_queue() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    async with switched(asterisk, floor) as (switch, peer):
        enter(floor)
        enter(floor, "second")
        with floor.command() as (router, now_ms):
            router.answered("call", now_ms=now_ms)
        await relinked(asterisk, switch, peer)
        assert state(floor, "1001") == "wrap_up"
        assert floor.router.calls == {}


async def test_a_private_call_that_ended_behind_a_broken_link_engages_nobody() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    asterisk.channels.append(
        ("Event: CoreShowChannel", "Channel: PJSIP/1001-09", "Uniqueid: own", "Linkedid: own", "BridgeId: b")
    )
    async with switched(asterisk, floor) as (switch, peer):
        assert floor.router.roster.agent("1001").engaged
        asterisk.channels.clear()
        await relinked(asterisk, switch, peer)
        assert floor.router.roster.agent("1001").free


async def test_callers_in_the_plain_queue_are_fetched_back_though_one_has_gone() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    for channel in ("PJSIP/line-01", "gone-02", "PJSIP/line-03"):
        asterisk.waits(channel)
    async with switched(asterisk, floor):
        assert all_of(asterisk.withdrawn) == ["PJSIP/line-01", "gone-02", "PJSIP/line-03"]
        assert all_of(asterisk.keyed) == ["PJSIP/line-01", "PJSIP/line-03"]  # nobody who talks by now hears the key


async def test_who_falls_into_the_plain_queue_while_we_are_here_is_fetched_back_once() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    asterisk.waits("PJSIP/line-01")
    async with switched(asterisk, floor) as (switch, peer):
        for channel in ("PJSIP/line-01", "PJSIP/line-02", "PJSIP/line-02"):
            asterisk.falls(peer, channel)
        assert await soon(asterisk.withdrawn.get()) == "PJSIP/line-01"
        assert await soon(asterisk.withdrawn.get()) == "PJSIP/line-02"
        asterisk.falls(peer, "PJSIP/line-04", queue="somebody-elses")
        peer.send("Event: Hangup", "Uniqueid: PJSIP/line-02")  # he is gone; the name may be given again
        asterisk.falls(peer, "PJSIP/line-02")
        assert await soon(asterisk.withdrawn.get()) == "PJSIP/line-02"
        again = await relinked(asterisk, switch, peer)
        assert await soon(asterisk.withdrawn.get()) == "PJSIP/line-01"
        switch.leave()
        asterisk.falls(again, "PJSIP/line-03")
        await relinked(asterisk, switch, again)
    assert "PJSIP/line-03" not in all_of(asterisk.withdrawn)


async def joined_with(floor: Distributor, asterisk: FakeAsterisk) -> None:
    """1001 talks in `call`; 1002 is asked in `consult`, and is in `call` when the link is back."""
    with floor.command() as (router, now_ms):
        for linkedid in ("call", "consult"):
            router.enter(linkedid, "sales", now_ms=now_ms)
            router.answered(linkedid, now_ms=now_ms)
    asterisk.caller("call")
    asterisk.leg("1002", "call", talking=True)


async def test_an_agent_who_joined_his_caller_with_a_colleague_behind_a_broken_link_has_him_no_more() -> None:
    floor, asterisk = distributor("1001", "1002"), FakeAsterisk()
    async with switched(asterisk, floor) as (switch, peer):
        await joined_with(floor, asterisk)
        await relinked(asterisk, switch, peer)
        assert (state(floor, "1001"), state(floor, "1002")) == ("wrap_up", "talking")
        assert list(floor.router.conversations) == ["call"]
        assert floor.router.roster.agent("1002").linkedid == "call"


async def test_an_agent_found_talking_with_a_colleague_who_asks_him_is_talking_in_no_queue() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    asterisk.channels.append(
        ("Event: CoreShowChannel", "Channel: PJSIP/1002-01", "Uniqueid: own", "Linkedid: own", "BridgeId: b")
    )
    asterisk.leg("1001", "own", talking=True)
    asterisk.variables |= {("own", variables.QUEUE): "", ("own", "QUEUENAME"): "", ("own", variables.CONSULT): "own"}
    async with switched(asterisk, floor):
        assert state(floor, "1001") == "talking"
        assert floor.router.conversations.by_call["own"].queue == ""


async def test_the_extensions_of_agents_are_made_to_agree_after_each_login_and_each_reading_of_the_dialplan() -> None:
    floor, asterisk = distributor("1001", "1002"), FakeAsterisk()
    asterisk.extension("1002")
    asterisk.extension("1009")
    async with switched(asterisk, floor) as (_, peer):
        assert [await asterisk.extended.get() for _ in range(2)] == [("Remove", "1009"), ("Add", "1001")]
        peer.send("Event: Reload", "Module: All", "Status: 0")
        assert [await asterisk.extended.get() for _ in range(2)] == [("Add", "1001"), ("Add", "1002")]
        with floor.command() as (router, now_ms):
            router.sign_out("1002", cause="api", now_ms=now_ms)
        assert await asterisk.extended.get() == ("Remove", "1002")


STAY = "node1-callback-1800000000000-1.1"


async def test_an_agent_found_talking_with_a_customer_he_called_back_is_talking() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    asterisk.called_back("1001", STAY, talking=True)
    asterisk.variables[STAY, variables.QUEUE] = "sales"
    async with switched(asterisk, floor):
        assert state(floor, "1001") == "talking"
        assert list(floor.router.conversations) == [STAY]


async def test_a_call_back_whose_phone_no_longer_rings_behind_a_broken_link_has_left_its_queue_withdrawn() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    async with switched(asterisk, floor) as (switch, peer):
        with floor.command() as (router, now_ms):
            router.enter(STAY, "sales", on_line=False, now_ms=now_ms)
        asterisk.called_back("1001", STAY, talking=False)
        again = await relinked(asterisk, switch, peer)
        assert state(floor, "1001") == "ringing"
        asterisk.channels.clear()
        await relinked(asterisk, switch, again)
        assert state(floor, "1001") == "ready"
        assert floor.router.queue("sales").left == {DequeueReason.WITHDRAWN: 1}


async def test_a_customer_who_answered_his_call_back_behind_a_broken_link_talks() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    async with switched(asterisk, floor) as (switch, peer):
        with floor.command() as (router, now_ms):
            router.enter(STAY, "sales", on_line=False, now_ms=now_ms)
        asterisk.called_back("1001", STAY, talking=True)
        await relinked(asterisk, switch, peer)
        assert state(floor, "1001") == "talking"


def in_conference(asterisk: FakeAsterisk) -> None:
    """1001 and 1002 in one bridge with the caller, and nothing else."""
    asterisk.caller("call")
    asterisk.leg("1001", "call", talking=True)
    asterisk.leg("1002", "call", talking=True)


async def test_a_colleague_in_a_conference_is_known_in_the_call_he_was_asked_in_also_after_a_broken_link() -> None:
    floor, asterisk = distributor("1001", "1002"), FakeAsterisk()
    async with switched(asterisk, floor) as (switch, peer):
        enter(floor)
        with floor.command() as (router, now_ms):
            router.answered("call", now_ms=now_ms)
            router.consults.ask("consult", "1002", ring_ms=1000, now_ms=now_ms)
            router.answered("consult", now_ms=now_ms)
        in_conference(asterisk)
        again = await relinked(asterisk, switch, peer)
        assert (state(floor, "1001"), state(floor, "1002")) == ("talking", "talking")
        assert {linkedid: floor.router.conversations.by_call[linkedid].agent for linkedid in ("call", "consult")} == {
            "call": "1001",
            "consult": "1002",
        }
        asterisk.channels.pop()
        await relinked(asterisk, switch, again)
        assert (state(floor, "1001"), state(floor, "1002")) == ("talking", "ready")


async def test_a_daemon_that_comes_back_to_a_conference_offers_neither_of_them_a_call() -> None:
    floor, asterisk = distributor("1001", "1002"), FakeAsterisk()
    in_conference(asterisk)
    asterisk.variables[QUEUE_OF_CALL] = "sales"
    async with switched(asterisk, floor):
        assert state(floor, "1001") == "talking"
        assert floor.router.roster.agent("1002").engaged
        enter(floor, "second")
        assert floor.router.calls["second"].offer == ""
