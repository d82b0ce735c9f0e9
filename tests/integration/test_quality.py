"""A call that was really made is judged: from the draw to the agent's appeal, its decision and figure 12."""

from typing import Any

import pytest

from cti.access import Permission, Role, new_token
from recording.access import AccessTokens
from recording.store import Store
from tests.contract.test_api_quality import judgement
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import conversation, staffed

pytestmark = pytest.mark.integration

Headers = dict[str, str]


async def tokens(floor: RunningCentre) -> tuple[Headers, Headers, Headers]:
    """Of a reviewer who may listen, of the agent, and of a team leader."""
    store = Store(floor.settings.database_url)
    headers = []
    for name, role, agent, may in (
        ("anna", Role.READER, "", [Permission.REVIEW, Permission.LISTEN]),
        ("agent", Role.AGENT, "1002", []),
        ("leader", Role.FLOOR, "", []),
    ):
        token, given = new_token(name, role, agent=agent, permissions=may)
        await AccessTokens(store).add(given)
        headers.append({"Authorization": f"Bearer {token}"})
    await store.close()
    anna, agent_himself, leader = headers
    return anna, agent_himself, leader


async def test_a_recorded_call_is_drawn_heard_judged_appealed_and_counted(floor: RunningCentre) -> None:
    async with staffed(floor, "1002", audio=True) as phones:
        caller, leg = await conversation(phones, "4001", "1002", number="13800138000")
        assert caller.audio
        assert leg.audio
        await caller.audio.hears(leg.audio.tone_hz)
        await leg.hang_up()
        await caller.ended()
        record = await floor.record("13800138000")
    anna, agent, leader = await tokens(floor)

    async def ok(who: Headers, method: str, path: str, **body: object) -> Any:
        status, answer = await floor.ask(method, f"/api/quality/{path}", headers=who, json=body or None)
        assert status == 200, answer
        return answer

    draw = await floor.post("/api/quality/draws")
    assert (draw["candidates"], draw["picked"]) == (1, 1)
    (mine,) = (await ok(anna, "GET", "work"))["evaluations"]
    assert (mine["call"], mine["agent"], mine["queue"], mine["rule"] != "") == (record["id"], "1002", "sales", True)
    steps = f"evaluations/{mine['id']}"
    await ok(anna, "POST", f"{steps}/claim", revision=0)

    sound = f"/api/calls/{record['id']}/recording?format=wav"
    assert (await floor.ask("GET", sound, headers=leader))[1]["error"]["id"] == "permission-missing"
    length_ms = record["recordings"][0]["duration_ms"]
    assert len(await floor.audio(record["id"], headers=anna)) > 8 * 2 * 2 * length_ms  # WAV: 8 kHz, two sides, 16 bits
    late = {**judgement(), "time_marks": [{"at_ms": length_ms + 1, "comment": "after the end"}]}
    refused = {"revision": 1, "judgement": late}
    status, answer = await floor.ask("POST", f"/api/quality/{steps}/score", headers=anna, json=refused)
    assert (status, answer["error"]["id"]) == (422, "judgement-unfit")
    marked = {
        **judgement(greeting=0),
        "time_marks": [{"at_ms": length_ms // 2, "item": "greeting", "comment": "no greeting"}],
    }
    await ok(anna, "POST", f"{steps}/score", revision=1, judgement=marked)
    await ok(anna, "POST", f"{steps}/release", revision=2)
    assert (await floor.get("/api/quality/scores?agent=1002"))["rows"][0]["mean"] == "90.11"

    (own,) = (await ok(agent, "GET", "own"))["evaluations"]
    assert own["judgement"]["time_marks"][0]["comment"] == "no greeting"
    await ok(agent, "POST", f"own/{own['id']}/appeal", revision=3, note="I did greet.")
    decided = {"revision": 4, "ruling": "changed", "judgement": judgement(), "note": "He did, before the tone."}
    done = await ok(leader, "POST", f"{steps}/decide", **decided)
    assert (done["first_score"], done["score"]) == ("90.11", "96.85")
    (figure,) = (await floor.get("/api/quality/scores?agent=1002"))["rows"]
    assert (figure["drawn"], figure["released"], figure["mean"]) == (1, 1, "96.85")
    assert (await floor.get("/api/quality/bulletin"))["decided"] == 1
