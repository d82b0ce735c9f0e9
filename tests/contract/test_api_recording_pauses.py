"""Recordings paused over HTTP, by agents in their own conversations and by programs in any."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from acd.facts import Fact, RecordingPaused, RecordingResumed
from cti.access import Role, new_token
from recording.identity import call_id
from tests.contract.fake_floor import BEARER, FakeFloor, open_floor

pytestmark = pytest.mark.contract

CALL = "node1-1.0"
PATH = f"/api/calls/{call_id(CALL)}/recording"


async def bears(web: FakeFloor, name: str, role: Role, agent: str = "") -> Mapping[str, str]:
    """The header of a token of that role."""
    token, given = new_token(name, role, agent=agent)
    await web.floor.access.tokens.add(given)
    return {"Authorization": f"Bearer {token}"}


def talks(web: FakeFloor, agent: str = "1001") -> list[Fact]:
    """The agent talks with the caller of CALL; what is told of the recording from now on."""
    told: list[Fact] = []
    web.floor.distributor.on_fact.append(
        lambda fact: told.append(fact) if isinstance(fact, RecordingPaused | RecordingResumed) else None
    )
    web.sign_in(agent)
    web.arrives(CALL)
    with web.floor.distributor.command() as (router, now_ms):
        router.enter(CALL, "sales", now_ms=now_ms)
        router.answered(CALL, now_ms=now_ms)
    return told


async def test_an_agent_pauses_his_own_call_with_who_and_why_in_the_journal(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        told = talks(web)
        own = await bears(web, "desk", Role.AGENT, "1001")
        status, answer = await web.post(f"{PATH}/pause", {"why": "card number"}, own)
        assert (status, answer["paused"], answer["by"], answer["why"]) == (200, True, "agent:1001", "card number")
        assert answer["until"] > answer["since"]
        assert await web.get(f"{PATH}/pause", own) == (200, answer)
        assert web.monitors.done == [("mark", CALL), ("pause", CALL)]
        status, answer = await web.post(f"{PATH}/resume", {"why": "done"}, own)
        assert (status, answer["paused"], answer["until"]) == (200, False, None)
        assert web.monitors.done[2:] == [("resume", CALL), ("unmark", CALL)]
        paused, resumed = told
        assert isinstance(paused, RecordingPaused)
        assert isinstance(resumed, RecordingResumed)
        assert (paused.linkedid, paused.by, paused.why) == (CALL, "agent:1001", "card number")
        assert (resumed.linkedid, resumed.by, resumed.why) == (CALL, "agent:1001", "done")


async def test_nobody_pauses_the_call_of_another_with_his_own_token(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        talks(web)
        for name, agent in (("other", "1002"), ("nobody", "")):
            header = await bears(web, name, Role.AGENT, agent)
            for verb in ("pause", "resume"):
                status, answer = await web.post(f"{PATH}/{verb}", {}, header)
                assert (status, answer["error"]["id"]) == (403, "not-your-call")
        status, answer = await web.post(f"{PATH}/pause", {}, await bears(web, "reader", Role.READER))
        assert (status, answer["error"]["id"]) == (403, "not-your-call")
        crm = await bears(web, "crm", Role.FLOOR)
        assert (await web.post(f"{PATH}/pause", {}, crm))[1]["by"] == "api:crm"
        assert (await web.post(f"{PATH}/pause", {}))[1]["by"] == "api:crm"  # it is paused already, by him
        assert (await web.post(f"{PATH}/resume", {}))[0] == 200


async def test_a_pause_is_refused_where_nobody_talks_or_asterisk_does_not_confirm_it(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        for verb in ("pause", "resume"):
            status, answer = await web.post(f"{PATH}/{verb}", {})
            assert (status, answer["error"]["id"]) == (404, "unknown-call")
        web.arrives(CALL)
        status, answer = await web.post(f"{PATH}/pause", {})
        assert (status, answer["error"]["id"]) == (409, "not-in-conversation")
        told = talks(web)
        status, answer = await web.post(f"{PATH}/resume", {})
        assert (status, answer["error"]["id"]) == (409, "recording-goes-on")
        web.monitors.obeys = False
        status, answer = await web.post(f"{PATH}/pause", {})
        assert (status, answer["error"]["id"]) == (503, "asterisk-unavailable")
        assert (await web.get(f"{PATH}/pause", BEARER))[1]["paused"] is False
        assert told == []
        status, answer = await web.post(f"{PATH}/pause", {"why": "x" * 201})
        assert (status, answer["error"]["id"]) == (422, "invalid-request")
