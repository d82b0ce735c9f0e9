"""Outcome codes over HTTP and on the command line: the catalogue, calls closed by agents and floor, calls without."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from acd.facts import CallOutcomeSet, Fact, OutcomeOwed
from acd.queues import QueueSettings
from acd.states import OutcomePolicy
from cti.access import Role, new_token
from cti.outcome_keys import OutcomeKeys
from recording.access import AccessTokens
from recording.identity import call_id
from recording.inputs.outcomes import Outcome, Outcomes
from tests.contract.command_line import callcenter, reach
from tests.contract.fake_floor import BEARER, FakeFloor, open_floor

pytestmark = pytest.mark.contract

CALL = "node1-1800000000.1"
SOLD = {"titles": {"en": "Sold"}, "resolved": True, "queues": ["sales"], "keys": "1"}
AT = f"/api/calls/{call_id(CALL)}/outcome"


async def put(web: FakeFloor, path: str, body: object, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    async with web.client.put(path, json=body, headers=headers or BEARER) as answer:
        return answer.status, await answer.json()


async def agents_token(web: FakeFloor, agent: str) -> dict[str, str]:
    token, kept = new_token(f"{agent}'s", Role.AGENT, agent=agent)
    assert await AccessTokens(web.floor.store).add(kept)
    return {"Authorization": f"Bearer {token}"}


def talks(web: FakeFloor, policy: OutcomePolicy = OutcomePolicy.REQUIRED) -> list[Fact]:
    """1001 talks with a caller of the queue sales; all that is stated from now on."""
    stated: list[Fact] = []
    web.floor.distributor.on_fact.append(stated.append)
    web.sign_in("1001")
    settings = QueueSettings(name="sales", skills={"sales": 1}, wrap_up_ms=30_000, outcome=policy)
    with web.floor.distributor.command() as (router, now_ms):
        router.define_queue(settings, now_ms=now_ms)
    with web.floor.distributor.command() as (router, now_ms):
        router.enter(CALL, "sales", now_ms=now_ms)
        router.answered(CALL, now_ms=now_ms)
    return stated


def hangs_up(web: FakeFloor, *, after_s: int = 30) -> None:
    with web.floor.distributor.command() as (router, now_ms):
        router.released(CALL, now_ms=now_ms)
    web.time.passes(seconds=after_s)
    with web.floor.distributor.command() as (router, now_ms):
        router.tick(now_ms=now_ms)


@pytest.mark.parametrize("story", ["called_outside", "called_outside_busy", "called_outside_refused"])
async def test_an_agent_closes_the_call_that_he_placed_outside_whomever_it_reached(tmp_path: Path, story: str) -> None:
    async with open_floor(tmp_path) as web:
        await put(web, "/api/outcomes/sold", SOLD)
        await put(web, "/api/outcomes/promised", {**SOLD, "queues": [], "keys": ""})
        call = await web.remember(f"../callback_ledgers/{story}")
        placer = next(leg.agent for leg in call.legs if leg.agent)
        own, other = await agents_token(web, placer), await agents_token(web, "1001")
        at = f"/api/calls/{call.id}/outcome"
        assert (await put(web, at, {"code": "promised"}, other))[1]["error"]["id"] == "not-your-call"
        assert (await put(web, at, {"code": "sold"}, own))[1]["error"]["id"] == "unknown-outcome", "it is a queue's"
        status, closed = await put(web, at, {"code": "promised", "note": "Again on Monday."}, own)
        assert (status, closed["agent"], closed["by"]) == (200, placer, f"api:{placer}")
        status, closed = await put(web, at, {"code": "promised"})
        assert (status, closed["agent"]) == (200, placer), "whoever closes it, it stays his"


async def test_the_catalogue_is_written_by_administrators_and_seen_by_agents(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        status, outcome = await put(web, "/api/outcomes/sold", SOLD)
        assert (status, outcome["code"], outcome["active"]) == (200, "sold", True)
        own = await agents_token(web, "1001")
        _, catalogue = await web.get("/api/outcomes", headers=own)
        assert catalogue["outcomes"] == [outcome]
        assert catalogue["policies"] == {"sales": "none", "support": "none"}
        for code, body, field in (
            ("sold", {**SOLD, "queues": ["sails"]}, "queues"),
            ("sold", {**SOLD, "titles": {"fr": "Vendu"}}, "titles"),
            ("sold", {**SOLD, "keys": "one"}, "keys"),
            ("Sold", SOLD, "code"),
            ("resold", SOLD, "csv"),
        ):
            status, answer = await put(web, f"/api/outcomes/{code}", body)
            assert (status, answer["error"]["field"]) == (422, field), code
        status, refused = await put(web, "/api/outcomes/lost", SOLD, own)
        assert (status, refused["error"]["id"]) == (403, "role-too-small")


async def test_an_agent_closes_his_own_call_in_it_and_after_it_and_no_other(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        await put(web, "/api/outcomes/sold", SOLD)
        await put(web, "/api/outcomes/lost", {**SOLD, "keys": "", "queues": ["support"]})
        stated = talks(web)
        own, other = await agents_token(web, "1001"), await agents_token(web, "1002")
        body = {"code": "sold", "note": "Two of them.", "matter": "order 7"}
        assert (await put(web, AT, body, other))[1]["error"]["id"] == "not-your-call"
        status, closed = await put(web, AT, body, own)
        assert (status, closed["agent"], closed["by"], closed["resolved"]) == (200, "1001", "api:1001", True)
        status, answer = await put(web, AT, {"code": "lost"}, own)
        assert (status, answer["error"]["id"]) == (422, "unknown-outcome")
        assert answer["error"]["message"].endswith("expected one of: sold")
        hangs_up(web)
        assert not [fact for fact in stated if isinstance(fact, OutcomeOwed)]
        (fact,) = [fact for fact in stated if isinstance(fact, CallOutcomeSet)]
        assert (fact.linkedid, fact.note, fact.matter) == (CALL, "Two of them.", "order 7")
        for odd in ({"code": "sold", "matter": "a\nb"}, {"code": "sold", "note": "a" * 2001}, {}):
            assert (await put(web, AT, odd, own))[0] == 422
        status, answer = await put(web, f"/api/calls/{'0' * 32}/outcome", body)
        assert (status, answer["error"]["id"]) == (404, "unknown-call")


async def test_an_agent_sees_what_he_owes_and_the_floor_may_close_it_for_him(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        await put(web, "/api/outcomes/sold", SOLD)
        talks(web)
        async with await web.watch() as socket:
            await socket.receive_json()
            hangs_up(web)
            rows: list[Any] = []
            while not any(row["number"] == "1001" and row["owes"] for row in rows):
                rows = (await socket.receive_json()).get("update", {}).get("agents", [])
        _, agent = await web.get("/api/agents/1001")
        assert (agent["state"], agent["owes"]) == ("ready", [call_id(CALL)])
        headers = {**BEARER, "Callcenter-Cause": "desktop:boss"}
        _, closed = await put(web, AT, {"code": "sold"}, headers)
        assert (closed["agent"], closed["by"]) == ("1001", "desktop:boss")
        _, agent = await web.get("/api/agents/1001")
        assert agent["owes"] == []


async def test_calls_without_a_code_are_listed_for_queues_that_require_one(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        call = await web.remember("answered_agent_hangs_up")
        since = f"/api/outcomes/missing?since={int(call.started_at.timestamp())}"
        assert (await web.get(since))[1]["calls"] == []
        settings = QueueSettings(name=call.queue or "", outcome=OutcomePolicy.REQUIRED)
        with web.floor.distributor.command() as (router, now_ms):
            router.define_queue(settings, now_ms=now_ms)
        (found,) = (await web.get(since))[1]["calls"]
        assert (found["id"], found["agent"], found["queue"]) == (call.id, call.agent, call.queue)
        assert (await web.get(f"{since}&agent=9"))[1]["calls"] == []
        assert (await web.get(f"{since}&queue={call.queue}"))[1]["calls"] == [found]
        assert (await web.get(f"{since}&queue=sails"))[0] == 404


async def test_keys_at_a_phone_close_a_call_with_the_code_of_its_queue(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        await Outcomes(web.floor.store).save([Outcome(code="sold", **SOLD)])
        stated = talks(web)
        keys = OutcomeKeys(web.floor.store, web.floor.distributor)
        hangs_up(web, after_s=1)
        assert not await keys("1001", CALL, "2")
        assert await keys("1001", CALL, "1")
        (fact,) = [fact for fact in stated if isinstance(fact, CallOutcomeSet)]
        assert (fact.code, fact.agent, fact.cause) == ("sold", "1001", "phone")
        assert not await keys("1001", "another", "1")  # of no queue


async def test_a_sheet_is_put_and_fetched_and_every_fault_is_told(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        text = "code,titles,resolved\nsold,en=Sold,yes\nlost,en=Lost,perhaps\n"
        status, answer = await put(web, "/api/sheets/outcomes", {"csv": text})
        assert (status, answer["error"]["id"]) == (422, "sheet-unfit")
        assert answer["error"]["message"] == "row 3, resolved: expected yes or no"
        _, taken = await put(web, "/api/sheets/outcomes", {"csv": text, "skip_bad": True})
        assert taken == {"rows": 1, "faults": [{"row": 3, "column": "resolved", "expected": "yes or no"}]}
        assert "sold,en=Sold,yes" in await web.text("/api/sheets/outcomes")
        status, answer = await web.get("/api/sheets/colours")
        assert (status, answer["error"]["id"]) == (404, "unknown-sheet")


async def test_codes_are_set_listed_imported_and_given_out_without_a_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    sold = ("outcomes", "set", "sold", "--title", "en=Sold", "--resolved", "yes", "--queue", "sales", "--keys", "1")
    assert await callcenter(*sold) == 0
    assert await callcenter("outcomes", "set", "sold", "--title", "cmn=已售出", "--active", "no") == 0
    capsys.readouterr()
    assert await callcenter("outcomes") == 0
    assert capsys.readouterr().out.splitlines()[1].split() == [
        "sold",
        "en=Sold;",
        "cmn=已售出",
        "yes",
        "sales",
        "1",
        "no",
    ]
    for bad in (("--title", "fr=Vendu"), ("--queue", "sails"), ("--keys", "abc"), ("--resolved", "perhaps")):
        with pytest.raises(SystemExit) if bad[0] in ("--keys", "--resolved") else nullcontext():
            assert await callcenter("outcomes", "set", "sold", *bad) == 2
    assert await callcenter("outcomes", "set", "new") == 2
    file = tmp_path / "codes.csv"
    file.write_text("\ufeffcode,titles,resolved\r\nlost,en=Lost,no\r\nwon,en=Won,perhaps\r\n", "utf-8")
    capsys.readouterr()
    assert await callcenter("outcomes", "import", str(file)) == 2
    assert "row 3, resolved: expected yes or no" in capsys.readouterr().err
    assert await callcenter("outcomes", "import", str(file), "--skip-bad") == 0
    said = capsys.readouterr()
    assert said.out == "Outcome codes: 1 row taken, 1 left out.\n"
    assert "row 3" in said.err
    assert await callcenter("outcomes", "export") == 0
    assert [line.split(",")[0] for line in capsys.readouterr().out.splitlines()] == ["code", "lost", "sold"]


async def test_calls_are_closed_and_those_without_a_code_shown_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    async with open_floor(tmp_path) as web:
        reach(web, tmp_path, monkeypatch)
        await put(web, "/api/outcomes/sold", {**SOLD, "queues": [], "keys": ""})
        call = await web.remember("answered_agent_hangs_up")
        settings = QueueSettings(name=call.queue or "", outcome=OutcomePolicy.REQUIRED)
        with web.floor.distributor.command() as (router, now_ms):
            router.define_queue(settings, now_ms=now_ms)
        assert await callcenter("outcomes", "missing", "--since", f"{call.started_at:%Y-%m-%d}") == 0
        assert capsys.readouterr().out.splitlines()[1].split()[-1] == call.id
        assert await callcenter("outcomes", "close", call.id, "sold", "--matter", "order 7") == 0
        assert capsys.readouterr().out == f"Call {call.id} is closed: sold.\n"
        assert await callcenter("outcomes", "close", call.id, "lost") == 2
