"""Three who speak with each other: an agent, his caller, and the colleague whom he has asked. On real phones."""

import asyncio
from typing import Any

import pytest

from cti.simulation.telephones import Call, Telephones
from recording.identity import call_id
from tests.integration.asterisk_cdr import agrees_with_asterisk
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import conversation, sees, staffed
from tests.integration.kept_ledgers import keep_ledger
from tests.integration.test_transfers import ask

pytestmark = pytest.mark.integration

NEARLY_ALL = 0.8
A_THIRD = 0.25
"""So much of what each hears is the tone of each of two others, at least."""


async def hear_each_other(*calls: Call) -> None:
    """Each hears all the others, at once."""
    at_least = A_THIRD if len(calls) > 2 else 0.5
    pairs = [(ear.audio, mouth.audio) for ear in calls for mouth in calls if ear is not mouth]
    await asyncio.gather(*(ear.hears(mouth.tone_hz, at_least) for ear, mouth in pairs if ear and mouth))


async def asking(floor: RunningCentre, phones: Telephones, number: str) -> tuple[str, Call, Call, Call, Call]:
    """1002 talks with a caller, holds him and speaks with 1003: the call, and caller, leg, consult, asked."""
    caller, leg = await conversation(phones, "4001", "1002", number=number)
    linkedid: str = (await floor.fact("CallQueued", queue="sales"))["linkedid"]
    assert (await floor.ask("POST", f"/api/calls/{call_id(linkedid)}/conference"))[1]["error"]["id"] == "nobody-asked"
    await leg.hold()
    await sees(floor, "1002", "holding")
    consult = phones["1002"].dial("1003")
    asked = await phones["1003"].next_call()
    await ask(consult, asked)
    return linkedid, caller, leg, consult, asked


async def joined(floor: RunningCentre, phones: Telephones, number: str) -> tuple[str, Call, Call, Call]:
    """All three in one conversation: the call, and caller, leg, asked."""
    linkedid, caller, leg, consult, asked = await asking(floor, phones, number)
    await floor.post(f"/api/calls/{call_id(linkedid)}/conference")
    await consult.ended()
    await leg.retrieve()
    await hear_each_other(caller, leg, asked)
    told = await floor.fact("CallJoined", linkedid=linkedid)
    assert (told["agent"], told["by"]) == ("1003", "1002")
    return linkedid, caller, leg, asked


async def muted(floor: RunningCentre, linkedid: str, caller: Call, leg: Call, asked: Call) -> None:
    """1002 is muted: of all that the caller hears nearly everything is 1003, and 1002 hears the two."""
    await floor.post(f"/api/calls/{call_id(linkedid)}/mute")
    assert caller.audio
    assert asked.audio
    assert leg.audio
    await caller.audio.hears(asked.audio.tone_hz, NEARLY_ALL)
    await leg.audio.hears(asked.audio.tone_hz, A_THIRD)


