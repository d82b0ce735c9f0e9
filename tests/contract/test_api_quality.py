"""Quality over HTTP: a call on its way from a work list to the agent, his appeal and its decision, each by who may."""

import shutil
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from cti.access import Permission, Role, new_token
from recording.access import AccessTokens
from recording.record import CallRecord
from tests.contract.fake_floor import BEARER, FakeFloor, open_floor
from tests.house import HOUSE
from tests.quality import keep

pytestmark = pytest.mark.contract

LEDGER = "answered_with_hold"
MARKS: Mapping[str, Any] = {
    "greeting": 1, "caller-known": None, "matter-understood": 4, "not-interrupting": 1, "right-answer": 5,
    "next-step": 3, "transfer-announced": None, "hold-announced": 1, "friendly": 5, "clear-speech": 3,
    "anything-else": 1, "notes-right": 1,
}  # fmt: skip


def judgement(**changed: int | None) -> dict[str, Any]:
    """By the shipped sheet; a mark below its threshold comes with a comment."""
    marks = {**MARKS, **{name.replace("_", "-"): value for name, value in changed.items()}}
    return {"marks": {name: {"value": value, "comment": "see there"} for name, value in marks.items()}}


async def token(
    web: FakeFloor, name: str, role: Role, agent: str = "", may: Iterable[Permission] = ()
) -> dict[str, str]:
    """The headers of a new token."""
    secret, given = new_token(name, role, agent=agent, permissions=may)
    await AccessTokens(web.floor.store).add(given)
    return {"Authorization": f"Bearer {secret}"}


EVERYBODY = """\
at: "00:00"
rules: {everybody: {sheet: hotline, one_in: 1}}
"""


def drawing_all(folder: Path, rules: str = EVERYBODY) -> Path:
    """The shipped dialplans with these sampling rules; with those of their own, every call is drawn."""
    made = folder / "dialplans"
    shutil.copytree(HOUSE / "dialplans", made)
    (made / "quality" / "sampling.yaml").write_text(rules)
    return made


@asynccontextmanager
async def recorded_call(
    folder: Path, dialplans: Path = HOUSE / "dialplans"
) -> AsyncIterator[tuple[FakeFloor, CallRecord]]:
    """A floor with one call that has a recording of a minute."""
    async with open_floor(folder, dialplans=dialplans) as web:
        record = await web.remember(LEDGER)
        await web.keep_recording(record, b"RIFF")
        yield web, record


