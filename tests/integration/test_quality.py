"""A call that was really made is judged: from the draw to the agent's appeal, its decision and figure 12."""

from typing import Any
from urllib.parse import urlencode

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
    """Two calls: the agent appeals against the judgement of one, and takes note of that of the other."""
    records = []
    async with staffed(floor, "1002", audio=True) as phones:
        for number in ("13800138000", "13800138001"):
            caller, leg = await conversation(phones, "4001", "1002", number=number)
            assert caller.audio
            assert leg.audio
            await caller.audio.hears(leg.audio.tone_hz)
            await leg.hang_up()
            await caller.ended()
            records.append(await floor.record(number))
    record, other = records
    anna, agent, leader = await tokens(floor)

    async def ok(who: Headers, method: str, path: str, **body: object) -> Any:
        status, answer = await floor.ask(method, f"/api/quality/{path}", headers=who, json=body or None)
        assert status == 200, answer
        return answer

    draw = await floor.post("/api/quality/draws")
    assert (draw["candidates"], draw["picked"], draw["set_aside"]) == (2, 2, 0)
    work = {one["call"]: one for one in (await ok(anna, "GET", "work"))["evaluations"]}
    assert work.keys() == {record["id"], other["id"]}
    mine = work[record["id"]]
    assert (mine["agent"], mine["queue"], mine["rule"]) == ("1002", "sales", "everybody")
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
    second = work[other["id"]]["id"]
    await ok(anna, "POST", f"evaluations/{second}/claim", revision=0)
    await ok(anna, "POST", f"evaluations/{second}/score", revision=1, judgement=judgement())

    (own,) = (await ok(agent, "GET", "own"))["evaluations"]
    (mark,) = own["judgement"]["time_marks"]
    assert mark["comment"] == "no greeting"
    peaks = await ok(agent, "GET", f"own/{own['id']}/recordings/{mark['recording']}/peaks")
    assert 0 < mark["at_ms"] < peaks["duration_ms"], "he hears what is meant"
    assert await floor.hears_own(own["id"], mark["recording"], agent) == await floor.audio(record["id"], headers=anna)
    heard = (await floor.get("/api/recordings/listenings"))["listenings"]
    assert [one["who"] for one in heard if one["call"] == record["id"]].count("agent") == 1
    assert (await floor.ask("GET", f"/api/quality/own/{second}/recordings/1", headers=agent))[0] == 404
    await ok(anna, "POST", f"evaluations/{second}/release", revision=2)
    assert (await ok(agent, "POST", f"own/{second}/acknowledge", revision=3))["phase"] == "acknowledged"
    await ok(agent, "POST", f"own/{own['id']}/appeal", revision=3, note="I did greet.")
    decided = {"revision": 4, "ruling": "changed", "judgement": judgement(), "note": "He did, before the tone."}
    done = await ok(leader, "POST", f"{steps}/decide", **decided)
    assert (done["first_score"], done["score"]) == ("90.11", "96.85")
    (row,) = (await floor.get("/api/quality/scores?agent=1002"))["rows"]
    assert [row[key] for key in ("drawn", "released", "mean", "mean_before_appeals")] == [2, 2, "96.85", "93.48"]
    bulletin = await floor.get("/api/quality/bulletin?queue=sales")
    assert (bulletin["released"], bulletin["acknowledged"], bulletin["decided"]) == (2, 1, 1)

    report = await floor.get("/api/reports/month?at=now&keys=monitoring_score")
    (figure,) = [one for section in report["sections"] if section["key"] == "figures" for one in section["numbers"]]
    assert (figure["key"], figure["value"], figure["sample"]) == ("monitoring_score", 96.85, 2)
    behind = await floor.get(f"/api/quality/counted?{urlencode(figure['evaluations'])}")
    assert {one["evaluation"] for one in behind["scores"]} == {own["id"], second}
