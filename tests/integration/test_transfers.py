"""Agents who send their callers on, by their phones: to a queue, to a colleague, asked before or not."""

import asyncio
from typing import Any

import pytest

from cti.simulation.telephones import Call, Telephones
from recording.identity import call_id
from tests.integration.asterisk_cdr import agrees_with_asterisk
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import conversation, sees, staffed, talk

pytestmark = pytest.mark.integration


async def hear_each_other(caller: Call, leg: Call) -> None:
    assert caller.audio
    assert leg.audio
    await asyncio.gather(caller.audio.hears(leg.audio.tone_hz), leg.audio.hears(caller.audio.tone_hz))


async def ask(consult: Call, asked: Call) -> None:
    """The colleague answers and hears the agent. (Whose own ear has the caller whom he holds in it as well: a simulated
    telephone has but one.)"""
    await asked.answer()
    assert consult.audio
    assert asked.audio
    await asked.audio.hears(consult.audio.tone_hz)


def shows(message: dict[str, Any], linkedid: str, state: str, agent: str) -> bool:
    """Whether the live picture has the call so."""
    calls = message.get("update", {}).get("calls", [])
    return any((call["linkedid"], call["state"], call["agent"]) == (linkedid, state, agent) for call in calls)


def visits(record: dict[str, Any]) -> list[tuple[str, str]]:
    return [(visit["queue"], visit["reason"]) for visit in record["queues"]]


async def sent_by_phone(floor: RunningCentre, phones: Telephones) -> None:
    """1002 sends his caller to a queue in which nobody serves yet, and to nobody who is not there."""
    caller, leg = await conversation(phones, "4001", "1002", number="100", name="Zhang")
    linkedid = (await floor.fact("CallQueued", queue="sales"))["linkedid"]
    assert await leg.transfer("7999") == 404  # nobody is there: he keeps his caller
    assert await leg.transfer("1003") == 404  # has not signed in
    await hear_each_other(caller, leg)
    assert await leg.transfer("7002") == 200
    queued = await floor.fact("CallQueued", queue="support", linkedid=linkedid)
    dequeued = await floor.fact("CallDequeued", queue="sales")
    assert queued["at_ms"] - queued["entered_ms"] >= dequeued["wait_ms"]  # he has waited as long as before
    assert queued["entered_ms"] > dequeued["at_ms"] - dequeued["wait_ms"]  # but the talk was no waiting
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
    await agrees_with_asterisk(floor.settings.state, record)
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


async def sent_by_desktop(floor: RunningCentre, phones: Telephones) -> None:
    """1002 sends his caller to 1003, who sends him back to the queue."""
    caller, leg = await conversation(phones, "4001", "1002", number="110")
    linkedid = (await floor.fact("CallQueued", queue="sales"))["linkedid"]
    path = f"/api/calls/{call_id(linkedid)}/transfer"
    for to, status in (({"queue": "nowhere"}, 404), ({"agent": "1004"}, 409), ({"agent": "1002"}, 409)):
        assert (await floor.ask("POST", path, json={"to": to}))[0] == status
    await hear_each_other(caller, leg)
    assert (await floor.post(path, {"to": {"agent": "1003"}}))["linkedid"] == linkedid
    await leg.ended()
    second = await phones["1003"].next_call()
    assert second.caller == "110"
    queued = await floor.fact("CallQueued", preferred="1003")
    assert queued["queue"] == "sales"  # he has no skill for it, but was chosen
    assert (await floor.ask("POST", path, json={"to": {"queue": "support"}}))[0] == 409  # he waits now
    await talk(caller, second)
    await floor.post(path, {"to": {"queue": "sales"}})
    third = await phones["1002"].next_call()
    await talk(caller, third)
    await third.hang_up()
    record = await floor.record("110")
    await agrees_with_asterisk(floor.settings.state, record)
    assert [(one["kind"], one["agent"], one["queue"], one["to"]) for one in record["transfers"]] == [
        ("blind", "1002", None, "1003"),
        ("blind", "1003", "sales", "1002"),
    ]
    assert not record["reconstructed"]


async def test_a_caller_sent_on_at_once_is_the_same_caller_elsewhere(floor: RunningCentre) -> None:
    async with staffed(floor, "1002", audio=True) as phones:
        await sent_by_phone(floor, phones)
        floor.messages.clear()
        await sent_by_desktop(floor, phones)


