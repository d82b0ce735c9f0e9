"""Messages on real phones: spoken, reviewed and kept by a caller, heard by an agent whose phone rings for them."""

import pytest

from ivr.tones import BEEP_HZ
from tests.integration.callback_fixture import becomes, record_of
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import sees, staffed, talk
from tests.integration.message_fixture import (
    CALLERS_TONE_HZ,
    CUSTOMER,
    hears_it,
    is_sealed,
    lies_there,
    message_dialplans,
    message_floor,
    speaks,
)

pytestmark = pytest.mark.integration

__all__ = ["message_dialplans", "message_floor"]


async def test_a_message_is_reviewed_and_kept_and_the_agent_who_hears_it_calls_back(
    message_floor: RunningCentre,
) -> None:
    async with staffed(message_floor, seats=("1001",), customers=(CUSTOMER,), audio=True) as phones:
        caller = await speaks(message_floor, phones, "4031")
        assert caller.audio
        await caller.press("#")
        await caller.audio.hears_something()
        await caller.press("2")
        await caller.audio.hears(CALLERS_TONE_HZ)  # his own voice
        await caller.press("3")
        await caller.audio.hears(BEEP_HZ)
        await lies_there(message_floor, 0, "*.again.wav")
        await caller.press("#")  # nothing: what he has said stays
        await caller.audio.hears_something()
        await caller.press("1")
        await caller.ended()
        arrived = await message_floor.fact("CallArrived", caller=CUSTOMER)
        asked = await message_floor.fact("CallbackRequested", linkedid=arrived["linkedid"])
        assert (asked["number"], asked["queue"], asked["cause"]) == (CUSTOMER, "sales", "voicemail")
        assert asked["message_ms"] >= 2_000
        name = asked["callback"]
        await is_sealed(message_floor)

        await message_floor.sign_in("1001")
        leg = await hears_it(phones, "1001")
        await sees(message_floor, "1001", "talking")
        await leg.press("#")  # not for him
        await leg.ended()
        heard = await message_floor.fact("MessageHeard", callback=name)
        assert (heard["linkedid"], heard["agent"], heard["whole"]) == (arrived["linkedid"], "1001", False)
        await is_sealed(message_floor)  # the file for his telephone is gone

        leg = await hears_it(phones, "1001")
        await leg.press("1")
        customer = await phones[CUSTOMER].next_call()
        assert customer.caller == "4000"
        await talk(leg, customer)
        await becomes(message_floor, name, "talking")
        await customer.hang_up()
        await leg.ended()
        assert (await becomes(message_floor, name, "done"))["outcome"] == "reached"
        await message_floor.fact("WrapUpEnded", linkedid=f"{name}.2")

        left = await record_of(message_floor, arrived["linkedid"])
        assert (left["reason"], left["ended_by"]) == ("message", "system")
        reached = await record_of(message_floor, f"{name}.2")
        assert (reached["outcome"], reached["direction"], reached["caller"]) == ("answered", "outbound", CUSTOMER)
        assert (reached["agent"], reached["origin"]) == ("1001", left["id"])
        log = (await message_floor.get(f"/api/recordings/listenings?call={left['id']}"))["listenings"]
        assert [(one["who"], one["kind"], one["n"]) for one in log] == [("agent:1001", "message", 1)] * 2
        (said,) = (await message_floor.get(f"/api/calls/{left['id']}/recordings"))["messages"]
        assert said["duration_ms"] == asked["message_ms"]
        await is_sealed(message_floor)
