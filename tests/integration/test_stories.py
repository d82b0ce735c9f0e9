"""Calls that cross more than one agent or queue without a transfer, from INVITE to record: on real phones."""

import asyncio

import pytest

from cti.simulation.telephones import Telephones
from recording.identity import call_id
from tests.integration.asterisk_cdr import agrees_with_asterisk
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import sees, staffed, talk
from tests.integration.kept_ledgers import keep_ledger
from tests.integration.test_path_offers import cancelled, offered
from tests.integration.test_transfers import hear_each_other

pytestmark = pytest.mark.integration


async def picked_up(floor: RunningCentre, phones: Telephones) -> None:
    """1002 serves, 1003 takes the call that rings there: he is on a break, and serves another queue."""
    await floor.post("/api/agents/1003/not-ready", {"reason": "break"})
    caller = await phones.dial("4001", number="100")
    rings = await phones["1002"].next_call()
    linkedid = (await floor.fact("CallOffered", agent="1002"))["linkedid"]
    path = f"/api/calls/{call_id(linkedid)}/pick-up"
    assert (await floor.ask("POST", path, json={"agent": "1004"}))[1]["error"]["id"] == "not-signed-in"
    await floor.post(path, {"agent": "1003"})
    leg = await phones["1003"].next_call()
    await cancelled(rings)
    await talk(caller, leg)
    await sees(floor, "1003", "talking", "break")
    await sees(floor, "1002", "ready")
    assert (await floor.ask("POST", path, json={"agent": "1002"}))[1]["error"]["id"] == "not-ringing"
    await leg.hang_up()
    record = await floor.record("100")
    await agrees_with_asterisk(floor.settings.state, record)
    assert offered(record) == [("1002", "withdrawn"), ("1003", "answered")]
    assert (record["agent"], record["outcome"], record["reconstructed"]) == ("1003", "answered", False)
    await sees(floor, "1003", "not_ready", "break")
    await floor.fact("WrapUpEnded", linkedid=linkedid)
    await floor.post("/api/agents/1003/ready")
    keep_ledger(floor.settings, linkedid, "picked_up")


async def picked_up_by_code(floor: RunningCentre, phones: Telephones) -> None:
    """1002's phone rings; 1003 dials *25 and is connected on that line; of one who waits for nobody he is, too."""
    await floor.post("/api/agents/1003/not-ready", {"reason": "break"})
    caller = await phones.dial("4001", number="105")
    rings = await phones["1002"].next_call()
    taking = phones["1003"].dial("*251002")
    await cancelled(rings)
    await hear_each_other(caller, taking)
    await sees(floor, "1003", "talking", "break")
    await sees(floor, "1002", "ready")
    await caller.hang_up()
    await taking.ended()
    record = await floor.record("105")
    await agrees_with_asterisk(floor.settings.state, record)
    assert offered(record) == [("1002", "withdrawn"), ("1003", "answered")]
    assert (record["agent"], record["ended_by"], record["reconstructed"]) == ("1003", "caller", False)
    await floor.fact("WrapUpEnded", linkedid=record["linkedid"])
    keep_ledger(floor.settings, record["linkedid"], "picked_up_by_code")
    waiting = await phones.dial("4002", number="106")
    await floor.fact("CallQueued", queue="support")
    taking = phones["1003"].dial("*25")
    await hear_each_other(waiting, taking)
    await taking.hang_up()
    await waiting.ended()
    assert (await floor.record("106"))["agent"] == "1003"
    await floor.fact("WrapUpEnded", queue="support", agent="1003")
    await floor.post("/api/agents/1003/ready")


async def several_queues(floor: RunningCentre, phones: Telephones) -> None:
    """Nobody answers for the first queue, so he goes to the next by the queue's own way, and is served there."""
    caller = await phones.dial("4014", number="110")
    leg = await phones["1003"].next_call()
    await talk(caller, leg)
    await caller.hang_up()
    record = await floor.record("110")
    await agrees_with_asterisk(floor.settings.state, record)
    assert [(visit["queue"], visit["reason"]) for visit in record["queues"]] == [
        ("stepwise", "overflowed"),
        ("support", "answered"),
    ]
    waited = [(one["kind"], one["queue"]) for one in record["segments"] if one["kind"] == "waiting"]
    assert waited == [("waiting", "stepwise"), ("waiting", "support")]
    await floor.fact("WrapUpEnded", linkedid=record["linkedid"])
    await sees(floor, "1003", "ready")
    keep_ledger(floor.settings, record["linkedid"], "several_queues")


async def agent_to_agent(floor: RunningCentre, phones: Telephones) -> None:
    """1002 rings 1003 about nobody."""
    placed = phones["1002"].dial("1003")
    leg = await phones["1003"].next_call()
    assert leg.caller == "1002"
    await leg.answer()
    await sees(floor, "1003", "talking")
    assert placed.audio
    assert leg.audio
    await asyncio.gather(placed.audio.hears(leg.audio.tone_hz), leg.audio.hears(placed.audio.tone_hz))
    await leg.hang_up()
    record = await floor.record("1002", recorded=False)
    await agrees_with_asterisk(floor.settings.state, record)
    assert (record["direction"], record["consult_of"], record["queues"]) == ("internal", None, [])
    assert (record["agent"], record["outcome"], record["ended_by"]) == ("1003", "answered", "agent")
    await sees(floor, "1003", "ready")
    keep_ledger(floor.settings, record["linkedid"], "agent_to_agent")


async def test_calls_taken_from_a_colleague_sent_from_queue_to_queue_and_between_agents_are_one_record_each(
    floor: RunningCentre,
) -> None:
    async with staffed(floor, "1002", "1003", audio=True) as phones:
        await picked_up(floor, phones)
        floor.messages.clear()
        await picked_up_by_code(floor, phones)
        floor.messages.clear()
        await several_queues(floor, phones)
        floor.messages.clear()
        await agent_to_agent(floor, phones)
