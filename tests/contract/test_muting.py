"""Agents muted towards their callers: what Asterisk is asked, what is told, who may."""

import asyncio
from pathlib import Path

import pytest

from acd.errors import NotInConversation
from acd.facts import CallMuted, CallUnmuted, Fact
from cti.access import Role
from cti.muting import Muting
from recording.identity import call_id
from tests.contract.ami_owner import linked
from tests.contract.fake_floor import open_floor
from tests.contract.test_api_conferences import CALL
from tests.contract.test_api_recording_pauses import bears, talks
from tests.unit.running_floor import distributor, enter

pytestmark = pytest.mark.contract

LINE = "PJSIP/1001-1"


async def test_asterisk_mutes_the_agents_channel_and_each_change_is_told() -> None:
    floor = distributor("1001")
    told: list[Fact] = []
    floor.on_fact.append(lambda fact: told.append(fact) if isinstance(fact, CallMuted | CallUnmuted) else None)
    async with linked() as (client, peer):
        muting = Muting(client, floor, lambda linkedid, phone: LINE if (linkedid, phone) == (CALL, "1001") else "")
        with pytest.raises(NotInConversation):
            await muting(CALL, muted=True, by="api:crm")
        enter(floor, CALL)
        with floor.command() as (router, now_ms):
            router.answered(CALL, now_ms=now_ms)
        for muted, state in ((True, "on"), (False, "off")):
            done = asyncio.create_task(muting(CALL, muted=muted, by="agent:1001"))
            action = await peer.received("MuteAudio")
            asked = (action.get("Channel"), action.get("Direction"), action.get("State"))
            assert asked == (LINE, "in", state)
            peer.answer(action)
            await done
        refused = asyncio.create_task(muting(CALL, muted=True, by="agent:1001"))
        peer.answer(await peer.received("MuteAudio"), "Message: No such channel", response="Error")
        with pytest.raises(NotInConversation):
            await refused
        assert [(type(fact), fact.agent, fact.by) for fact in told] == [  # type: ignore[attr-defined]  # both have them
            (CallMuted, "1001", "agent:1001"),
            (CallUnmuted, "1001", "agent:1001"),
        ]
        floor.close()


async def test_an_agent_mutes_himself_and_nobody_else(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        path = f"/api/calls/{call_id(CALL)}"
        assert (await web.post(f"{path}/mute"))[1]["error"]["id"] == "unknown-call"
        talks(web)
        own, other = await bears(web, "desk", Role.AGENT, "1001"), await bears(web, "other", Role.AGENT, "1002")
        for verb in ("mute", "unmute"):
            assert (await web.post(f"{path}/{verb}", {}, other))[1]["error"]["id"] == "not-your-call"
            assert (await web.post(f"{path}/{verb}", {}, own))[1]["error"][
                "id"
            ] == "asterisk-unavailable"  # it was asked
