"""Agents who send their callers on, by their phones: to a queue, to a colleague, asked before or not."""

import asyncio
from typing import Any

import pytest

from cti.simulation.telephones import Call
from tests.integration.asterisk_cdr import agrees_with_asterisk
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import conversation, sees, staffed, talk

pytestmark = pytest.mark.integration


async def hear_each_other(caller: Call, leg: Call) -> None:
    assert caller.audio
    assert leg.audio
    await asyncio.gather(caller.audio.hears(leg.audio.tone_hz), leg.audio.hears(caller.audio.tone_hz))


def visits(record: dict[str, Any]) -> list[tuple[str, str]]:
    return [(visit["queue"], visit["reason"]) for visit in record["queues"]]


async def test_a_caller_sent_to_a_queue_waits_there_as_himself_and_comes_back_to_nobody_else(
    floor: RunningCentre,
) -> None:
    async with staffed(floor, "1002", audio=True) as phones:
        caller, leg = await conversation(phones, "4001", "1002", number="100", name="Zhang")
        linkedid = (await floor.fact("CallQueued", queue="sales"))["linkedid"]
        assert await leg.transfer("7999") == 404  # nobody is there: he keeps his caller
        assert await leg.transfer("1003") == 404  # has not signed in
        await hear_each_other(caller, leg)
        assert await leg.transfer("7002") == 200
        queued = await floor.fact("CallQueued", queue="support", linkedid=linkedid)
        dequeued = await floor.fact("CallDequeued", queue="sales")
        assert queued["at_ms"] - queued["entered_ms"] == pytest.approx(dequeued["wait_ms"], abs=50)
        assert queued["data"] == {}
        told = await floor.fact("CallTransferred")
        assert (told["kind"], told["agent"], told["queue"], told["consult"]) == ("blind", "1002", "support", "")
        await sees(floor, "1002", "ready")
        await floor.sign_in("1003")
        second = await phones["1003"].next_call()
        assert second.caller == "100"
        await talk(caller, second)
        await second.hang_up()
        await caller.ended()
        record = await floor.record("100")
        agrees_with_asterisk(floor.settings.state, record)
        assert record["linkedid"] == linkedid
        assert visits(record) == [("sales", "answered"), ("support", "answered")]
        assert [talk["agent"] for talk in record["conversations"]] == ["1002", "1003"]
        (transfer,) = record["transfers"]
        assert (transfer["kind"], transfer["agent"], transfer["queue"], transfer["to"]) == (
            "blind",
            "1002",
            "support",
            "1003",
        )
        assert (record["outcome"], record["reason"], record["ended_by"]) == ("answered", "served", "agent")
        assert len(record["recordings"]) == 1
        assert not record["reconstructed"]
