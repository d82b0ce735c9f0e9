"""Agents and queues over HTTP."""

from dataclasses import replace
from pathlib import Path

import pytest

from cti.outside_file import Outside
from recording.store import Agent
from tests.contract.fake_floor import PEOPLE, FakeFloor, open_floor

pytestmark = pytest.mark.contract


async def refused(web: FakeFloor, path: str, body: object = None) -> tuple[int, str, str | None]:
    status, answer = await web.post(path, body)
    return status, answer["error"]["id"], answer["error"].get("field")


async def test_agents_are_listed_by_number(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        status, answer = await web.get("/api/agents")
        assert status == 200
        assert [agent["number"] for agent in answer["agents"]] == ["1001", "1002", "1003"]
        assert answer["agents"][0] == {
            "number": "1001",
            "name": "Li Na",
            "phone": "",
            "state": "signed_out",
            "status": "signed_out",
            "activity": "idle",
            "reason": "",
            "since_ms": None,
            "skills": {"sales": 8, "support": 5},
            "attributes": {},
            "overdue": False,
            "allowed_until_ms": None,
            "wrap_up_until_ms": None,
            "call": "",
            "owes": [],
        }


async def test_an_agent_signs_in_at_his_own_phone_and_is_ready(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.phone_registers("2003")
        status, agent = await web.post("/api/agents/1003/sign-in")
        assert (status, agent["phone"], agent["state"]) == (200, "2003", "ready")
        assert agent["since_ms"] == web.floor.distributor.clock.now_ms()


async def test_an_agent_signs_in_at_another_phone_and_not_ready(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.phone_registers("1009")
        _, agent = await web.post("/api/agents/1001/sign-in", {"phone": "1009", "ready": False})
        assert (agent["phone"], agent["state"], agent["reason"]) == ("1009", "not_ready", "signed_in")


async def test_an_agent_whose_phone_is_not_registered_is_unreachable(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        _, agent = await web.post("/api/agents/1001/sign-in")
        assert (agent["state"], agent["status"]) == ("unreachable", "ready")


async def test_an_agent_takes_a_break_and_comes_back_and_goes(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.sign_in("1001")
        _, agent = await web.post("/api/agents/1001/not-ready", {"reason": "meal"})
        assert (agent["state"], agent["reason"]) == ("not_ready", "meal")
        _, agent = await web.post("/api/agents/1001/ready")
        assert agent["state"] == "ready"
        _, agent = await web.post("/api/agents/1001/sign-out")
        assert (agent["state"], agent["phone"]) == ("signed_out", "")
        assert (await web.get("/api/agents/1001"))[1] == agent


async def test_one_agent_has_one_session_and_one_phone_one_agent(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.sign_in("1001")
        assert await refused(web, "/api/agents/1001/sign-in") == (409, "already-signed-in", None)
        assert await refused(web, "/api/agents/1002/sign-in", {"phone": "1001"}) == (409, "phone-taken", None)


def with_a_line_outside(web: FakeFloor, line: str = "mobilenet") -> FakeFloor:
    """The centre has a carrier over which agents outside are called; none where the line is empty."""
    outside = Outside(line=line) if line else None
    web.floor.administration.centre = replace(web.floor.centre, outside=outside)
    return web


async def test_an_agent_signs_in_at_the_outside_number_stored_with_him_or_given_by_a_supervisor(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        at = "/api/agents/1001/sign-in"
        with_a_line_outside(web, "")
        assert await refused(web, at, {"outside": True}) == (409, "no-outside-line", None)
        with_a_line_outside(web)
        assert await refused(web, at, {"outside": True}) == (409, "no-outside-number", None)
        _, agent = await web.post(at, {"outside": True, "number": "+8613800138000"})
        assert (agent["phone"], agent["state"]) == ("+8613800138000@outside", "ready")
        assert await refused(web, at, {"outside": True, "number": "138"}) == (409, "already-signed-in", None)
        taken = {"outside": True, "number": "+8613800138000"}
        assert await refused(web, "/api/agents/1002/sign-in", taken) == (409, "phone-taken", None)
        await web.floor.store.save_agents([replace(PEOPLE[1], outside="13900139000")])
        _, agent = await web.post("/api/agents/1002/sign-in", {"outside": True, "ready": False})
        assert (agent["phone"], agent["state"]) == ("13900139000@outside", "not_ready")


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("4000", "number-of-ours"),
        ("PJSIP/1&x", "number-refused"),
        ("1380@line", "number-refused"),
        ("*1", "number-refused"),
    ],
)
async def test_nothing_but_an_outside_number_of_figures_is_ever_called(tmp_path: Path, number: str, why: str) -> None:
    async with open_floor(tmp_path) as web:
        with_a_line_outside(web)
        given = {"outside": True, "number": number}
        assert await refused(web, "/api/agents/1001/sign-in", given) == (422, why, None)


@pytest.mark.parametrize("verb", ["sign-out", "ready"])
async def test_who_is_not_signed_in_cannot_change_his_state(tmp_path: Path, verb: str) -> None:
    async with open_floor(tmp_path) as web:
        assert await refused(web, f"/api/agents/1001/{verb}") == (409, "not-signed-in", None)


@pytest.mark.parametrize("verb", ["sign-in", "sign-out", "ready"])
async def test_an_unknown_agent_is_not_found(tmp_path: Path, verb: str) -> None:
    async with open_floor(tmp_path) as web:
        assert await refused(web, f"/api/agents/9/{verb}") == (404, "unknown-agent", None)
        assert (await web.get("/api/agents/9"))[0] == 404


async def test_a_body_that_does_not_fit_is_refused_with_its_field(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.sign_in("1002")
        at = "/api/agents/1002"
        assert await refused(web, f"{at}/sign-in", {"phone": "PJSIP/x,1"}) == (422, "invalid-request", "phone")
        assert await refused(web, f"{at}/sign-in", {"ready": "perhaps"}) == (422, "invalid-request", "ready")
        assert await refused(web, f"{at}/sign-in", {"fone": "1"}) == (422, "invalid-request", "fone")
        assert await refused(web, f"{at}/not-ready") == (422, "invalid-request", "reason")
        assert await refused(web, f"{at}/not-ready", {"reason": "nap"}) == (422, "invalid-request", "reason")


async def test_an_agent_added_while_the_service_runs_can_sign_in(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        await web.floor.store.save_agents([Agent(number="1010", name="Ma Li", phone="", pin_hash="")])
        assert await refused(web, "/api/agents/1010/sign-in") == (422, "invalid-request", "phone")
        assert (await web.post("/api/agents/1010/sign-in", {"phone": "1001"}))[0] == 200


async def test_agents_sign_in_while_the_database_is_away(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.floor.people._store = Unreachable()  # type: ignore[assignment]
        assert (await web.post("/api/agents/1001/sign-in"))[0] == 200


class Unreachable:
    """A database that does not answer."""

    async def agents(self) -> list[Agent]:
        raise ConnectionRefusedError


async def test_a_queue_shows_who_waits_and_who_could_answer(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.sign_in("1003")
        web.phone_registers("1002")
        await web.post("/api/agents/1002/sign-in", {"ready": False})
        with web.waits("node1-1.1"):
            web.time.passes(seconds=5)
            _, queue = await web.get("/api/queues/sales")
            assert (queue["waiting"], queue["longest_wait_ms"], queue["entered"]) == (1, 5000, 1)
            assert (queue["agents_signed_in"], queue["agents_free"]) == (1, 0)
        _, answer = await web.get("/api/queues")
        assert [queue["name"] for queue in answer["queues"]] == ["sales", "support"]
        sales, support = answer["queues"]
        assert (sales["waiting"], sales["waiting_since_ms"], sales["left"]["abandoned"]) == (0, None, 1)
        assert (support["agents_signed_in"], support["agents_free"]) == (1, 1)


async def test_an_unknown_queue_is_not_found(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        status, answer = await web.get("/api/queues/sails")
        assert (status, answer["error"]["id"]) == (404, "unknown-queue")


async def test_the_centre_says_what_an_agent_may_choose(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        _, centre = await web.get("/api/centre")
        assert centre["time_zone"] == "Asia/Shanghai"
        assert centre["reasons"]["meal"]["minutes"] == 45
        assert set(centre["skills"]) == {"sales", "support"}
