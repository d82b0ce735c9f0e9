"""Who is rung for a caller, and what becomes of both when nobody answers: on real phones, from INVITE to record."""

import asyncio
from typing import Any

import pytest

from cti.simulation.telephones import Call, Moment, Telephones
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import conversation, sees, staffed, talk

pytestmark = pytest.mark.integration


async def cancelled(leg: Call) -> None:
    """Wait until Asterisk takes back the INVITE that rings here."""
    await leg.ended()
    assert not leg.ended_here
    assert Moment.ANSWERED not in leg.at_us


def rung(phones: Telephones, agent: str) -> list[str]:
    """The callers the agent's phone has rung for."""
    return [call.caller for call in phones[agent].calls if call.incoming]


def offered(record: dict[str, Any]) -> list[tuple[str, str]]:
    """The agents of a record's offers, and what came of each."""
    return [(offer["agent"], offer["outcome"]) for offer in record["offers"]]


async def test_the_longest_idle_agent_with_the_skill_is_rung_and_the_offer_says_why(floor: RunningCentre) -> None:
    async with staffed(floor, "1003", "1004", "1001", "1002") as phones:
        for caller, agent in (("100", "1004"), ("200", "1001"), ("300", "1002")):
            await phones.dial("4001", number=caller)
            assert (await phones[agent].next_call()).caller == caller
        assert not phones["1003"].calls  # idle longest of all, but no seller
        decision = (await floor.fact("CallOffered", agent="1004"))["decision"]
        assert decision["chosen"] == "1004"
        excluded = {one["agent"]: one["excluded"] for one in decision["candidates"]}
        assert excluded == {"1001": "", "1002": "", "1003": "sales 0 below 1", "1004": ""}


async def test_a_caller_nobody_answers_is_at_the_head_again_with_his_first_entry_and_the_next_agent_rings(
    floor: RunningCentre,
) -> None:
    async with staffed(floor, "1002", audio=True) as phones:
        caller = await phones.dial("4011", number="100")
        missed = await phones["1002"].next_call()
        await phones.dial("4011", number="200")
        first = (await floor.fact("CallArrived", caller="100"))["linkedid"]
        later = (await floor.fact("CallArrived", caller="200"))["linkedid"]
        entered_ms = (await floor.fact("CallQueued", linkedid=first))["entered_ms"]
        await floor.fact("CallQueued", linkedid=later)
        await cancelled(missed)
        await sees(floor, "1002", "not_ready", "missed_call")
        await floor.sign_in("1001")
        leg = await phones["1001"].next_call()
        assert leg.caller == "100"
        again = await floor.fact("CallOffered", agent="1001")
        assert again["at_ms"] - again["wait_ms"] == entered_ms
        await talk(caller, leg)
        await leg.hang_up()
        record = await floor.record("100", recorded=False)
        assert (record["outcome"], record["agent"]) == ("answered", "1001")
        assert offered(record) == [("1002", "missed"), ("1001", "answered")]
        assert record["wait_ms"] >= record["offers"][0]["ring_ms"] >= 2_500  # the wait goes on while a phone rings
        assert rung(phones, "1002") == ["100"]


async def test_a_phone_that_refuses_makes_its_agent_not_ready_and_the_next_rings_at_once(floor: RunningCentre) -> None:
    async with staffed(floor, "1002", "1001", "1004", audio=True) as phones:
        caller = await phones.dial("4001", number="100")
        await (await phones["1002"].next_call()).refuse(busy=True)
        await (await phones["1001"].next_call()).refuse()
        leg = await phones["1004"].next_call()
        await sees(floor, "1002", "not_ready", "refused_call")
        await sees(floor, "1001", "not_ready", "refused_call")
        await talk(caller, leg)
        await leg.hang_up()
        record = await floor.record("100", recorded=False)
        assert offered(record) == [("1002", "refused"), ("1001", "refused"), ("1004", "answered")]
        assert [offer["decision"]["chosen"] for offer in record["offers"]] == ["1002", "1001", "1004"]
        told = (await floor.get(f"/api/calls/{record['id']}/decisions"))["decisions"]
        facts = ["CallQueued", *["CallOffered", "OfferEnded"] * 3, "CallDequeued"]
        assert [one["fact"] for one in told] == facts
        left_out = {one["agent"]: one["excluded"] for one in told[3]["decision"]["candidates"]}
        assert left_out == {"1002": "not_ready (refused_call)", "1001": "", "1004": ""}


async def test_a_phone_that_unregisters_makes_its_agent_unreachable_until_it_is_back(floor: RunningCentre) -> None:
    async with staffed(floor, "1002", "1001") as phones:
        await floor.post("/api/agents/1001/not-ready", {"reason": "break"})
        for agent in ("1001", "1002"):
            await phones[agent].unregister()
            await sees(floor, agent, "unreachable", "break" if agent == "1001" else "")
        await phones.dial("4001", number="100")
        await floor.shows("/api/queues/sales", lambda queue: queue["waiting"] == 1)
        for agent in ("1001", "1002"):
            await phones[agent].register()
        leg = await phones["1002"].next_call()
        assert leg.caller == "100"
        back = await floor.fact("AgentStateChanged", agent="1002", before="unreachable")
        assert back["cause"] == "device"
        await sees(floor, "1001", "not_ready", "break")  # what he chose outlasts his phone's absence
        assert not rung(phones, "1001")


async def test_a_phone_without_power_is_a_missed_call_and_the_next_rings(floor: RunningCentre) -> None:
    async with staffed(floor, "1002") as dead, staffed(floor, "1001", seats=("1001",)) as phones:
        await dead.vanish()
        await phones.dial("4011", number="100")
        await (await phones["1001"].next_call()).answer()
        await sees(floor, "1002", "not_ready", "missed_call")


