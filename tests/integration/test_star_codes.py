"""Agents at their phones: signing in and out and changing state by star codes, with number and PIN."""

import asyncio
import re
from typing import Any

import pytest

from cti.simulation.telephones import Call, Telephones
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import sees, staffed, talk
from tests.integration.test_path_offers import wrapped_up

pytestmark = pytest.mark.integration

NO_PIN = "9990"
"""Shorter than any PIN of the demonstration."""


def pin_of(floor: RunningCentre, agent: str) -> str:
    """The agent's PIN."""
    return next(account.pin for account in floor.credentials.agents if account.agent == agent)


async def dialled(phones: Telephones, phone: str, code: str) -> Call:
    """A call to a star code that has been answered."""
    call = phones[phone].dial(code)
    await call.answered()
    return call


async def told(phones: Telephones, phone: str, code: str, *keyed: str) -> None:
    """Dial a star code, key what is asked for each time the service speaks, and hear it out: it hangs up."""
    call = await dialled(phones, phone, code)
    for keys in keyed:
        assert call.audio
        await call.audio.hears_something()
        await call.press(keys)
    await call.ended()
    assert not call.ended_here


async def agent(floor: RunningCentre, number: str) -> dict[str, Any]:
    """The agent as the floor sees him."""
    shown: dict[str, Any] = await floor.get(f"/api/agents/{number}")
    return shown


async def test_an_agent_signs_in_changes_his_state_and_signs_out_at_his_phone(floor: RunningCentre) -> None:
    async with staffed(floor, audio=True) as phones:
        await told(phones, "1001", "*11", "1001#", f"{pin_of(floor, '1001')}#")
        signed_in = await floor.fact("AgentStateChanged", agent="1001", before="signed_out")
        assert (signed_in["cause"], signed_in["phone"]) == ("phone", "1001")
        await sees(floor, "1001", "ready")
        await told(phones, "1001", "*14", "2")
        await sees(floor, "1001", "not_ready", "meal")
        await told(phones, "1001", "*13")
        await sees(floor, "1001", "ready")
        await told(phones, "1001", "*141")  # the reason's key may be dialled at once
        await sees(floor, "1001", "not_ready", "break")
        await told(phones, "1001", "*147")  # nobody's reason
        await sees(floor, "1001", "not_ready", "break")
        await told(phones, "1001", "*12")
        await sees(floor, "1001", "signed_out")
        causes = {message["cause"] for message in floor.messages if message.get("fact") == "AgentStateChanged"}
        assert causes == {"phone"}
        assert (await floor.get("/api/calls"))["calls"] == []  # a word with the system is no call


async def test_an_agent_needs_longer_asks_for_his_state_and_goes_on_at_his_outside_number(floor: RunningCentre) -> None:
    async with staffed(floor, "1002", audio=True) as phones:
        caller = await phones.dial("4016", number="100")
        leg = await phones["1002"].next_call()
        await talk(caller, leg)
        await leg.hang_up()
        await sees(floor, "1002", "wrap_up")
        until_ms = (await agent(floor, "1002"))["wrap_up_until_ms"]
        await told(phones, "1002", "*16")
        extended = await floor.fact("WrapUpExtended", agent="1002")
        assert (extended["by_ms"], extended["until_ms"], extended["cause"]) == (60_000, until_ms + 60_000, "phone")
        await told(phones, "1002", "*18")
        await told(phones, "1002", "*15")
        await sees(floor, "1002", "ready")
        assert (await wrapped_up(floor, "100"))["agent"] == "1002"
        log = (await floor.get("/api/agents/1002/log"))["entries"]
        assert [(entry["after"], entry["cause"]) for entry in log] == [
            ("ready", "api"), ("ringing", "offer"), ("talking", "offer"), ("wrap_up", "call"), ("ready", "phone"),
        ]  # fmt: skip
        await told(phones, "1002", "*12")
        # From now on at his mobile, and dealt with at a colleague's phone by number and PIN.
        status, profile = await floor.ask("PATCH", "/api/agents/1002", json={"outside": "13800138000"})
        assert (status, profile["outside"]) == (200, "13800138000")
        assert (await floor.fact("AgentEdited", agent="1002"))["cause"] == "api"
        await told(phones, "1001", "*171002", f"{pin_of(floor, '1002')}#")
        await sees(floor, "1002", "ready")
        assert (await agent(floor, "1002"))["phone"] == "13800138000@outside"
        await told(phones, "1001", "*1431002", f"{pin_of(floor, '1002')}#")
        await sees(floor, "1002", "not_ready", "stretch")
        exceeded = await floor.fact("NotReadyExceeded", agent="1002", reason="stretch")
        went = await floor.fact("AgentStateChanged", reason="stretch")
        assert (exceeded["since_ms"], exceeded["allowed_ms"]) == (went["at_ms"], 1_200)
        assert (await agent(floor, "1002"))["overdue"] is True
        await told(phones, "1001", "*121002", f"{pin_of(floor, '1002')}#")
        await sees(floor, "1002", "signed_out")