async def announced(floor: RunningCentre, phones: Telephones) -> None:
    """1002 asks a queue, and joins his caller with 1003, who answers for it."""
    caller, leg = await conversation(phones, "4001", "1002", number="100")
    linkedid = (await floor.fact("CallQueued", queue="sales"))["linkedid"]
    await leg.hold()
    await sees(floor, "1002", "holding")
    consult = phones["1002"].dial("7002")
    asked = await phones["1003"].next_call()
    assert asked.caller == "1002"
    await ask(consult, asked)
    arrived = await floor.fact("CallArrived", dialled="7002")
    assert (arrived["caller"], arrived["consult_of"]) == ("1002", linkedid)
    await sees(floor, "1003", "talking")
    await consult.hold()
    assert await leg.transfer("7002", consult) == 200
    told = await floor.fact("CallTransferred", linkedid=linkedid)
    assert (told["kind"], told["agent"], told["to"]) == ("announced", "1002", "1003")
    await hear_each_other(caller, asked)
    await sees(floor, "1002", "ready")  # after his wrap-up, while the other talks on
    await sees(floor, "1003", "talking")
    await floor.seen(lambda message: shows(message, linkedid, "talking", "1003"))
    await asked.hang_up()
    await caller.ended()
    await sees(floor, "1003", "ready")
    record = await floor.record("100")
    await agrees_with_asterisk(floor.settings.state, record)
    assert visits(record) == [("sales", "answered")]
    first, second = record["conversations"]
    assert (first["agent"], second["agent"]) == ("1002", "1003")
    assert first["ended_at"] <= second["started_at"]
    assert first["hold_ms"] > 0
    assert second["hold_ms"] == 0
    (transfer,) = record["transfers"]
    asking = await floor.record("1002")
    assert (asking["direction"], asking["consult_of"]) == ("internal", record["id"])
    assert transfer["consult"] == asking["id"]
    assert visits(asking) == [("support", "answered")]
    assert [offer["agent"] for record in (record, asking) for offer in record["offers"]] == ["1002", "1003"]
    assert not record["reconstructed"]
    assert not asking["reconstructed"]


async def asked_in_vain(floor: RunningCentre, phones: Telephones) -> None:
    """1002 asks 1003, who is on a break, and takes his caller back."""
    caller, leg = await conversation(phones, "4001", "1002", number="110")
    await floor.post("/api/agents/1003/not-ready", {"reason": "break"})
    await leg.hold()
    consult = phones["1002"].dial("1003")
    asked = await phones["1003"].next_call()
    await sees(floor, "1003", "ringing", "break")
    await floor.post("/api/agents/1003/ready")
    await phones.dial("4002", number="200")
    await floor.shows("/api/queues/support", lambda queue: queue["waiting"] == 1)
    await ask(consult, asked)
    assert phones["1003"].calls[-1] is asked  # meanwhile he is rung for nobody
    await consult.hang_up()
    await asked.ended()
    following = await phones["1003"].next_call()
    assert following.caller == "200"
    await leg.retrieve()
    await hear_each_other(caller, leg)
    busy = phones["1002"].dial("1003")  # he rings for the next caller: the tone is all that comes
    await busy.answered()
    await busy.hang_up()
    await leg.hang_up()
    record = await floor.record("110")
    assert record["transfers"] == []
    assert len(record["conversations"]) == 1


async def test_an_agent_who_asks_first_joins_the_two_or_takes_his_caller_back(floor: RunningCentre) -> None:
    async with staffed(floor, "1002", "1003", audio=True) as phones:
        await announced(floor, phones)
        floor.messages.clear()
        await asked_in_vain(floor, phones)


