"""Agents at outside numbers: a carrier with two mobiles on one line, and agents who confirm each call by a key."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from cti.simulation.telephones import Call, Telephones
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import sees, staffed
from tests.integration.test_path_offers import offered

pytestmark = pytest.mark.integration

FIRST, SECOND = "13800138000", "+8613800138001"


@asynccontextmanager
async def mobiles(floor: RunningCentre) -> AsyncIterator[Telephones]:
    """The mobiles of two agents, at a carrier to whom our Asterisk has one line."""
    numbers = dict.fromkeys((FIRST, SECOND), "unused")
    folder, port = floor.settings.state / "mobiles", floor.settings.sip_port
    async with Telephones(folder, sip_port=port, accounts=numbers) as phones:
        (floor.settings.state / "carriers.conf").write_text(
            "[mobilenet](carrier)\naors = mobilenet\n\n"
            f"[mobilenet]\ntype = aor\ncontact = sip:127.0.0.1:{phones.port}\n"
        )
        await floor.console("module reload res_pjsip.so")
        yield phones


async def asked(phones: Telephones, number: str) -> Call:
    """The mobile has rung and was answered, by its owner or a voicemail, and he is being asked to confirm."""
    leg = await phones[number].next_call()
    await leg.answer()
    assert leg.audio
    await leg.audio.hears_something()
    return leg


async def confirm(caller: Call, leg: Call) -> None:
    """The agent presses 1, and the two hear each other."""
    assert caller.audio
    assert leg.audio
    await leg.press("1")
    await asyncio.gather(caller.audio.hears(leg.audio.tone_hz), leg.audio.hears(caller.audio.tone_hz))


async def test_two_agents_on_one_line_take_calls_at_their_mobiles_once_they_have_pressed_a_key(
    floor: RunningCentre,
) -> None:
    async with staffed(floor, audio=True) as phones, mobiles(floor) as outside:
        status, answer = await floor.ask("POST", "/api/agents/1002/sign-in", json={"outside": True})
        assert (status, answer["error"]["id"]) == (409, "no-outside-number")
        for agent, number in (("1002", FIRST), ("1001", SECOND)):
            await floor.post(f"/api/agents/{agent}/sign-in", {"outside": True, "number": number})
            await sees(floor, agent, "ready")  # no device tells of a mobile: it can be rung
        callers = [await phones.dial("4001", number="100")]
        await floor.fact("CallOffered", agent="1002")
        callers.append(await phones.dial("4001", number="200"))
        legs = [await asked(outside, FIRST), await asked(outside, SECOND)]
        for caller in callers:
            assert caller.audio
            await caller.audio.hears_something()  # music: he notices nothing of it
        shown = {agent["number"]: agent["state"] for agent in (await floor.get("/api/agents"))["agents"]}
        assert (shown["1001"], shown["1002"]) == ("ringing", "ringing")
        assert not [message for message in floor.messages if message.get("fact") == "CallDequeued"]
        await confirm(callers[1], legs[1])
        await sees(floor, "1001", "talking")
        await sees(floor, "1002", "ringing")
        await confirm(callers[0], legs[0])
        await sees(floor, "1002", "talking")
        await legs[0].hold()
        await sees(floor, "1002", "holding")
        await legs[0].retrieve()
        await sees(floor, "1002", "talking")
        await legs[0].hang_up()
        await callers[1].hang_up()
        await legs[1].ended()
        for number, agent, ended_by in (("100", "1002", "agent"), ("200", "1001", "caller")):
            record = await floor.record(number)
            assert (record["agent"], record["outcome"], record["ended_by"]) == (agent, "answered", ended_by)
            assert offered(record) == [(agent, "answered")]
            assert [leg["agent"] for leg in record["legs"]] == [None, agent, None, None]
            assert record["talk_ms"] > 0
        await sees(floor, "1001", "ready")


async def test_whoever_does_not_confirm_has_not_answered_and_the_caller_waits_on_for_another(
    floor: RunningCentre,
) -> None:
    async with staffed(floor, audio=True) as phones, mobiles(floor) as outside:
        await floor.post("/api/agents/1002/sign-in", {"outside": True, "number": FIRST})

        async def back(reason: str) -> None:
            await sees(floor, "1002", "not_ready", reason)
            await floor.post("/api/agents/1002/ready")

        caller = await phones.dial("4001", number="100")
        voicemail = await asked(outside, FIRST)
        await back("missed_call")
        await voicemail.ended()
        hasty = await asked(outside, FIRST)
        await hasty.hang_up()
        await back("missed_call")
        busy = await outside[FIRST].next_call()
        await busy.refuse(busy=True)
        await back("refused_call")
        unwilling = await asked(outside, FIRST)
        await unwilling.press("2")
        await sees(floor, "1002", "not_ready", "refused_call")
        await unwilling.ended()
        await floor.sign_in("1001")
        seller = await phones["1001"].next_call()
        await seller.answer()
        await seller.hang_up()
        record = await floor.record("100")
        assert offered(record) == [
            ("1002", "missed"), ("1002", "missed"), ("1002", "refused"), ("1002", "refused"), ("1001", "answered"),
        ]  # fmt: skip
        assert [visit["reason"] for visit in record["queues"]] == ["answered"]
        await caller.ended()
        # A caller who gives up while the agent is asked: his mobile is free at once, and so is he.
        await floor.post("/api/agents/1001/sign-out")
        await floor.post("/api/agents/1002/ready")
        impatient = await phones.dial("4001", number="200")
        leg = await asked(outside, FIRST)
        await impatient.hang_up()
        await leg.ended()
        assert not leg.ended_here
        await sees(floor, "1002", "ready")
        assert offered(await floor.record("200")) == [("1002", "abandoned")]


async def test_a_voicemail_that_answers_first_takes_no_call_from_a_colleague_who_is_rung_with_it(
    floor: RunningCentre,
) -> None:
    async with staffed(floor, audio=True) as phones, mobiles(floor) as outside:
        for agent, number in (("1002", FIRST), ("1001", SECOND)):
            await floor.post(f"/api/agents/{agent}/sign-in", {"outside": True, "number": number})
        caller = await phones.dial("4015", number="100")
        voicemail = await asked(outside, FIRST)
        leg = await asked(outside, SECOND)
        await confirm(caller, leg)
        await sees(floor, "1001", "talking")
        await voicemail.ended()
        assert not voicemail.ended_here  # at once, in the middle of the question
        await sees(floor, "1002", "ready")  # no fault of his
        await leg.hang_up()
        record = await floor.record("100")
        assert sorted(offered(record)) == [("1001", "answered"), ("1002", "answered_elsewhere")]


async def test_a_mobile_serves_while_the_daemon_is_away_and_only_when_its_owner_confirms(floor: RunningCentre) -> None:
    async with staffed(floor, audio=True) as phones, mobiles(floor) as outside:
        await floor.post("/api/agents/1002/sign-in", {"outside": True, "number": FIRST})
        caller = await phones.dial("4001", number="100")
        leg = await asked(outside, FIRST)
        before = len(floor.messages)
        floor.kill_daemon()
        await confirm(caller, leg)
        await floor.seen(lambda message: "snapshot" in message and message in floor.messages[before:])
        await sees(floor, "1002", "talking")  # the next daemon finds them so
        await leg.hang_up()
        await caller.ended()
        assert (await floor.record("100"))["agent"] == "1002"
        await sees(floor, "1002", "ready")
        # For good this time: the plain queue rings the mobile in the same way.
        await floor.kill_supervisor()
        floor.kill_daemon()
        caller = await phones.dial("4001", number="200")
        await (await asked(outside, FIRST)).hang_up()  # and the queue tries again
        leg = await asked(outside, FIRST)
        await confirm(caller, leg)
        await leg.hang_up()
        await caller.ended()