async def test_a_judgement_goes_to_the_agent_who_appeals_and_another_decides(tmp_path: Path) -> None:
    async with recorded_call(tmp_path) as (web, record):
        number = str(record.agent)
        anna = await token(web, "anna", Role.READER, may=[Permission.REVIEW])
        agent = await token(web, "li-na", Role.AGENT, agent=number)
        leader = await token(web, "leader", Role.FLOOR)
        assert (await web.get("/api/quality/sheets", anna))[1]["sheets"].keys() == {"hotline"}

        status, drawn = await web.post("/api/quality/evaluations", {"call": record.id}, anna)
        assert (status, drawn["agent"], drawn["phase"], drawn["reviewer"]["name"]) == (200, number, "drawn", "anna")
        status, again = await web.post("/api/quality/evaluations", {"call": record.id}, anna)
        assert (status, again["error"]["id"]) == (409, "call-already-drawn")
        assert [one["id"] for one in (await web.get("/api/quality/work", anna))[1]["evaluations"]] == [drawn["id"]]

        path, own = f"/api/quality/evaluations/{drawn['id']}", f"/api/quality/own/{drawn['id']}"

        async def does(step: str, who: dict[str, str], **body: object) -> tuple[int, Any]:
            return await web.post(f"{path}/{step}", body, who)

        assert (await does("claim", anna, revision=0))[1]["phase"] == "in_work"
        status, late = await does("claim", anna, revision=0)
        assert (status, late["error"]["id"]) == (409, "evaluation-changed")
        half = {"marks": {"greeting": {"value": 1}}}
        assert (await does("save", anna, revision=1, judgement=half))[0] == 200
        status, refused = await does("score", anna, revision=2, judgement=half)
        assert (status, refused["error"]["id"]) == (422, "judgement-unfit")
        assert "right-answer: there is no mark; expected a mark from 0 to 5" in refused["error"]["message"]
        marked = {**judgement(greeting=0), "time_marks": [{"at_ms": 1, "comment": "no greeting", "item": "greeting"}]}
        _, scored = await does("score", anna, revision=2, judgement=marked)
        assert (scored["phase"], scored["score"]) == ("scored", "90.11")  # (89 - 6 - 14/5) / 89

        assert (await web.get("/api/quality/own", agent))[1]["evaluations"] == []
        assert (await web.get(own, agent))[0] == 404
        await does("release", anna, revision=3)
        _, seen = await web.get(own, agent)
        assert (seen["evaluation"]["score"], seen["sheet"]["name"]) == (scored["score"], "hotline")
        assert (await web.get(path, agent))[1]["error"]["id"] == "role-too-small"

        status, answer = await web.post(f"{own}/appeal", {"revision": 4, "note": "I did greet."}, agent)
        assert (status, answer["phase"]) == (200, "appealed")
        both = {"revision": 5, "ruling": "changed", "judgement": judgement(), "note": "He did."}
        assert (await does("decide", anna, **both))[1]["error"]["id"] == "role-too-small"
        status, decided = await does("decide", leader, **both)
        assert (status, decided["score"], decided["first_score"]) == (200, "96.85", "90.11")

        _, log = await web.get(f"{path}/steps", anna)
        assert [(one["kind"], one["by"]["name"]) for one in log["steps"]] == [
            ("claim", "anna"), ("save", "anna"), ("score", "anna"), ("release", "anna"),
            ("appeal", "li-na"), ("decide", "leader"),
        ]  # fmt: skip
        assert (await web.get(path, leader))[1]["evaluation"]["phase"] == "decided"
        _, bulletin = await web.get("/api/quality/bulletin", anna)
        assert (bulletin["released"], bulletin["decided"], bulletin["mean"]) == (1, 1, "96.85")
        assert (await web.get("/api/quality/bulletin?day=2020-01-01", anna))[1]["released"] == 0
        _, scores = await web.get("/api/quality/scores", leader)
        mine, *others = scores["rows"]
        assert (scores["quota"], len(others)) == (5, 2), "agents of whom there is nothing are there, too"
        told = ("name", "drawn", "released", "scores", "mean", "mean_before_appeals", "appealed", "changed")
        assert [mine[key] for key in told] == [number, 1, 1, 1, "96.85", "90.11", 1, 1]
        assert [one["mean"] for one in mine["trend"]] == [None] * 3
        behind = f"/api/quality/counted?{urlencode(mine['behind'])}"
        _, counted = await web.get(behind, leader)
        assert [(one["evaluation"], one["score"], one["first_score"]) for one in counted["scores"]] == [
            (drawn["id"], "96.85", "90.11")
        ]
        _, figure = await web.get(
            f"/api/figures?keys=monitoring_score&scope=agent:{number}&period={scores['period']}", leader
        )
        assert (
            await web.get(f"/api/quality/counted?{urlencode(figure['reports'][0]['values'][0]['evaluations'])}", leader)
        )[1]["scores"] == counted["scores"], "every number opens what it is the mean of"
        assert (await web.get("/api/quality/scores?at=2020-01&by=team", leader))[1]["rows"] == []
        for wrong in ("at=13", "team=a&queue=b", "agent=", "by=nobody"):
            assert (await web.get(f"/api/quality/scores?{wrong}", leader))[0] == 422
        assert (await web.get(behind, agent))[0] == 403


async def test_an_agent_hears_his_own_released_evaluation_and_that_is_written_down(tmp_path: Path) -> None:
    async with recorded_call(tmp_path) as (web, record):
        number = str(record.agent)
        anna = await token(web, "anna", Role.READER, may=[Permission.REVIEW])
        agent = await token(web, "li-na", Role.AGENT, agent=number)
        stranger = await token(web, "stranger", Role.AGENT, agent="1003")
        _, drawn = await web.post("/api/quality/evaluations", {"call": record.id}, anna)
        path, sound = f"/api/quality/evaluations/{drawn['id']}", f"/api/quality/own/{drawn['id']}/recordings"
        for step, body in (("claim", {"revision": 0}), ("score", {"revision": 1, "judgement": judgement()})):
            assert (await web.get(f"{sound}/1", agent))[0] == 404, "not before the release"
            assert (await web.post(f"{path}/{step}", body, anna))[0] == 200
        await web.post(f"{path}/release", {"revision": 2}, anna)
        for who, number_, status in ((stranger, 1, 404), (anna, 1, 403), (agent, 2, 404), (agent, "x", 404)):
            assert (await web.get(f"{sound}/{number_}", who))[0] == status
        assert (await web.get(f"/api/calls/{record.id}/recordings/1", agent))[0] == 403, "by his evaluation alone"
        async with web.client.get(f"{sound}/1", headers={**agent, "Range": "bytes=1-2"}) as answer:
            assert (answer.status, await answer.read()) == (206, b"IF")
        _, log = await web.get("/api/recordings/listenings")
        assert [(one["who"], one["call"], one["first_byte"]) for one in log["listenings"]] == [("li-na", record.id, 1)]
        await web.post(f"/api/quality/own/{drawn['id']}/appeal", {"revision": 3, "note": "I did greet."}, agent)
        async with web.client.get(f"{sound}/1", headers=agent) as answer:
            assert (answer.status, await answer.read()) == (200, b"RIFF"), "and while his appeal is open"


