"""The daemon, and Asterisk, are killed with -9 while a caller speaks a message: what lies on the disk is delivered."""

import os
import signal

import pytest

from tests.integration.callback_fixture import becomes
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import staffed
from tests.integration.message_fixture import CUSTOMER, hears_it, message_dialplans, message_floor, speaks

pytestmark = pytest.mark.integration

__all__ = ["message_dialplans", "message_floor"]


async def test_a_message_outlives_the_daemon_whether_its_caller_ends_it_while_that_is_away_or_after(
    message_floor: RunningCentre,
) -> None:
    floor = message_floor
    async with staffed(floor, "1001", seats=("1001",), customers=(CUSTOMER,), audio=True) as phones:
        caller = await speaks(floor, phones, "4031")
        async with floor.without_daemon():
            await caller.press("#")
            assert caller.audio
            await caller.audio.hears_something()  # Asterisk itself thanks him
            await caller.ended()
        shown = await floor.shows("/api/callbacks?kind=message", lambda answer: bool(answer["callbacks"]))
        (first,) = shown["callbacks"]
        assert (first["number"], first["queue"], first["message"]["duration_ms"] >= 3_000) == (CUSTOMER, "sales", True)
        leg = await hears_it(phones, "1001")
        async with floor.without_daemon():  # and while an agent hears it
            await leg.ended()
        leg = await hears_it(phones, "1001")
        await leg.press("3")
        await leg.ended()
        assert (await becomes(floor, first["id"], "done"))["outcome"] == "heard"

    async with staffed(floor, seats=(), audio=True) as phones:
        caller = await speaks(floor, phones, "4034", number="200")  # his queue has sent him there
        async with floor.without_daemon():
            pass
        assert not caller.over
        await caller.press("#")
        await caller.ended()
        left = await floor.fact("VoicemailLeft", queue="closed")
        assert left["duration_ms"] >= 3_000
        record = await floor.record("200")
        assert (record["outcome"], record["reason"]) == ("voicemail", "voicemail")


async def test_what_was_spoken_before_asterisk_died_is_heard_when_it_is_back(message_floor: RunningCentre) -> None:
    floor = message_floor
    async with staffed(floor, seats=(), customers=(CUSTOMER,), audio=True) as phones:
        await speaks(floor, phones, "4031")
        os.kill(floor.asterisk, signal.SIGKILL)
        asked = await floor.fact("CallbackRequested", cause="voicemail")
        assert asked["message_ms"] >= 2_000
    async with staffed(floor, seats=("1001",), customers=(CUSTOMER,), audio=True) as phones:
        await floor.sign_in("1001")
        leg = await hears_it(phones, "1001")
        await leg.hang_up()
        assert (await floor.fact("CallbackAttempted", callback=asked["callback"]))["outcome"] == "put_back"