async def test_an_agent_sits_at_any_phone_but_at_one_and_alone(floor: RunningCentre) -> None:
    async with staffed(floor, audio=True) as phones:
        await told(phones, "1003", "*111002", f"{pin_of(floor, '1002')}#")
        await sees(floor, "1002", "ready")
        assert (await agent(floor, "1002"))["phone"] == "1003"
        # He is signed in already, and somebody sits here already: nothing changes.
        await asyncio.gather(
            told(phones, "1004", "*111002", f"{pin_of(floor, '1002')}#"),
            told(phones, "1003", "*111001", f"{pin_of(floor, '1001')}#"),
            told(phones, "1001", "*12"),  # and where nobody sits, nobody changes his state
        )
        assert (await agent(floor, "1002"))["phone"] == "1003"
        assert (await agent(floor, "1001"))["state"] == "signed_out"
        await phones.dial("4001", number="100")
        leg = await phones["1003"].next_call()
        await leg.answer()
        await sees(floor, "1002", "talking")
        assert not [call for call in phones["1002"].calls if call.incoming]
        await leg.hang_up()
        record = await floor.record("100", recorded=False)
        (offer,) = record["offers"]
        assert (offer["agent"], offer["outcome"]) == ("1002", "answered")
        assert [leg["agent"] for leg in record["legs"] if leg["kind"] == "agent"] == ["1002"]


async def test_three_wrong_pins_lock_a_sign_in_even_for_the_right_one_and_fewer_are_forgiven(
    floor: RunningCentre,
) -> None:
    async with staffed(floor, audio=True) as phones:
        await asyncio.gather(
            told(phones, "1001", "*111001", f"{NO_PIN}#", f"{NO_PIN}#", f"{NO_PIN}#"),
            told(phones, "1002", "*111002", f"{NO_PIN}#", f"{NO_PIN}#", f"{pin_of(floor, '1002')}#"),
        )
        await told(phones, "1004", "*111001")  # locked before he can key it, at whatever phone
        assert (await agent(floor, "1001"))["state"] == "signed_out"
        await sees(floor, "1002", "ready")
        log = floor.log.read_text("utf-8")
        assert log.count('"wrong-pin", "agent": "1001"') == 3
        assert log.count('"sign-in-locked", "agent": "1001"') == 1
        events = "\n".join(line for line in log.splitlines() if line.startswith("{"))  # not the banner's secrets
        assert not re.search(rf"(?<!\d){NO_PIN}(?!\d)", re.sub(r'"(timestamp|pid|port)": [^,}]+', "", events))


async def test_an_agent_who_hangs_up_before_his_pin_is_not_signed_in(floor: RunningCentre) -> None:
    async with staffed(floor, audio=True) as phones:
        call = await dialled(phones, "1001", "*11")
        await call.press("1001#")
        await call.hang_up()
        await asyncio.gather(*(told(phones, phone, "*13") for phone in ("1002", "1003")))
        assert all(one["state"] == "signed_out" for one in (await floor.get("/api/agents"))["agents"])