async def test_a_caller_who_gives_up_is_abandoned_and_a_phone_that_rings_for_him_stops_at_once(
    floor: RunningCentre,
) -> None:
    async with staffed(floor, "1002", "1001") as phones:
        caller = await phones.dial("4001", number="100")
        leg = await phones["1002"].next_call()
        waiting = await phones.dial("4011", number="200")
        await phones["1001"].next_call()
        unserved = await phones.dial("4002", number="300")
        await floor.post("/api/agents/1001/not-ready", {"reason": "break"})
        await floor.shows("/api/queues/support", lambda queue: queue["waiting"] == 1)
        await asyncio.gather(*(call.answered() for call in (caller, waiting, unserved)))
        records = {}
        for number, call in (("300", unserved), ("200", waiting), ("100", caller)):
            await call.hang_up()
            records[number] = await floor.record(number, recorded=False)
        await cancelled(leg)
        for record in records.values():
            assert (record["outcome"], record["ended_by"], record["reason"]) == ("abandoned", "caller", "hung_up")
            assert (record["agent"], record["connected_at"], record["talk_ms"]) == (None, None, 0)
            assert [visit["reason"] for visit in record["queues"]] == ["abandoned"]
        assert {number: offered(record) for number, record in records.items()} == {
            "100": [("1002", "abandoned")],
            "200": [("1001", "withdrawn")],
            "300": [],
        }
        await sees(floor, "1002", "ready")  # no fault of his
        for queue in (await floor.get("/api/queues"))["queues"]:
            assert queue["waiting"] == 0


async def test_an_agent_who_signs_out_while_his_phone_rings_loses_the_call_to_the_next(floor: RunningCentre) -> None:
    async with staffed(floor, "1002", "1001") as phones:
        await phones.dial("4001", number="100")
        leg = await phones["1002"].next_call()
        await floor.post("/api/agents/1002/sign-out")
        await cancelled(leg)
        await (await phones["1001"].next_call()).answer()
        await sees(floor, "1002", "signed_out")


async def test_whoever_hangs_up_the_agent_wraps_up_and_is_ready_again_by_himself(floor: RunningCentre) -> None:
    async with staffed(floor, "1002", audio=True) as phones:
        first, leg = await conversation(phones, "4001", "1002", number="100")
        second = await phones.dial("4001", number="200")
        await floor.shows("/api/queues/sales", lambda queue: queue["waiting"] == 1)
        await leg.hang_up()
        await first.ended()
        following = await phones["1002"].next_call()
        ended = await floor.fact("AgentStateChanged", agent="1002", after="wrap_up")
        waiting = await floor.fact("CallArrived", caller="200")
        again = await floor.fact("CallOffered", agent="1002", linkedid=waiting["linkedid"])
        assert again["at_ms"] - ended["at_ms"] >= 1_000, "not before his wrap-up is over"
        await talk(second, following)
        await second.hang_up()
        await following.ended()
        assert not following.ended_here
        records = [await wrapped_up(floor, caller) for caller in ("100", "200")]
        assert [record["ended_by"] for record in records] == ["agent", "caller"]
        assert [record["reason"] for record in records] == ["served", "hung_up"]
        assert all(record["wrap_up_ms"] >= 1_000 for record in records)
        await sees(floor, "1002", "ready")
        once = ["ringing", "talking", "wrap_up", "ready"]
        await floor.seen(
            lambda _: states_of(floor, "1002")[-8:] == [*once, *once]
        )  # the stream may come behind the API


def states_of(floor: RunningCentre, agent: str) -> list[str]:
    """All that the agent has come to, as the live stream has told so far."""
    facts = [message for message in floor.messages if message.get("fact") == "AgentStateChanged"]
    return [fact["after"] for fact in facts if fact["agent"] == agent]


async def wrapped_up(floor: RunningCentre, caller: str) -> dict[str, Any]:
    """The record of a call once its wrap-up is in it."""
    message = await floor.seen(
        lambda message: message.get("record", {}).get("caller") == caller and message["record"]["wrap_up_ms"] > 0
    )
    record: dict[str, Any] = message["record"]
    return record


async def test_a_held_call_counts_as_held_and_goes_on(floor: RunningCentre) -> None:
    async with staffed(floor, "1002", audio=True) as phones:
        _, leg = await conversation(phones, "4001", "1002", number="100")
        await leg.hold()
        await sees(floor, "1002", "holding")
        await leg.retrieve()
        await sees(floor, "1002", "talking")
        await leg.hang_up()
        record = await floor.record("100", recorded=False)
        held, retrieved = await floor.fact("CallHeld"), await floor.fact("CallRetrieved")
        assert record["hold_ms"] == retrieved["at_ms"] - held["at_ms"] > 0
        assert record["conversations"][0]["hold_ms"] == record["hold_ms"]
        assert (await floor.fact("CallReleased"))["hold_ms"] == record["hold_ms"]


async def test_an_agent_in_a_private_call_is_left_alone_until_it_is_over(floor: RunningCentre) -> None:
    async with staffed(floor, "1002") as phones:
        private = phones["1002"].dial("4003")
        await private.answered()
        await floor.fact("CallArrived", dialled="4003")
        await phones.dial("4001", number="100")
        await floor.shows("/api/queues/sales", lambda queue: queue["waiting"] == 1)
        assert not rung(phones, "1002")
        await private.hang_up()
        assert (await phones["1002"].next_call()).caller == "100"
        record = await floor.record("1002", recorded=False)
        assert (record["direction"], record["outcome"]) == ("internal", "served_by_ivr")
