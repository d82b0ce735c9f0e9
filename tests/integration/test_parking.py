"""Callers whom agents park, and who fetches them: on real phones."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from cti.simulation.telephones import Telephones
from recording.identity import call_id
from tests.integration.asterisk_cdr import agrees_with_asterisk
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import conversation, running_floor, sees, staffed, talk
from tests.integration.kept_ledgers import keep_ledger
from tests.integration.test_publishing import edit, edited, publish
from tests.integration.test_transfers import hear_each_other

pytestmark = pytest.mark.integration
__all__ = ["edited"]

DIRECT = """\
flow: direct
languages: [en]
start: send
nodes:
  send: {kind: transfer, extension: 1001, ring_s: 20, next: served, otherwise: away}
  served: {kind: hangup, reason: served, text: {en: Goodbye.}}
  away: {kind: hangup, reason: away, text: {en: He takes no calls now.}}
"""


@pytest_asyncio.fixture
async def narrow(dialplans: Path, floor_prompts: Path, music: Path, tmp_path: Path) -> AsyncIterator[RunningCentre]:
    """A floor with two spaces, and a number whose flow wants 1001."""
    folder = shutil.copytree(dialplans, tmp_path / "dialplans")
    file = folder / "centre.yaml"
    written = file.read_text("utf-8").replace("spaces: 701-703", "spaces: 701-702")
    file.write_text(written.replace("  4001:", "  4041: {flow: direct, fallback: support}\n  4001:"), "utf-8")
    (folder / "flows/direct.yaml").write_text(DIRECT, "utf-8")
    async with running_floor(folder, floor_prompts, music) as running:
        yield running


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
    await agrees_with_asterisk(floor.settings.state, record)
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
    await agrees_with_asterisk(floor.settings.state, record)
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
    await agrees_with_asterisk(floor.settings.state, record)
    assert parkings(record) == [("1002", "returned", None), ("1002", "returned", None)]
    assert met(record)[-5:] == ["parked:1002", "waiting", "talking:1002", "parked:1002", "waiting"]
    assert (record["outcome"], record["queues"][-1]["reason"]) == ("answered", "abandoned")
    keep_ledger(floor.settings, record["linkedid"], "parked_and_returned")


async def test_a_parked_caller_is_fetched_by_phone_or_desktop_or_goes_back_and_is_one_call(
    edited: RunningCentre,
) -> None:
    floor = edited
    async with staffed(floor, "1002", "1003", audio=True) as phones:
        await fetched_by_phone(floor, phones)
        floor.messages.clear()
        await fetched_by_desktop(floor, phones)
        edit(floor, "centre.yaml", "back_s: 600", "back_s: 5")  # not before: somebody was to come in time
        await publish(floor)
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
        await agrees_with_asterisk(floor.settings.state, record)
        assert [one["agent"] for one in record["conversations"]] == ["1002", "1003"]
        assert parkings(record) == [("1002", "fetched", "1003")]
        assert record["reconstructed"]
        keep_ledger(floor.settings, record["linkedid"], "daemon_killed_parked")


async def test_all_spaces_are_taken_and_a_parked_caller_of_a_flows_transfer_is_fetched_by_the_bare_code(
    narrow: RunningCentre,
) -> None:
    async with staffed(narrow, "1001", "1002", "1003", audio=True) as phones:
        first, leg = await conversation(phones, "4041", "1001", number="100")
        arrived = await narrow.fact("CallArrived", caller="100")
        assert await leg.transfer("700") == 200
        parked = await narrow.fact("CallParked", agent="1001", linkedid=arrived["linkedid"])
        assert parked["queue"] == "support"  # he came through none: the queue of the number he dialled
        await sees(narrow, "1001", "ready")
        await narrow.post("/api/agents/1001/not-ready", {"reason": "break"})

        second, leg = await conversation(phones, "4001", "1002", number="110")
        queued = await narrow.fact("CallQueued", queue="sales")
        await narrow.post(f"/api/calls/{call_id(queued['linkedid'])}/park")
        await leg.ended()
        await narrow.fact("CallParked", agent="1002", linkedid=queued["linkedid"])
        await sees(narrow, "1002", "ready")

        third, leg = await conversation(phones, "4001", "1002", number="120")
        queued = await narrow.fact("CallArrived", caller="120")
        path = f"/api/calls/{call_id(queued['linkedid'])}"
        assert (await narrow.ask("POST", f"{path}/park", json={}))[1]["error"]["id"] == "parking-full"
        await leg.hold()
        await sees(narrow, "1002", "holding")
        asking = phones["1002"].dial("700")
        assert asking.audio
        await asking.audio.hears_something()  # busy tone, and no space
        await asking.ended()
        assert await leg.transfer("700") == 200
        await narrow.fact("CallNotParked", agent="1002", linkedid=queued["linkedid"])
        back = await phones["1002"].next_call()
        assert back.caller == "120"
        await talk(third, back)
        await back.hang_up()
        record = await narrow.record("120")
        await agrees_with_asterisk(narrow.settings.state, record)
        assert parkings(record) == [("1002", "full", None)]
        assert (record["parked_ms"], record["transfers"], record["reconstructed"]) == (0, [], False)
        assert [one["agent"] for one in record["conversations"]] == ["1002", "1002"]
        keep_ledger(narrow.settings, record["linkedid"], "parked_nowhere")
        await sees(narrow, "1002", "ready")

        taking = phones["1002"].dial("*24")  # whom he has parked himself
        await hear_each_other(second, taking)
        await taking.hang_up()
        await second.ended()
        taking = phones["1003"].dial("*24")  # who is left
        await hear_each_other(first, taking)
        await taking.hang_up()
        await first.ended()
        record = await narrow.record("100")
        await agrees_with_asterisk(narrow.settings.state, record)
        assert parkings(record) == [("1001", "fetched", "1003")]
        assert met(record)[-3:] == ["talking:1001", "parked:1001", "talking:1003"]
        assert (record["outcome"], record["reason"], record["reconstructed"]) == ("answered", "served", False)
        assert (record["transfers"], [one["node"] for one in record["ivr_path"]]) == ([], ["send", "served"])
        keep_ledger(narrow.settings, record["linkedid"], "parked_from_a_flow")
