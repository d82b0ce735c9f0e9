"""Callers who are asked for a mark after their conversation, or whether they want to be called back: on real phones."""

import pytest

from tests.integration.callback_fixture import becomes, rung
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import conversation, sees, staffed, talk
from tests.integration.message_fixture import CUSTOMER, message_dialplans, message_floor

pytestmark = pytest.mark.integration

__all__ = ["message_dialplans", "message_floor"]


async def test_a_mark_is_kept_with_call_agent_and_queue_and_so_is_that_none_was_given(
    message_floor: RunningCentre,
) -> None:
    floor = message_floor
    async with staffed(floor, "1001", seats=("1001",), audio=True) as phones:
        content, leg = await conversation(phones, "4032", "1001", number="100")
        await leg.hang_up()
        await floor.fact("SurveyAsked", survey="satisfaction")
        await content.press("5")
        await content.ended()
        await sees(floor, "1001", "ready")

        silent, leg = await conversation(phones, "4032", "1001", number="200")
        await leg.hang_up()
        await silent.ended()
        assert not silent.ended_here
        await sees(floor, "1001", "ready")

        hasty, leg = await conversation(phones, "4032", "1001", number="300")
        await hasty.hang_up()  # and is not asked
        await leg.ended()

        marked, asked, gone = [await floor.record(number) for number in ("100", "200", "300")]
        about = {"survey": "satisfaction", "node": "mark", "queue": "sales", "agent": "1001"}
        (mark,) = marked["surveys"]
        assert {**mark, "asked_at": ""} == {**about, "asked_at": "", "score": 5}
        (mark,) = asked["surveys"]
        assert {**mark, "asked_at": ""} == {**about, "asked_at": "", "score": None}
        assert gone["surveys"] == []
        assert [record["outcome"] for record in (marked, asked, gone)] == ["answered"] * 3
        assert not any(record["reconstructed"] for record in (marked, asked, gone))


async def test_a_caller_takes_the_offer_hears_his_number_and_is_called_back_and_another_cannot_be(
    message_floor: RunningCentre,
) -> None:
    floor = message_floor
    async with staffed(floor, seats=("1001",), customers=(CUSTOMER,), audio=True) as phones:
        caller = await phones.dial("4033", number=CUSTOMER)
        arrived = await floor.fact("CallArrived", caller=CUSTOMER)
        await floor.fact("NodeEntered", linkedid=arrived["linkedid"], node="offer")
        assert caller.audio
        await caller.audio.hears_something()
        await caller.press("1")
        await floor.fact("MenuAnswered", linkedid=arrived["linkedid"], node="offer", choice="1")
        await caller.audio.hears_something()
        await caller.press("1")
        await caller.ended()
        asked = await floor.fact("CallbackRequested", linkedid=arrived["linkedid"])
        assert (asked["number"], asked["queue"], asked["data"]) == (CUSTOMER, "sales", {"topic": "tea"})

        elsewhere = await phones.dial("4033", number="01012345678")  # not among the numbers that may be called
        assert elsewhere.audio
        await elsewhere.audio.hears_something()
        await elsewhere.press("1")
        there = await floor.fact("CallArrived", caller="01012345678")
        await floor.fact("MenuAnswered", linkedid=there["linkedid"], node="offer", choice="1")
        await elsewhere.audio.hears_something()
        await elsewhere.press("1")
        await elsewhere.ended()
        assert (await floor.record("01012345678"))["reason"] == "no_callback"

        await floor.sign_in("1001")
        leg, customer = await rung(phones, "1001")
        await talk(leg, customer)
        await customer.hang_up()
        assert (await becomes(floor, asked["callback"], "done"))["outcome"] == "reached"
