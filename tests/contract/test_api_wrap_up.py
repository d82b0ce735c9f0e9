"""Wrap-up and the time allowed for not being ready, over HTTP."""

from pathlib import Path

import pytest

from acd.queues import QueueSettings
from tests.contract.fake_floor import FakeFloor, open_floor

pytestmark = pytest.mark.contract

AT = "/api/agents/1001"
CALL = "node1-1800000000.1"


def wraps_up(web: FakeFloor) -> None:
    """1001 has talked with a caller of the queue sales and hung up."""
    web.sign_in("1001")
    settings = QueueSettings(name="sales", skills={"sales": 1}, wrap_up_ms=30_000, wrap_up_most_ms=100_000)
    with web.floor.distributor.command() as (router, now_ms):
        router.define_queue(settings, now_ms=now_ms)
    with web.waits(CALL), web.floor.distributor.command() as (router, now_ms):
        router.answered(CALL, now_ms=now_ms)
        router.released(CALL, now_ms=now_ms)


async def test_a_wrap_up_is_made_longer_within_what_the_queue_allows_and_ended(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        wraps_up(web)
        now_ms = web.floor.distributor.clock.now_ms()
        _, agent = await web.get(AT)
        assert (agent["state"], agent["wrap_up_until_ms"]) == ("wrap_up", now_ms + 30_000)
        _, agent = await web.post(f"{AT}/extend-wrap-up", {"seconds": 10})
        assert agent["wrap_up_until_ms"] == now_ms + 40_000
        _, agent = await web.post(f"{AT}/extend-wrap-up")
        assert agent["wrap_up_until_ms"] == now_ms + 100_000
        status, answer = await web.post(f"{AT}/extend-wrap-up")
        assert (status, answer["error"]["id"]) == (409, "wrap-up-at-most")
        assert (await web.post(f"{AT}/extend-wrap-up", {"seconds": 0}))[0] == 422
        _, agent = await web.post(f"{AT}/end-wrap-up")
        assert (agent["state"], agent["wrap_up_until_ms"]) == ("ready", None)


@pytest.mark.parametrize("verb", ["end-wrap-up", "extend-wrap-up"])
async def test_who_is_in_no_wrap_up_has_none_to_change(tmp_path: Path, verb: str) -> None:
    async with open_floor(tmp_path) as web:
        web.sign_in("1001")
        status, answer = await web.post(f"{AT}/{verb}")
        assert (status, answer["error"]["id"]) == (409, "not-in-wrap-up")
        assert (await web.post(f"/api/agents/9/{verb}"))[0] == 404


async def test_an_agent_away_for_too_long_is_shown_and_counted_until_he_goes_on(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.sign_in("1001")
        web.floor.distributor.router.define_reasons(web.floor.centre.allowed_ms())
        now_ms = web.floor.distributor.clock.now_ms()
        _, agent = await web.post(f"{AT}/not-ready", {"reason": "personal"})
        assert (agent["overdue"], agent["allowed_until_ms"]) == (False, now_ms + 600_000)
        assert 'callcenter_agents_overdue{reason="personal"} 0.0' in await web.text("/metrics")
        async with await web.watch() as socket:
            await socket.receive_json()
            web.time.passes(seconds=600)
            with web.floor.distributor.command() as (router, later_ms):
                router.tick(now_ms=later_ms)
            assert (await socket.receive_json())["fact"] == "NotReadyExceeded"
            (row,) = (await socket.receive_json())["update"]["agents"]
            assert (row["number"], row["state"], row["overdue"]) == ("1001", "not_ready", True)
        assert 'callcenter_agents_overdue{reason="personal"} 1.0' in await web.text("/metrics")
        _, agent = await web.post(f"{AT}/ready")
        assert (agent["overdue"], agent["allowed_until_ms"]) == (False, None)
        assert 'callcenter_agents_overdue{reason="personal"} 0.0' in await web.text("/metrics")