async def test_a_caller_joined_before_anybody_has_answered_waits_in_the_agents_place(floor: RunningCentre) -> None:
    async with staffed(floor, "1002", audio=True) as phones:
        caller, leg = await conversation(phones, "4001", "1002", number="100")
        linkedid = (await floor.fact("CallQueued", queue="sales"))["linkedid"]
        await leg.hold()
        consult = phones["1002"].dial("7002")
        asked = await floor.fact("CallQueued", queue="support")
        assert await leg.transfer("7002", consult) == 200
        waiting = await floor.fact("CallQueued", queue="support", linkedid=linkedid)
        assert waiting["entered_ms"] == asked["entered_ms"]
        assert (await floor.fact("CallDequeued", linkedid=asked["linkedid"]))["reason"] == "withdrawn"
        await sees(floor, "1002", "ready")
        await floor.sign_in("1003")
        second = await phones["1003"].next_call()
        assert second.caller == "100"
        # And again, to a colleague whose phone rings for the agent just then.
        await talk(caller, second)
        await second.hold()
        consult = phones["1003"].dial("1002")
        await phones["1002"].next_call()
        await consult.answered()
        await sees(floor, "1002", "ringing")
        assert await second.transfer("1002", consult) == 200
        third = await phones["1002"].next_call()
        assert third.caller == "100"
        await talk(caller, third)
        await caller.hang_up()
        await third.ended()
        record = await floor.record("100")
        await agrees_with_asterisk(floor.settings.state, record)
        assert [one["agent"] for one in record["conversations"]] == ["1002", "1003", "1002"]
        assert [(one["kind"], one["agent"], one["queue"], one["to"]) for one in record["transfers"]] == [
            ("blind", "1002", "support", "1003"),
            ("blind", "1003", None, "1002"),
        ]
        assert [one["consult"] is not None for one in record["transfers"]] == [True, True]
        assert (record["ended_by"], record["reason"]) == ("caller", "hung_up")


async def killed(floor: RunningCentre) -> None:
    """The daemon is killed, and the next one is there."""
    floor.messages.clear()
    floor.kill_daemon()
    await floor.seen(lambda message: "snapshot" in message)


async def test_a_caller_of_the_plain_queue_joined_to_a_ringing_phone_without_the_daemon_is_found_when_it_answers(
    floor: RunningCentre,
) -> None:
    async with staffed(floor, "1002", audio=True) as phones:
        async with floor.without_daemon():
            caller, leg = await conversation(phones, "4001", "1002", number="100")
        await sees(floor, "1002", "talking")
        await floor.sign_in("1003")
        await sees(floor, "1003", "ready")
        await leg.hold()
        consult = phones["1002"].dial("1003")
        asked = await phones["1003"].next_call()
        await consult.answered()
        async with floor.without_daemon():
            assert await leg.transfer("1003", consult) == 200
        await talk(caller, asked)
        await sees(floor, "1003", "talking")
        await asked.hang_up()
        await caller.ended()
        record = await floor.record("100")
        await agrees_with_asterisk(floor.settings.state, record)
        assert [one["agent"] for one in record["conversations"]] == ["1002", "1003"]


async def test_a_daemon_killed_while_an_agent_asks_finds_him_in_his_place_then_both_talking_and_the_transfer_after_it(
    floor: RunningCentre,
) -> None:
    async with staffed(floor, "1002", audio=True) as phones:
        caller, leg = await conversation(phones, "4001", "1002", number="100")
        await leg.hold()
        consult = phones["1002"].dial("7002")
        await floor.shows("/api/queues/support", lambda queue: queue["waiting"] == 1)
        await killed(floor)
        await floor.shows("/api/queues/support", lambda queue: queue["waiting"] == 1)
        await sees(floor, "1002", "holding")
        await floor.sign_in("1003")
        asked = await phones["1003"].next_call()
        await ask(consult, asked)
        await sees(floor, "1003", "talking")
        await killed(floor)
        await sees(floor, "1002", "holding")
        await sees(floor, "1003", "talking")
        await phones.dial("4002", number="200")
        await floor.shows("/api/queues/support", lambda queue: queue["waiting"] == 1)
        assert await leg.transfer("7002", consult) == 200
        await hear_each_other(caller, asked)
        await sees(floor, "1002", "ready")
        await sees(floor, "1003", "talking")
        assert len(phones["1003"].calls) == 1
        await asked.hang_up()
        await caller.ended()
        assert (await phones["1003"].next_call()).caller == "200"  # after his wrap-up
        record = await floor.record("100")
        await agrees_with_asterisk(floor.settings.state, record)
        assert [one["agent"] for one in record["conversations"]] == ["1002", "1003"]
        assert [(one["kind"], one["agent"], one["to"]) for one in record["transfers"]] == [
            ("announced", "1002", "1003")
        ]
        assert record["reconstructed"]