async def test_who_may_not_is_refused(tmp_path: Path) -> None:
    async with recorded_call(tmp_path) as (web, record):
        number = str(record.agent)
        reader = await token(web, "reader", Role.READER)
        himself = await token(web, "himself", Role.FLOOR, agent=number, may=[Permission.REVIEW])
        anna = await token(web, "anna", Role.FLOOR, may=[Permission.REVIEW])
        boris = await token(web, "boris", Role.READER, may=[Permission.REVIEW])
        stranger = await token(web, "stranger", Role.AGENT, agent="1003" if number != "1003" else "1001")
        for path in ("/api/quality/evaluations", "/api/quality/work"):
            assert (await web.get(path, reader))[1]["error"]["id"] == "permission-missing"
        assert (await web.post("/api/quality/evaluations", {"call": record.id}, himself))[1]["error"][
            "id"
        ] == "own-call"
        _, drawn = await web.post("/api/quality/evaluations", {"call": record.id, "everybody": True}, anna)
        path = f"/api/quality/evaluations/{drawn['id']}"
        assert (await web.get("/api/quality/work", himself))[1]["evaluations"] == []
        assert (await web.post(f"{path}/claim", {"revision": 0}, himself))[1]["error"]["id"] == "own-call"
        await web.post(f"{path}/claim", {"revision": 0}, anna)
        for step, body in (("score", {"judgement": judgement()}), ("release", {}), ("give-back", {})):
            status, answer = await web.post(f"{path}/{step}", {"revision": 1, **body}, boris)
            assert status in (403, 409)
            assert answer["error"]["id"] in ("evaluation-not-yours", "evaluation-phase-wrong")
        status, answer = await web.post(f"{path}/hand-over", {"revision": 1, "to": "nobody"})
        assert (status, answer["error"]["id"]) == (422, "reviewer-unknown")
        _, handed = await web.post(f"{path}/hand-over", {"revision": 1, "to": "boris"}, BEARER)
        assert handed["reviewer"]["name"] == "boris"
        await web.post(f"{path}/claim", {"revision": 2}, boris)
        await web.post(f"{path}/score", {"revision": 3, "judgement": judgement()}, boris)
        await web.post(f"{path}/release", {"revision": 4}, boris)
        assert (await web.get(f"/api/quality/own/{drawn['id']}", stranger))[0] == 404
        appeal = f"/api/quality/own/{drawn['id']}/appeal"
        assert (await web.post(appeal, {"revision": 5, "note": "?"}, stranger))[0] == 404
        assert (await web.get("/api/quality/own", reader))[1]["error"]["id"] == "evaluation-not-yours"