def kinds(record: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """What he met while he spoke with somebody."""
    found = [(one["kind"], one["agents"]) for one in record["segments"]]
    return [one for one in found if one[0] in ("talking", "conference", "hold")]


async def test_three_hear_each_other_until_the_first_agent_leaves_and_all_of_it_is_recorded_in_one_call(
    floor: RunningCentre,
) -> None:
    async with staffed(floor, "1002", "1003", audio=True) as phones:
        linkedid, caller, leg, asked = await joined(floor, phones, "100")
        path = f"/api/calls/{call_id(linkedid)}/conference"
        assert (await floor.ask("POST", path))[1]["error"]["id"] == "in-conference"
        assert await leg.transfer("7002") == 404  # Asterisk would send the colleague along
        await asked.hold()
        await floor.fact("CallHeld", linkedid=linkedid, agent="1003")
        await asked.retrieve()
        await floor.fact("CallRetrieved", linkedid=linkedid, agent="1003")
        await muted(floor, linkedid, caller, leg, asked)
        assert (await floor.post(f"/api/calls/{call_id(linkedid)}/unmute"))["linkedid"] == linkedid
        await hear_each_other(caller, leg, asked)
        await leg.hang_up()
        await sees(floor, "1002", "ready")
        await sees(floor, "1003", "talking")
        await hear_each_other(caller, asked)
        await phones.dial("4002", number="200")
        await floor.shows("/api/queues/support", lambda queue: queue["waiting"] == 1)
        assert len(phones["1003"].calls) == 1
        await asked.hang_up()
        await caller.ended()
        assert (await phones["1003"].next_call()).caller == "200"
        record = await floor.record("100")
        await agrees_with_asterisk(floor.settings.state, record)
        assert [kind for kind, _ in kinds(record)][:3] == ["talking", "hold", "talking"]
        assert ("conference", ["1002", "1003"]) in kinds(record)
        assert kinds(record)[-1] == ("talking", ["1003"])
        assert [one["agent"] for one in record["conversations"]] == ["1002", "1003"]
        assert (record["ended_by"], record["outcome"], record["transfers"]) == ("agent", "answered", [])
        assert len(record["recordings"]) == 1
        assert not record["reconstructed"]
        (mute,) = record["mutes"]
        assert (mute["agent"], mute["by"]) == ("1002", "api:owner")
        assert mute["started_at"] < mute["ended_at"]
        assert record["conversations"][1]["hold_ms"] > 0
        asking = await floor.record("1002", recorded=False)
        assert (asking["direction"], asking["consult_of"]) == ("internal", record["id"])
        keep_ledger(floor.settings, linkedid, "conference")
        keep_ledger(floor.settings, asking["linkedid"], "asked_into_conference")


async def test_a_conference_is_over_when_the_caller_leaves_it_and_outlives_the_daemon(floor: RunningCentre) -> None:
    async with staffed(floor, "1002", "1003", audio=True) as phones:
        linkedid, caller, leg, asked = await joined(floor, phones, "100")
        await muted(floor, linkedid, caller, leg, asked)
        floor.messages.clear()
        floor.kill_daemon()
        await floor.seen(lambda message: "snapshot" in message)
        await sees(floor, "1002", "talking")
        await floor.post(f"/api/calls/{call_id(linkedid)}/unmute")
        await hear_each_other(caller, leg, asked)
        await phones.dial("4002", number="200")
        await floor.shows("/api/queues/support", lambda queue: queue["waiting"] == 1)
        assert len(phones["1003"].calls) == 1
        await caller.hang_up()
        await asyncio.gather(leg.ended(), asked.ended())
        assert (await phones["1003"].next_call()).caller == "200"
        record = await floor.record("100")
        assert (record["ended_by"], record["reconstructed"]) == ("caller", True)
        keep_ledger(floor.settings, linkedid, "daemon_killed_in_conference")


async def test_a_caller_sent_on_out_of_a_conference_goes_alone(floor: RunningCentre) -> None:
    async with staffed(floor, "1002", "1003", "1004", audio=True) as phones:
        linkedid, caller, leg, asked = await joined(floor, phones, "100")
        await floor.post(f"/api/calls/{call_id(linkedid)}/transfer", {"to": {"agent": "1004"}})
        await asyncio.gather(leg.ended(), asked.ended())
        third = await phones["1004"].next_call()
        await third.answer()
        await hear_each_other(caller, third)
        await sees(floor, "1003", "ready")
        await caller.hang_up()
        record = await floor.record("100")
        assert [one["agent"] for one in record["conversations"]] == ["1002", "1003", "1004"]
        assert kinds(record)[-1] == ("talking", ["1004"])


async def test_whoever_stays_in_a_conference_that_the_daemon_died_in_has_the_caller(floor: RunningCentre) -> None:
    async with staffed(floor, "1002", "1003", audio=True) as phones:
        linkedid, caller, leg, asked = await joined(floor, phones, "100")
        floor.messages.clear()
        floor.kill_daemon()
        await floor.seen(lambda message: "snapshot" in message)
        await sees(floor, "1002", "talking")
        await leg.hang_up()
        await sees(floor, "1003", "talking")
        await hear_each_other(caller, asked)
        call = f"/api/calls/{call_id(linkedid)}"
        await floor.post(f"{call}/mute")
        await floor.post(f"{call}/unmute")
        await floor.post(f"{call}/transfer", {"to": {"queue": "support"}})
        await floor.fact("CallQueued", linkedid=linkedid, queue="support")
        await asked.ended()
        await caller.hang_up()
        record = await floor.record("100")
        assert [one["agent"] for one in record["conversations"]] == ["1002", "1003"]
        assert [(one["kind"], one["agent"], one["queue"]) for one in record["transfers"]] == [
            ("blind", "1003", "support")
        ]
        assert [(visit["queue"], visit["reason"]) for visit in record["queues"]][-1:] == [("support", "abandoned")]
        keep_ledger(floor.settings, linkedid, "daemon_killed_in_conference_and_sent_on")
