"""Who is told of quality: agents of their evaluations, reviewers of work, team leaders of appeals; nobody of scores."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse

from acd.facts import EvaluationReleased
from cti.access import Permission, Role
from cti.user_events import user_event
from tests.contract.command_line import callcenter, reach
from tests.contract.fake_floor import FakeFloor
from tests.contract.test_api_quality import drawing_all, judgement, recorded_call, token

pytestmark = pytest.mark.contract

CALL = "node1-1800000000.1"
OWN = "/api/own/live"


class Watching:
    """One who watches what is his own. He reads all the time: who does not is given up by the heartbeat."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._told = asyncio.Queue[Any]()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            self._told.put_nowait(message.json())

    async def next(self) -> Any:
        return await self._told.get()


async def watching(web: FakeFloor, headers: dict[str, str], path: str = OWN) -> tuple[Watching, Any]:
    """He, and his snapshot."""
    one = Watching(await web.client.ws_connect(path, headers=headers))
    return one, (await one.next())["snapshot"]


async def test_an_agent_is_told_of_his_release_and_of_the_decision_and_nobody_else_is(tmp_path: Path) -> None:
    facts: list[Any] = []
    async with recorded_call(tmp_path) as (web, record):
        web.floor.distributor.on_fact.append(facts.append)
        anna = await token(web, "anna", Role.READER, may=[Permission.REVIEW])
        leader = await token(web, "leader", Role.FLOOR)
        reader = await token(web, "reader", Role.READER)
        himself = await token(web, "li", Role.AGENT, agent=str(record.agent))
        other = await token(web, "other", Role.AGENT, agent="1002")
        _, drawn = await web.post("/api/quality/evaluations", {"call": record.id, "everybody": True}, anna)
        path, own = f"/api/quality/evaluations/{drawn['id']}", f"/api/quality/own/{drawn['id']}"
        he, his = await watching(web, himself)
        chief, hers = await watching(web, leader)
        stranger, _ = await watching(web, other)
        floor, _ = await watching(web, reader, "/api/live")
        assert (his, hers["appeals"]) == ({"evaluations": [], "work": None, "appeals": None}, 0)
        await web.post(f"{path}/claim", {"revision": 0}, anna)
        await web.post(f"{path}/score", {"revision": 1, "judgement": judgement()}, anna)
        await web.post(f"{path}/release", {"revision": 2}, anna)
        released = await he.next()
        assert (released["fact"], released["agent"], released["evaluation"]) == (
            "EvaluationReleased", record.agent, drawn["id"],
        )  # fmt: skip
        _, waiting = await watching(web, himself)
        assert [(one["id"], one["phase"]) for one in waiting["evaluations"]] == [(drawn["id"], "released")]
        await web.post(f"{own}/appeal", {"revision": 3, "note": "I did greet"}, himself)
        assert (await chief.next())["fact"] == "EvaluationAppealed"
        assert (await watching(web, leader))[1]["appeals"] == 1
        await web.post(f"{path}/decide", {"revision": 4, "note": "no", "ruling": "upheld"}, leader)
        assert (await he.next())["fact"] == "AppealDecided"
        _, after = await watching(web, himself)
        assert [(one["phase"], one["due_at"]) for one in after["evaluations"]] == [("decided", None)]
        told = [user_event(one) for one in facts if type(one).__module__ == "acd.quality_facts"]
        assert [one["UserEvent"] for one in told] == [
            *("CallcenterReviewWorkGiven", "CallcenterEvaluationReleased"),
            *("CallcenterEvaluationAppealed", "CallcenterAppealDecided"),
        ]
        assert not any("score" in key.lower() or "ruling" in key.lower() for one in told for key in one)
        # the first that others hear is what came after all of it
        web.floor.distributor.state(EvaluationReleased(at_ms=1, agent="1002", evaluation="his"))
        assert (await stranger.next())["evaluation"] == "his"
        web.arrives(CALL)
        assert (await floor.next())["fact"] == "CallArrived"


async def test_reviewers_are_told_of_work_that_a_draw_or_an_administrator_gave_them(tmp_path: Path) -> None:
    async with recorded_call(tmp_path, drawing_all(tmp_path)) as (web, record):
        anna = await token(web, "anna", Role.READER, may=[Permission.REVIEW])
        she, hers = await watching(web, anna)
        assert hers["work"] == {"open": 0, "late": 0, "free": 0}
        await web.move_to_now(record)
        _, done = await web.post("/api/quality/draws", {})
        assert done["picked"] == 1
        told = await she.next()
        assert (told["fact"], told["reviewer"], told["evaluations"]) == ("ReviewWorkGiven", "anna", 1)
        _, after = await watching(web, anna)
        assert after["work"] == {"open": 1, "late": 0, "free": 0}
        boris = await token(web, "boris", Role.READER, may=[Permission.REVIEW])
        he, _ = await watching(web, boris)
        _, given = await web.post("/api/quality/reviewers/anna/reassign", {"why": "ill"})
        (one,) = given["evaluations"]
        assert (await he.next())["reviewer"] == "boris"
        assert one["reviewer"]["name"] == "boris"
        assert await web.post("/api/quality/told", {}) == (200, {"facts": 0}), "all is told"


async def test_what_a_command_does_is_told_by_the_service_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with recorded_call(tmp_path / "state") as (web, record):
        reach(web, tmp_path / "state", monkeypatch)
        monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path / "state"))
        monkeypatch.setenv("CALLCENTER_DATABASE", web.floor.store.engine.url.render_as_string(hide_password=False))
        anna = await token(web, "anna", Role.READER, may=[Permission.REVIEW])
        himself = await token(web, "li", Role.AGENT, agent=str(record.agent))
        _, drawn = await web.post("/api/quality/evaluations", {"call": record.id}, anna)
        path = f"/api/quality/evaluations/{drawn['id']}"
        await web.post(f"{path}/claim", {"revision": 0}, anna)
        await web.post(f"{path}/score", {"revision": 1, "judgement": judgement()}, anna)
        he, _ = await watching(web, himself)
        assert await callcenter("quality", "release", drawn["id"], "--by", "anna") == 0
        assert (await he.next())["evaluation"] == drawn["id"]