async def test_what_cannot_be_judged_is_told(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        silent = await web.remember(LEDGER)
        draw = "/api/quality/evaluations"
        assert (await web.post(draw, {"call": silent.id}))[1]["error"]["id"] == "call-not-judgeable"
        assert (await web.post(draw, {"call": "0" * 32}))[1]["error"]["id"] == "unknown-call"
        assert (await web.post(draw, {"call": silent.id, "sheet": "x"}))[1]["error"]["id"] == "unknown-sheet"
        await web.keep_recording(silent, b"RIFF")
        status, answer = await web.post(draw, {"call": silent.id, "agent": "4711"})
        assert (status, answer["error"]["message"]) == (
            422, f"the agent did not speak with the caller; expected one of: {silent.agent}",
        )  # fmt: skip
        assert (await web.get(f"{draw}/{'0' * 32}"))[1]["error"]["id"] == "unknown-evaluation"
        _, drawn = await web.post(draw, {"call": silent.id})
        status, aside = await web.post(f"{draw}/{drawn['id']}/set-aside", {"revision": 0, "note": "a test call"})
        assert (status, aside["phase"], aside["set_aside"]) == (200, "set_aside", "a test call")
        for query, found in (("phase=drawn", 0), ("phase=set_aside&since=2020-01-01T00:00", 1), ("agent=4711", 0)):
            assert len((await web.get(f"{draw}?{query}"))[1]["evaluations"]) == found


async def recorded_now(web: FakeFloor, record: CallRecord) -> CallRecord:
    """The call's record as it is now."""
    found = await web.floor.store.call(record.id)
    assert found is not None
    return found


async def test_rules_fill_a_work_list_and_say_why(tmp_path: Path) -> None:
    async with recorded_call(tmp_path, drawing_all(tmp_path)) as (web, record):
        anna = await token(web, "anna", Role.READER, may=[Permission.REVIEW])
        assert (await web.post("/api/quality/draws", {}, anna))[1]["error"]["id"] == "role-too-small"
        await web.move_to_now(record)
        status, done = await web.post("/api/quality/draws", {})
        assert (status, done["candidates"], done["picked"], done["by"], done["daily"]) == (200, 1, 1, "owner", None)
        _, work = await web.get("/api/quality/work", anna)
        assert [(one["call"], one["draw"], one["reviewer"]["name"]) for one in work["evaluations"]] == [
            (record.id, done["id"], "anna")
        ]
        _, known = await web.get("/api/quality/draws", anna)
        assert (known["draws"], known["rules"]["rules"][0]["name"]) == ([done], "everybody")
        assert known["unknown"] == []
        gone = tuple(one.model_copy(update={"place": "erased"}) for one in (await recorded_now(web, record)).recordings)
        await keep(web.floor.store, (await recorded_now(web, record)).model_copy(update={"recordings": gone}))
        _, lost = await web.get("/api/quality/work", anna)
        (name,) = lost["unheard"]
        assert [one["id"] for one in lost["evaluations"]] == [name], "it is told before he begins"
        refused = await web.post(f"/api/quality/evaluations/{name}/claim", {"revision": 0}, anna)
        assert (refused[0], refused[1]["error"]["id"]) == (422, "call-not-judgeable")
        _, again = await web.post("/api/quality/draws", {})
        assert (again["picked"], again["set_aside"]) == (0, 1)
        assert (await web.get("/api/quality/work", anna))[1]["evaluations"] == []
        _, why = await web.get(f"/api/quality/draws/{done['id']}/explanation?call={record.id}", anna)
        assert any(one.endswith(f"agent {record.agent}: drawn for anna") for one in why["because"])
        assert (await web.get(f"/api/quality/draws/x/explanation?call={record.id}", anna))[0] == 404


async def test_reviewers_judge_one_call_blind_and_then_see_how_far_they_lie_apart(tmp_path: Path) -> None:
    async with recorded_call(tmp_path) as (web, record):
        may = [Permission.REVIEW]
        leader = await token(web, "leader", Role.FLOOR, may=may)
        anna, boris, chen = [await token(web, name, Role.READER, may=may) for name in ("anna", "boris", "chen")]
        himself = await token(web, "himself", Role.READER, agent=str(record.agent), may=may)
        path = "/api/quality/calibrations"
        for names, error in ((["anna", "dora"], "reviewer-unknown"), (["anna", "anna"], "too-few-reviewers")):
            status, answer = await web.post(path, {"call": record.id, "reviewers": names}, leader)
            assert (status, answer["error"]["id"]) == (422, error)
        own = await web.post(path, {"call": record.id, "reviewers": ["anna", "himself"]}, leader)
        assert own[1]["error"]["id"] == "own-call"
        _, made = await web.post(path, {"call": record.id, "reviewers": ["anna", "boris", "chen"]}, leader)
        path = f"{path}/{made['id']}"
        works = [(await web.get("/api/quality/work", who))[1]["evaluations"] for who in (anna, boris, chen)]
        assert [[one["slot"] for one in work] for work in works] == [["anna"], ["boris"], ["chen"]]
        assert (await web.get("/api/quality/work", himself))[1]["evaluations"] == []

        async def scores(who: dict[str, str], evaluation: str, **changed: int | None) -> None:
            step = f"/api/quality/evaluations/{evaluation}"
            assert (await web.post(f"{step}/claim", {"revision": 0}, who))[0] == 200
            assert (await web.post(f"{step}/score", {"revision": 1, "judgement": judgement(**changed)}, who))[0] == 200

        first, second, third = (work[0]["id"] for work in works)
        await scores(anna, first)
        assert (await web.get(f"/api/quality/evaluations/{first}", boris))[0] == 404, "blind"
        assert (await web.get("/api/quality/evaluations", boris))[1]["evaluations"] == []
        assert (await web.get(path, boris))[1]["spread"] is None
        lead = {"judgement": judgement(friendly=4), "note": "Friendly is not the same as right."}
        assert (await web.post(f"{path}/close", lead, leader))[1]["error"]["id"] == "too-few-reviewers"
        await scores(boris, second, greeting=0)
        assert (await web.get(path, leader))[1]["spread"]["scores"] == {"anna": "96.85", "boris": "90.11"}
        assert (await web.post(f"{path}/close", lead, anna))[1]["error"]["id"] == "role-too-small"
        status, closed = await web.post(f"{path}/close", lead, leader)
        assert (status, closed["spread"]["lead"], closed["spread"]["range"]) == (200, "94.61", "6.74")
        assert closed["spread"]["items"][0]["marks"] == {"anna": 1, "boris": 0}
        assert (await web.get(path, boris))[1] == closed
        assert (await web.post(f"{path}/close", lead, leader))[1]["error"]["id"] == "evaluation-phase-wrong"
        assert (await web.get(f"/api/quality/evaluations/{third}", chen))[1]["evaluation"]["phase"] == "set_aside"
        assert (await web.get("/api/quality/calibrations", anna))[1]["calibrations"] == [closed]
        assert (await web.post(f"/api/quality/evaluations/{first}/release", {"revision": 2}, anna))[0] == 409


RULES = """\
reviewers: {own_team: false, never: {anna: {agents: ["1001"]}}}
rules: {everybody: {sheet: hotline, one_in: 1}}
"""


async def test_work_goes_round_who_is_ill_or_must_not_judge_it(tmp_path: Path) -> None:
    async with recorded_call(tmp_path, drawing_all(tmp_path, RULES)) as (web, record):
        assert record.agent == "1001"
        may = [Permission.REVIEW]
        anna, boris, chen = [await token(web, name, Role.READER, may=may) for name in ("anna", "boris", "chen")]
        status, answer = await web.post("/api/quality/evaluations", {"call": record.id}, anna)
        assert (status, answer["error"]["id"]) == (403, "conflict-of-interest")
        assert "the sampling rules bar him from agent 1001" in answer["error"]["message"]
        _, drawn = await web.post("/api/quality/evaluations", {"call": record.id, "everybody": True}, anna)
        path, reviewers = f"/api/quality/evaluations/{drawn['id']}", "/api/quality/reviewers"
        assert (await web.get("/api/quality/work", anna))[1] == {"evaluations": [], "unheard": []}
        assert [len((await web.get("/api/quality/work", who))[1]["evaluations"]) for who in (boris, chen)] == [1, 1]
        assert (await web.post(f"{path}/claim", {"revision": 0}, anna))[1]["error"]["id"] == "conflict-of-interest"
        barred = await web.post(f"{path}/hand-over", {"revision": 0, "to": "anna"})
        assert barred[1]["error"]["id"] == "conflict-of-interest"
        await web.post(f"{path}/claim", {"revision": 0}, boris)

        absence = {"first": "2020-01-01", "last": "2199-12-31", "why": "ill"}
        for body, who, status in ((absence, anna, 403), ({**absence, "last": "2019-12-31"}, BEARER, 422)):
            async with web.client.put(f"{reviewers}/boris/absence", json=body, headers=who) as refused:
                assert refused.status == status
        for name in ("boris", "nobody"):
            async with web.client.put(f"{reviewers}/{name}/absence", json=absence, headers=BEARER) as answered:
                assert answered.status == (200 if name == "boris" else 422)
        _, known = await web.get(reviewers, chen)
        told = {one["name"]: (one["open"], one["absent"], one["absence"] is not None) for one in known["reviewers"]}
        assert told == {"anna": (0, False, False), "boris": (1, True, True), "chen": (0, False, False)}
        assert (await web.post(f"{reviewers}/boris/reassign", {"why": "ill"}, anna))[0] == 403
        _, moved = await web.post(f"{reviewers}/boris/reassign", {"why": "ill"})
        assert [(one["id"], one["reviewer"]["name"]) for one in moved["evaluations"]] == [(drawn["id"], "chen")]
        assert (await web.post(f"{reviewers}/chen/reassign", {"why": "?", "to": "nobody"}))[0] == 422
        _, left = await web.post(f"{reviewers}/chen/reassign", {"why": "busy", "to": "anna"})
        assert [one["reviewer"] for one in left["evaluations"]] == [None], "she must not: it is everybody's"
        assert (await web.delete(f"{reviewers}/boris/absence"))[0] == 200
        assert (await web.delete(f"{reviewers}/boris/absence"))[1]["error"]["id"] == "reviewer-not-absent"
        assert (await web.get("/api/quality/evaluations?overdue=true", anna))[1]["evaluations"] == []
