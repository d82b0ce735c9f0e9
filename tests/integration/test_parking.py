"""Callers whom agents park, and who fetches them: on real phones."""

from typing import Any

import pytest

from cti.simulation.telephones import Telephones
from recording.identity import call_id
from tests.integration.asterisk_cdr import agrees_with_asterisk
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import conversation, sees, staffed, talk
from tests.integration.kept_ledgers import keep_ledger
from tests.integration.test_transfers import hear_each_other

pytestmark = pytest.mark.integration


def met(record: dict[str, Any]) -> list[str]:
    """What he met in order, the moments of the flow in between left out."""
    return [":".join((one["kind"], *one["agents"])) for one in record["segments"] if one["kind"] != "ivr"]


def parkings(record: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(one["agent"], one["outcome"], one["to"]) for one in record["parkings"]]


def stands_at(message: dict[str, Any], space: str) -> bool:
    """Whether the live picture has somebody at the space."""
    calls = (message.get("snapshot") or message.get("update") or {}).get("calls", [])
    return any((call["state"], call["space"], call["parked_by"]) == ("parked", space, "1002") for call in calls)


async def fetched_by_phone(floor: RunningCentre, phones: Telephones) -> None:
    """1002 parks his caller by his phone's transfer key; 1003, who has a break, dials the space."""
    await floor.post("/api/agents/1003/not-ready", {"reason": "break"})
    caller, leg = await conversation(phones, "4001", "1002", number="100")
    assert await leg.transfer("700") == 200
    parked = await floor.fact("CallParked", agent="1002")
    await sees(floor, "1002", "ready")
    taking = phones["1003"].dial(parked["space"])
    await hear_each_other(caller, taking)
    await sees(floor, "1003", "talking", "break")
    await taking.hold()
    await sees(floor, "1003", "holding", "break")
    await taking.retrieve()
    await sees(floor, "1003", "talking", "break")
    await taking.hang_up()
    await caller.ended()
    record = await floor.record("100")
    agrees_with_asterisk(floor.settings.state, record)
    assert parkings(record) == [("1002", "fetched", "1003")]
    assert met(record)[-5:] == ["talking:1002", "parked:1002", "talking:1003", "hold:1003", "talking:1003"]
    assert record["transfers"] == []
    assert [one["agent"] for one in record["conversations"]] == ["1002", "1003"]
    assert (record["outcome"], record["ended_by"], record["reconstructed"]) == ("answered", "agent", False)
    assert len(record["recordings"]) == 1
    await floor.fact("WrapUpEnded", agent="1003")
    keep_ledger(floor.settings, record["linkedid"], "parked_and_fetched")
    await floor.post("/api/agents/1003/ready")


async def fetched_by_desktop(floor: RunningCentre, phones: Telephones) -> None:
    """1002 parks at a space that he names; 1003 is rung for the caller, refuses, and is rung again."""
    caller, leg = await conversation(phones, "4001", "1002", number="110")
    linkedid = (await floor.fact("CallQueued", queue="sales"))["linkedid"]
    path = f"/api/calls/{call_id(linkedid)}"
    assert (await floor.ask("POST", f"{path}/fetch", json={"agent": "1003"}))[1]["error"]["id"] == "not-parked"
    await floor.post(f"{path}/park", {"space": "703"})
    await leg.ended()
    assert (await floor.fact("CallParked", linkedid=linkedid))["space"] == "703"
    await floor.post(f"{path}/fetch", {"agent": "1003"})
    refusing = await phones["1003"].next_call()
    assert refusing.caller == "110"
    await refusing.refuse()
    await floor.fact("OfferEnded", agent="1003", outcome="refused")
    await floor.post("/api/agents/1003/ready")
    await floor.post(f"{path}/fetch", {"agent": "1003"})
    second = await phones["1003"].next_call()
    await talk(caller, second)
    await caller.hang_up()
    record = await floor.record("110")
    agrees_with_asterisk(floor.settings.state, record)
    assert parkings(record) == [("1002", "fetched", "1003")]
    assert record["parkings"][0]["space"] == "703"
    assert (record["agent"], record["ended_by"]) == ("1002", "caller")
    await floor.fact("WrapUpEnded", agent="1003")


async def nobody_comes(floor: RunningCentre, phones: Telephones) -> None:
    """1002 asks for a space and hears it, parks there, and has the caller back when nobody came in time; then parks him
    again, and is gone when he comes back: his queue has him."""
    caller, leg = await conversation(phones, "4001", "1002", number="120")
    await leg.hold()
    await sees(floor, "1002", "holding")
    asking = phones["1002"].dial("700")
    await floor.fact("CallArrived", dialled="700")
    assert await leg.transfer("700") == 200
    await asking.hang_up()
    await floor.fact("CallUnparked", outcome="returned")
    back = await phones["1002"].next_call()
    await talk(caller, back)
    floor.messages.clear()
    assert await back.transfer("700") == 200
    await floor.fact("CallParked", agent="1002")
    await floor.post("/api/agents/1002/sign-out")
    await floor.fact("CallUnparked", outcome="returned")
    await floor.fact("CallQueued", queue="sales", preferred="1002")
    await caller.hang_up()
    record = await floor.record("120")
    agrees_with_asterisk(floor.settings.state, record)
    assert parkings(record) == [("1002", "returned", None), ("1002", "returned", None)]
    assert met(record)[-5:] == ["parked:1002", "waiting", "talking:1002", "parked:1002", "waiting"]
    assert (record["outcome"], record["queues"][-1]["reason"]) == ("answered", "abandoned")
    keep_ledger(floor.settings, record["linkedid"], "parked_and_returned")


async def test_a_parked_caller_is_fetched_by_phone_or_desktop_or_goes_back_and_is_one_call(
    floor: RunningCentre,
) -> None:
    async with staffed(floor, "1002", "1003", audio=True) as phones:
        await fetched_by_phone(floor, phones)
        floor.messages.clear()
        await fetched_by_desktop(floor, phones)
        floor.messages.clear()
        await nobody_comes(floor, phones)


async def test_the_daemons_death_loses_no_parked_caller(floor: RunningCentre) -> None:
    """Without the daemon he waits in the plain queue; the next daemon parks him where he was; whoever fetches him then
    outlives another death."""
    async with staffed(floor, "1002", "1003", audio=True) as phones:
        caller, leg = await conversation(phones, "4001", "1002", number="100")
        assert await leg.transfer("702") == 200
        await floor.fact("CallParked", agent="1002", space="702")
        await sees(floor, "1002", "ready")
        await floor.post("/api/agents/1002/not-ready", {"reason": "break"})
        async with floor.without_daemon():
            pass
        await floor.seen(lambda message: stands_at(message, "702"))
        taking = phones["1003"].dial("702")
        await hear_each_other(caller, taking)
        await sees(floor, "1003", "talking")
        async with floor.without_daemon():
            pass
        await sees(floor, "1003", "talking")
        await hear_each_other(caller, taking)
        await taking.hang_up()
        await caller.ended()
        record = await floor.record("100")
        agrees_with_asterisk(floor.settings.state, record)
        assert [one["agent"] for one in record["conversations"]] == ["1002", "1003"]
        assert parkings(record) == [("1002", "fetched", "1003")]
        assert record["reconstructed"]
        keep_ledger(floor.settings, record["linkedid"], "daemon_killed_parked")
