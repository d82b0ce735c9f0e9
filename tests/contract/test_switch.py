"""What the daemon has Asterisk do: plain queues' members, phones to stop ringing, user events."""

import pytest

from acd.facts import CallArrived, LinkChanged
from tests.contract.fake_asterisk import FakeAsterisk, switched
from tests.unit.running_floor import Told, distributor, enter

pytestmark = pytest.mark.contract

LEG = ("DestChannel: PJSIP/1001-01", "DestUniqueid: leg", "DestLinkedid: call")


async def test_the_plain_queues_are_made_to_agree_after_each_login() -> None:
    floor, asterisk = distributor("1001", "1002"), FakeAsterisk()
    asterisk.member("1002", paused=True)
    asterisk.member("1003")
    async with switched(asterisk, floor) as (_, peer):
        stranger = await peer.received("QueueRemove")
        assert (stranger.get("Queue"), stranger.get("Interface")) == ("sales", "PJSIP/1003")
        assert (await peer.received("QueueAdd")).get("MemberName") == "1001"
        back = await peer.received("QueuePause")
        assert (back.get("Interface"), back.get("Paused")) == ("PJSIP/1002", "false")


async def test_what_an_agent_chooses_changes_his_membership_at_once() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    asterisk.member("1001")
    async with switched(asterisk, floor) as (_, peer):
        with floor.command() as (router, now_ms):
            router.set_not_ready("1001", "meal", cause="api", now_ms=now_ms)
        assert (await peer.received("QueuePause")).get("Paused") == "true"
        with floor.command() as (router, now_ms):
            router.sign_out("1001", cause="api", now_ms=now_ms)
        assert (await peer.received("QueueRemove")).get("Interface") == "PJSIP/1001"


async def test_every_fact_is_a_user_event() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    asterisk.member("1001")
    async with switched(asterisk, floor):
        enter(floor)
        assert (await asterisk.told("CallcenterLinkChanged")).get("Up") == "true"
        assert (await asterisk.told("CallcenterCallQueued")).get("Linkedid") == "call"
        assert (await asterisk.told("CallcenterCallOffered")).get("Agent") == "1001"


async def test_a_name_made_to_inject_an_action_arrives_as_a_name() -> None:
    floor, asterisk = distributor(), FakeAsterisk()
    async with switched(asterisk, floor) as (_, peer):
        floor.state(
            CallArrived(
                at_ms=1, linkedid="call", channel="PJSIP/line-01", caller="100", dialled="4000", flow="hotline",
                caller_name="Li\r\n\r\nAction: Command\r\nCommand: core stop now",
            )
        )  # fmt: skip
        arrived = await asterisk.told("CallcenterCallArrived")
        assert arrived.get("CallerName").endswith("Command: core stop now")
        assert peer.actions.empty()


async def test_the_phone_of_an_offer_taken_back_stops_ringing() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    asterisk.member("1001")
    async with switched(asterisk, floor) as (switch, peer):
        enter(floor)
        peer.send("Event: DialBegin", *LEG)
        await switch.client.action("Ping")  # the event before the answer has been heard
        with floor.command() as (router, now_ms):
            router.leave("call", now_ms=now_ms)
        assert (await peer.received("Hangup")).get("Channel") == "PJSIP/1001-01"


async def test_a_phone_that_begins_to_ring_after_its_offer_was_taken_back_stops() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    asterisk.member("1001")
    async with switched(asterisk, floor) as (_, peer):
        enter(floor)
        with floor.command() as (router, now_ms):
            router.set_not_ready("1001", "meal", cause="api", now_ms=now_ms)
        await peer.received("QueuePause")
        peer.send("Event: DialBegin", *LEG)
        assert (await peer.received("Hangup")).get("Channel") == "PJSIP/1001-01"


async def test_an_agent_who_answers_a_call_the_plain_queue_gave_him_is_talking() -> None:
    floor, asterisk = distributor("1001"), FakeAsterisk()
    asterisk.variables["call", "CALLCENTER_QUEUE"] = "sales"
    async with switched(asterisk, floor) as (_, peer):
        peer.send("Event: DialEnd", "DialStatus: ANSWER", *LEG)
        while (await asterisk.told("CallcenterAgentStateChanged")).get("After") != "talking":
            pass
        assert floor.router.conversations.by_call["call"].agent == "1001"


async def test_without_a_link_facts_go_on_and_the_loss_is_one() -> None:
    floor, told, asterisk = distributor("1001"), Told(), FakeAsterisk()
    floor.on_fact.append(told)
    async with switched(asterisk, floor) as (switch, peer):
        asterisk.refuse()
        peer.cut()
        await switch.lost.wait()
        enter(floor)
        assert [fact.up for fact in told.facts if isinstance(fact, LinkChanged)] == [True, False]
        assert floor.router.calls["call"].offer
        await asterisk.listen()
        await asterisk.peer()
        await switch.ready.wait()
