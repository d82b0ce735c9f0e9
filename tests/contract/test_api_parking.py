"""Callers parked and fetched over HTTP: who may, and what is refused."""

from pathlib import Path

import pytest

from cti.access import Role
from recording.identity import call_id
from tests.contract.fake_floor import FakeFloor, open_floor
from tests.contract.test_api_recording_pauses import bears, talks

pytestmark = pytest.mark.contract

CALL = "node1-1.0"
PATH = f"/api/calls/{call_id(CALL)}"


def parked(web: FakeFloor) -> None:
    """The caller of CALL is at space 701, by the word of 1001."""
    web.arrives(CALL)
    with web.floor.distributor.command() as (router, now_ms):
        router.parking.define(("701",))
        router.parking.park(CALL, agent="1001", queue="sales", until_ms=now_ms + 60_000, now_ms=now_ms)


async def test_an_agent_parks_his_own_caller_and_the_floor_any(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        assert (await web.post(f"{PATH}/park", {}))[1]["error"]["id"] == "unknown-call"
        talks(web)
        for name, agent in (("other", "1002"), ("nobody", "")):
            status, answer = await web.post(f"{PATH}/park", {}, await bears(web, name, Role.AGENT, agent))
            assert (status, answer["error"]["id"]) == (403, "not-your-call")
        own = await bears(web, "desk", Role.AGENT, "1001")
        for header in (own, await bears(web, "crm", Role.FLOOR)):
            status, answer = await web.post(f"{PATH}/park", {"space": "701"}, header)
            assert (status, answer["error"]["id"]) == (503, "asterisk-unavailable")  # it was asked
        assert (await web.post(f"{PATH}/park", {"space": "x"}, own))[0] == 422


async def test_an_agent_fetches_for_himself_and_the_floor_for_anybody(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        parked(web)
        for agent in ("1001", "1002"):
            web.sign_in(agent)
        own = await bears(web, "desk", Role.AGENT, "1001")
        assert (await web.post(f"{PATH}/fetch", {"agent": "1002"}, own))[1]["error"]["id"] == "not-your-call"
        status, call = await web.post(f"{PATH}/fetch", {"agent": "1001"}, own)
        assert (status, call["space"], call["parked_by"]) == (200, "701", "1001")
        assert web.floor.distributor.router.roster.agent("1001").state == "ringing"
        status, answer = await web.post(f"{PATH}/fetch", {"agent": "1002"})
        assert (status, answer["error"]["id"]) == (409, "not-parked")  # he is being fetched
