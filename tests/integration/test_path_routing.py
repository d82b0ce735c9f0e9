"""Steps, overflow and several phones at once: on real phones, from INVITE to record."""

import asyncio

import pytest

from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import conversation, sees, staffed, talk

pytestmark = pytest.mark.integration


async def test_a_queue_asks_for_less_and_less_and_then_hands_the_caller_on_with_his_wait(floor: RunningCentre) -> None:
    async with staffed(floor, "1001", "1002", "1003", audio=True) as phones:
        before, expert = await conversation(phones, "4001", "1001", number="100")
        caller = await phones.dial("4014", number="200")
        linkedid = (await floor.fact("CallArrived", caller="200"))["linkedid"]
        entered_ms = (await floor.fact("CallQueued", linkedid=linkedid))["entered_ms"]
        ringing = await phones["1002"].next_call()  # the expert is there, but talks
        second = await floor.fact("CallOffered", linkedid=linkedid, agent="1002")
        assert (second["decision"]["step"], second["decision"]["requires"]) == (1, "sales >= 6")
        assert (await floor.fact("CallStepped", linkedid=linkedid))["priority"] == 1
        await ringing.ended()  # he does not answer; the wait has been long enough meanwhile
        leg = await phones["1003"].next_call()
        overflowed = await floor.fact("CallOverflowed", linkedid=linkedid)
        assert (overflowed["queue"], overflowed["to"], overflowed["value"]) == ("stepwise", "queue", "support")
        assert (await floor.fact("CallQueued", linkedid=linkedid, queue="support"))["entered_ms"] == entered_ms
        third = await floor.fact("CallOffered", linkedid=linkedid, agent="1003")
        assert third["at_ms"] - third["wait_ms"] == entered_ms
        await talk(caller, leg)
        await leg.hang_up()
        record = await floor.record("200", recorded=False)
        assert [(visit["queue"], visit["reason"]) for visit in record["queues"]] == [
            ("stepwise", "overflowed"),
            ("support", "answered"),
        ]
        assert [(offer["agent"], offer["outcome"]) for offer in record["offers"]] == [
            ("1002", "missed"),
            ("1003", "answered"),
        ]
        assert (record["outcome"], record["agent"]) == ("answered", "1003")
        await expert.hang_up()
        await before.ended()


async def test_two_phones_ring_together_and_who_answers_first_has_the_caller(floor: RunningCentre) -> None:
    async with staffed(floor, "1001", "1002", "1004", audio=True) as phones:
        caller = await phones.dial("4015", number="100")
        legs = await asyncio.gather(phones["1001"].next_call(), phones["1002"].next_call())
        assert not phones["1004"].calls
        await talk(caller, legs[1])
        await legs[0].ended()
        await sees(floor, "1001", "ready")
        await sees(floor, "1002", "talking")
        await legs[1].hang_up()
        record = await floor.record("100", recorded=False)
        assert {offer["agent"]: offer["outcome"] for offer in record["offers"]} == {
            "1001": "answered_elsewhere",
            "1002": "answered",
        }
        assert (record["outcome"], record["agent"]) == ("answered", "1002")

        second = await phones.dial("4015", number="200")
        ringing = await asyncio.gather(phones["1001"].next_call(), phones["1004"].next_call())  # idle longest
        await ringing[0].refuse()
        await sees(floor, "1001", "not_ready", "refused_call")
        await talk(second, ringing[1])
        await second.hang_up()
        record = await floor.record("200", recorded=False)
        assert {offer["agent"]: offer["outcome"] for offer in record["offers"]} == {
            "1001": "refused",
            "1004": "answered",
        }
