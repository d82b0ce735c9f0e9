"""What agents are, changed over HTTP, and the log of what they did, read back."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from acd.facts import AgentEdited, AgentStateChanged, Fact, to_json
from acd.states import AgentState, Status
from recording.agent_log import StateEntry, in_order
from recording.entries import Batch, Position, Source, entry
from tests.contract.fake_floor import BEARER, FakeFloor, open_floor

pytestmark = pytest.mark.contract


async def edited(web: FakeFloor, body: object, **headers: str) -> tuple[int, Any]:
    return await web.patch("/api/agents/1002", body, {**BEARER, **headers})


async def test_a_skill_given_to_an_agent_brings_him_a_call_that_waits(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        facts: list[Fact] = []
        web.floor.distributor.on_fact.append(facts.append)
        web.sign_in("1002")
        with web.waits("node1-1.1", "support") as place:
            assert place.empty
            status, profile = await edited(web, {"skills": {"support": 3}}, **{"Callcenter-Cause": "wallboard:anna"})
            assert (status, profile["skills"]) == (200, {"sales": 6, "support": 3})
            assert not place.empty
        (edit,) = (fact for fact in facts if isinstance(fact, AgentEdited))
        assert (edit.agent, edit.skills, edit.cause) == ("1002", {"sales": 6, "support": 3}, "wallboard:anna")
        assert {agent.number: agent.skills for agent in await web.floor.store.agents()}["1002"] == edit.skills


async def test_what_is_left_out_stays_and_what_is_emptied_goes(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        await edited(web, {"attributes": {"language": "en", "team": "night"}, "outside": "13800138000", "phone": ""})
        await edited(web, {"skills": {"sales": 0}, "attributes": {"team": ""}, "name": "Wang Wei 伟"})
        _, profile = await web.get("/api/agents/1002/profile")
        assert profile == {
            "number": "1002",
            "name": "Wang Wei 伟",
            "phone": "",
            "outside": "13800138000",
            "skills": {},
            "attributes": {"language": "en"},
        }
        _, agent = await web.get("/api/agents/1002")
        assert (agent["name"], agent["skills"], agent["attributes"]) == ("Wang Wei 伟", {}, {"language": "en"})


@pytest.mark.parametrize(
    ("body", "error", "field"),
    [
        ({"skills": {"sails": 3}}, "invalid-request", "skills"),
        ({"skills": {"sales": 11}}, "invalid-request", "skills.sales"),
        ({"attributes": {"mood": "good"}}, "invalid-request", "attributes"),
        ({"attributes": {"team": "a\nb"}}, "invalid-request", "attributes.team"),
        ({"outside": "1380 013"}, "number-refused", None),
        ({"phone": "PJSIP/1"}, "invalid-request", "phone"),
        ({"pin": "1234"}, "invalid-request", "pin"),
    ],
)
async def test_what_the_centre_does_not_know_is_refused(tmp_path: Path, body: object, error: str, field: str) -> None:
    async with open_floor(tmp_path) as web:
        status, answer = await edited(web, body)
        assert (status, answer["error"]["id"], answer["error"].get("field")) == (422, error, field)


async def test_nobody_is_no_agent(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        assert (await web.patch("/api/agents/9", {}))[0] == 404
        assert (await web.get("/api/agents/9/profile"))[0] == 404
        assert (await web.get("/api/agents/9/log"))[0] == 404


@pytest.mark.parametrize("cause", ["phone", "system", "api:", "api:a b", "command:root\u00e9", "x" * 99])
async def test_a_program_cannot_pretend_to_be_the_system_or_a_phone(tmp_path: Path, cause: str) -> None:
    async with open_floor(tmp_path) as web:
        status, answer = await edited(web, {}, **{"Callcenter-Cause": cause})
        assert (status, answer["error"]["field"]) == (422, "Callcenter-Cause")


async def test_who_asks_for_a_change_of_state_stands_in_the_log(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        facts: list[Fact] = []
        web.floor.distributor.on_fact.append(facts.append)
        web.phone_registers("1001")
        await web.post("/api/agents/1001/sign-in", headers={**BEARER, "Callcenter-Cause": "desktop:1001"})
        await web.post("/api/agents/1001/not-ready", {"reason": "meal"})
        await web.post("/api/agents/1001/ready", headers={**BEARER, "Callcenter-Cause": "command:root"})
        changes = [fact for fact in facts if isinstance(fact, AgentStateChanged)]
        assert [change.cause for change in changes] == ["desktop:1001", "api", "command:root"]


def changed(at_ms: int, before: AgentState, after: AgentState, cause: str = "api") -> AgentStateChanged:
    return AgentStateChanged(
        at_ms=at_ms, agent="1001", phone="1001", before=before, after=after, status=Status.READY, reason="", cause=cause
    )


async def test_the_log_of_a_day_is_the_centres_day_in_the_order_in_which_things_happened(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        # 2027-01-15 08:00 UTC; the centre is in Shanghai, eight hours ahead: its day began at 16:00 UTC.
        assert web.floor.distributor.clock.now_ms() == 1_800_000_000_000
        began_ms = 1_799_942_400_000
        day = [
            changed(began_ms - 1, AgentState.NOT_READY, AgentState.SIGNED_OUT),
            changed(began_ms, AgentState.SIGNED_OUT, AgentState.READY, "phone"),
            *(
                changed(began_ms + 60_000, before, after, cause)
                for before, after, cause in (
                    (AgentState.READY, AgentState.RINGING, "offer"),
                    (AgentState.RINGING, AgentState.TALKING, "offer"),
                    (AgentState.TALKING, AgentState.WRAP_UP, "call"),
                    (AgentState.WRAP_UP, AgentState.READY, "system"),
                )
            ),
        ]
        entries = [entry(Source.JOURNAL, line(fact)) for fact in day]
        batch = Batch(source=Source.JOURNAL, entries=entries, rejected=(), position=Position())
        await web.floor.store.ingest(batch)
        _, log = await web.get("/api/agents/1001/log")
        assert [one["after"] for one in log["entries"]] == ["ready", "ringing", "talking", "wrap_up", "ready"]
        assert [one["cause"] for one in log["entries"]] == ["phone", "offer", "offer", "call", "system"]
        _, log = await web.get("/api/agents/1001/log?day=2027-01-14")
        assert [one["after"] for one in log["entries"]] == ["signed_out"]
        assert (await web.get("/api/agents/1001/log?day=yesterday"))[0] == 422


def line(fact: Fact) -> str:
    return json.dumps(to_json(fact))


def test_a_log_that_does_not_hang_together_is_told_all_the_same() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    parts = {"at": at, "phone": "", "status": Status.READY, "reason": "", "cause": "api", "linkedid": ""}
    first = StateEntry(before=AgentState.TALKING, after=AgentState.WRAP_UP, **parts)
    second = StateEntry(before=AgentState.READY, after=AgentState.RINGING, **parts)
    told = list(in_order([first, second]))
    assert sorted(told, key=str) == sorted([first, second], key=str)
    assert list(in_order([second, first])) == told
