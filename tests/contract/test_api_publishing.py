"""Edits of the centre's files published while the service runs: from the folder, as files through the API, and back."""

import asyncio
import base64
import shutil
from pathlib import Path
from typing import Any

import pytest

from acd.facts import CentrePublished
from cti.ami.errors import AmiLinkLost
from tests.contract.fake_floor import BEARER, HOME, FakeFloor, open_floor
from tests.unit.running_floor import Told

pytestmark = pytest.mark.contract

CALL = "node1-1800000000.1"
FROM_FOLDER = "/api/centre/versions/from-folder"


@pytest.fixture
def dialplans(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HOME / "dialplans", tmp_path / "dialplans"))


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")


def text_of(web: FakeFloor, name: str, before: str, after: str) -> dict[str, Any]:
    """A file of the current version with an edit, as the API takes it."""
    text = web.floor.folder.versions.file(web.floor.administration.version.number, name).decode()
    assert before in text
    return {name: {"text": text.replace(before, after, 1)}}


def refuses(web: FakeFloor) -> None:
    """Asterisk cannot be asked."""

    async def refuse(*_: object) -> None:
        raise AmiLinkLost("no link to Asterisk")

    web.floor.administration.prepare.append(refuse)


async def test_the_folder_is_published_for_calls_already_waiting_too_and_what_it_changed_is_said(
    tmp_path: Path, dialplans: Path
) -> None:
    told = Told()
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        web.floor.distributor.on_fact.append(told)
        web.sign_in("1003")
        web.arrives(CALL)
        with web.waits(CALL):
            edit(dialplans / "queues.yaml", "skills: {sales: 1}", "skills: {support: 1}")
            status, published = await web.post(FROM_FOLDER, {"why": "support sells", "by": "Wang"})
            assert status == 200
            assert published.pop("version") | {"at": "", "digest": ""} == {
                **{"number": 2, "at": "", "by": "Wang", "why": "support sells"},
                **{"parent": 1, "restores": None, "digest": ""},
            }
            assert published == {
                "words": ["queue sales changed"],
                "queues_added": [],
                "queues_changed": ["sales"],
                "queues_retired": [],
                "flows_changed": [],
            }
            _, centre = await web.get("/api/centre")
            assert centre["version"] == 2
            _, agent = await web.get("/api/agents/1003")
            assert agent["state"] == "ringing"
            assert "callcenter_centre_version 2.0" in await web.text("/metrics")
    [fact] = [fact for fact in told.facts if isinstance(fact, CentrePublished)]
    assert (fact.version, fact.by, fact.why, fact.restores) == (2, "Wang", "support sells", 0)


async def test_files_given_to_the_api_are_checked_published_and_taken_back(tmp_path: Path, dialplans: Path) -> None:
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        before = web.floor.folder.read()
        files = text_of(web, "centre.yaml", "Demonstration centre", "Another centre")
        files["sounds/en/bell.wav"] = {"base64": base64.b64encode(b"RIFF").decode()}
        status, checked = await web.post("/api/centre/check", {"files": files})
        assert (status, checked["fits"], checked["problems"]) == (200, True, [])
        assert checked["conversations"]
        assert all(one["passed"] for one in checked["conversations"])
        assert checked["warnings"] == []
        rule = "rules: {some: {sheet: hotline, where: {teams: [nowhere]}, one_in: 1}}\n"
        rules = {"quality/sampling.yaml": {"text": rule}}
        _, warned = await web.post("/api/centre/check", {"files": {**files, **rules}})
        (one,) = warned["warnings"]
        assert (warned["fits"], one["file"], one["line"], one["column"]) == (True, "quality/sampling.yaml", 1, 48)
        _, centre = await web.get("/api/centre")
        assert (centre["name"], centre["version"]) == ("Demonstration centre", 1)
        status, published = await web.post("/api/centre/versions", {"base": 1, "why": "a new name", "files": files})
        assert status == 200
        assert published["words"] == ["centre.yaml: centre changed", "sound en/bell added"]
        assert (published["version"]["by"], published["version"]["why"]) == ("owner", "a new name")
        assert (await web.get("/api/centre"))[1]["name"] == "Another centre"
        assert web.floor.folder.read() == before  # the folder is its editors' own

        status, back = await web.post("/api/centre/roll-back", {"to": 1, "base": 2, "why": "the old name"})
        assert (status, back["version"]["number"], back["version"]["restores"]) == (200, 3, 1)
        assert (await web.get("/api/centre"))[1]["name"] == "Demonstration centre"
        assert web.floor.folder.versions.files(3) == before

        _, history = await web.get("/api/centre/versions?limit=2")
        assert [(one["number"], one["restores"]) for one in history["versions"]] == [(3, 1), (2, None)]
        assert (history["current"], history["next"]) == (3, 2)
        _, history = await web.get("/api/centre/versions?before=2")
        assert [(one["number"], one["why"]) for one in history["versions"]] == [(1, "first start")]
        _, version = await web.get("/api/centre/versions/2")
        assert {"centre.yaml", "queues.yaml", "flows/hotline.yaml", "sounds/en/bell.wav"} <= {
            file["name"] for file in version["files"]
        }
        _, bell = await web.get("/api/centre/versions/2/file?name=sounds/en/bell.wav")
        assert (base64.b64decode(bell["base64"]), bell["text"], bell["bytes"]) == (b"RIFF", None, 4)
        _, text = await web.get("/api/centre/versions/2/file?name=centre.yaml")
        assert "Another centre" in text["text"]
        _, told = await web.get("/api/centre/difference?before=1&after=2")
        assert told["words"] == published["words"]
        assert "+centre: Another centre" in told["files"][0]["text"]
        _, last = await web.get("/api/centre/difference")
        assert (last["before"], last["after"]) == (2, 3)


async def test_an_edit_of_an_older_version_is_refused_with_who_published_what_and_the_difference(
    tmp_path: Path, dialplans: Path
) -> None:
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        files = text_of(web, "queues.yaml", "ring_s: 20", "ring_s: 25")
        await web.post("/api/centre/versions", {"base": 1, "why": "ring longer", "files": files, "by": "Wang"})
        edit(dialplans / "centre.yaml", "Demonstration", "My")
        for path, more in (
            (FROM_FOLDER, {}),
            ("/api/centre/versions", {"base": 1, "files": {}}),
            ("/api/centre/roll-back", {"base": 1, "to": 1}),
        ):
            status, refused = await web.post(path, {"why": "mine", **more})
            error = refused["error"]
            assert (status, error["id"]) == (409, "version-superseded")
            assert [(one["number"], one["by"], one["why"]) for one in error["meanwhile"]] == [
                (2, "Wang", "ring longer")
            ]
            assert error["difference"]["words"] == ["queue sales changed"]
            assert "+    ring_s: 25" in error["difference"]["files"][0]["text"]
            assert "version 2 by Wang" in error["message"]
        assert (await web.get("/api/centre"))[1]["name"] == "Demonstration centre"
        status, published = await web.post(FROM_FOLDER, {"why": "both", "base": 2})
        assert (status, published["version"]["number"]) == (200, 3)
        status, refused = await web.post(FROM_FOLDER, {"why": "again"})
        assert (status, refused["error"]["id"]) == (409, "nothing-to-publish")


async def test_of_two_publications_at_the_same_moment_one_wins_and_the_other_is_told(
    tmp_path: Path, dialplans: Path
) -> None:
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        files = [text_of(web, "queues.yaml", "ring_s: 20", f"ring_s: {seconds}") for seconds in (25, 30)]
        answers = await asyncio.gather(
            *(web.post("/api/centre/versions", {"base": 1, "why": "faster", "files": one}) for one in files)
        )
        assert sorted(status for status, _ in answers) == [200, 409]
        won = next(number for number, (status, _) in enumerate(answers) if status == 200)
        assert answers[1 - won][1]["error"]["id"] == "version-superseded"
        assert web.floor.distributor.router.queues["sales"].settings.ring_ms == (25_000, 30_000)[won]
        with web.floor.folder.versions.publishing():  # another process
            status, refused = await web.post("/api/centre/roll-back", {"base": 2, "to": 1, "why": "back"})
            assert (status, refused["error"]["id"]) == (409, "publication-under-way")


async def test_queues_come_and_go_and_those_that_went_serve_the_calls_under_way(
    tmp_path: Path, dialplans: Path
) -> None:
    prepared: list[set[str]] = []

    async def prepare(_: object, queues: object) -> None:
        prepared.append(set(queues))  # type: ignore[call-overload]

    async with open_floor(tmp_path, dialplans=dialplans) as web:
        web.floor.administration.prepare.append(prepare)
        queues = dialplans / "queues.yaml"
        whole = queues.read_text("utf-8")
        edit(queues, "  support:\n", "  billing:\n    title: Bills\n  support:\n")
        _, published = await web.post(FROM_FOLDER, {"why": "bills"})
        assert published["queues_added"] == ["billing"]
        queues.write_text(whole, "utf-8")
        _, published = await web.post(FROM_FOLDER, {"why": "no bills"})
        assert published["queues_retired"] == ["billing"]
        assert prepared == [{"sales", "support", "billing"}] * 2
        assert web.floor.administration.queue("billing").title == "Bills"
        with web.waits(CALL, "billing"):
            _, billing = await web.get("/api/queues/billing")
            assert billing["waiting"] == 1
        edit(queues, "  support:\n", "  billing:\n    title: Bills again\n  support:\n")
        _, published = await web.post(FROM_FOLDER, {"why": "bills again"})
        assert (published["queues_added"], published["queues_retired"]) == (["billing"], [])


async def test_a_caller_of_an_older_version_finds_its_flows_and_its_queues_also_after_a_restart(
    tmp_path: Path, dialplans: Path
) -> None:
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        edit(dialplans / "queues.yaml", "  support:\n", "  billing:\n    title: Bills\n  support:\n")
        edit(dialplans / "centre.yaml", "  4001:", "  4020: {flow: billing, fallback: billing}\n  4001:")
        (dialplans / "flows/billing.yaml").write_text(
            "flow: billing\nlanguages: [en]\nstart: billing\noperator: billing\nnodes:\n"
            "  billing: {kind: queue, queue: billing, then: end}\n"
            "  end: {kind: hangup, reason: served, text: {en: Goodbye.}}\n"
        )
        status, _ = await web.post(FROM_FOLDER, {"why": "bills"})
        assert status == 200
        await web.post("/api/centre/roll-back", {"to": 1, "base": 2, "why": "no bills"})
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        administration = web.floor.administration
        assert administration.version.number == 3
        assert "billing" not in web.floor.distributor.router.queues
        prepared: list[set[str]] = []

        async def prepare(centre: Any) -> None:
            prepared.append(set(centre.flows))

        administration.prepare_older.append(prepare)
        assert "billing" in await administration.flows(2)
        assert await administration.flows(2) is await administration.flows(2)
        assert "billing" not in await administration.flows(3)
        assert [("billing" in flows) for flows in prepared] == [True]  # once, and not for the version that holds
        assert administration.queue("billing").title == "Bills"
        with web.waits(CALL, "billing"):
            assert (await web.get("/api/queues/billing"))[1]["waiting"] == 1


async def test_files_that_do_not_fit_are_refused_whole_with_every_place(tmp_path: Path, dialplans: Path) -> None:
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        files = {
            **text_of(web, "queues.yaml", "skills: {sales: 1}", "skills: {sale: 1}"),
            **text_of(web, "centre.yaml", "time_zone: Asia/Shanghai", "time_zone: Asia/Shanghia"),
        }
        status, refused = await web.post("/api/centre/versions", {"base": 1, "why": "typos", "files": files})
        assert (status, refused["error"]["id"]) == (422, "document-invalid")
        first, second = refused["error"]["problems"]
        assert (first["file"], first["line"], first["column"]) == ("centre.yaml", 4, 12)
        assert first["wrong"].startswith('unknown time zone "Asia/Shanghia", did you mean')
        assert (second["file"], second["line"], second["column"]) == ("queues.yaml", 10, 14)
        assert second["expected"] == "one of: sales, support"
        assert refused["error"]["message"].splitlines()[1].startswith("queues.yaml:10:14: unknown skill")
        _, checked = await web.post("/api/centre/check", {"base": 1, "files": files})
        assert checked == {"fits": False, "problems": [first, second], "conversations": [], "warnings": []}
        for name, spoilt in files.items():
            (dialplans / name).write_text(spoilt["text"], "utf-8")
        status, refused = await web.post(FROM_FOLDER, {"why": "typos"})
        assert (status, refused["error"]["problems"]) == (422, [first, second])
        assert web.floor.administration.version.number == web.floor.folder.versions.current == 1
        assert not web.floor.folder.versions.folder(2).exists()
        status, gone = await web.post(
            "/api/centre/versions", {"base": 1, "why": "no queues", "files": {"queues.yaml": None}}
        )
        assert (status, [problem["file"] for problem in gone["error"]["problems"]]) == (422, ["queues.yaml"])


async def test_conversations_that_go_otherwise_than_they_expect_stop_a_publication_that_does_not_say_untested(
    tmp_path: Path, dialplans: Path
) -> None:
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        files = text_of(web, "flows/hotline.yaml", "Thank you for calling.", "So long.")
        _, checked = await web.post("/api/centre/check", {"files": files})
        failed = [one for one in checked["conversations"] if not one["passed"]]
        assert (checked["fits"], checked["problems"]) == (True, [])
        assert failed
        assert {one["file"] for one in failed} == {"conversations/hotline.yaml"}
        body = {"base": 1, "why": "shorter", "files": files}
        status, refused = await web.post("/api/centre/versions", body)
        assert (status, refused["error"]["id"]) == (422, "conversations-failed")
        assert refused["error"]["problems"] == [problem for one in failed for problem in one["problems"]]
        assert (await web.get("/api/centre"))[1]["version"] == 1
        status, _ = await web.post("/api/centre/versions", {**body, "untested": True})
        assert status == 200
        status, _ = await web.post("/api/centre/roll-back", {"to": 1, "base": 2, "why": "longer"})
        assert status == 200  # back is never stopped by what is expected
        assert (await web.post("/api/centre/roll-back", {"to": 2, "base": 3, "why": "shorter"}))[0] == 200


async def test_a_call_is_rehearsed_and_a_flow_drawn_of_a_version_and_of_an_edit(
    tmp_path: Path, dialplans: Path
) -> None:
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        call = {"dial": "4000", "at": "2026-11-23 10:00", "press": ["2", "1"]}
        status, told = await web.post("/api/centre/rehearse", {"call": call})
        assert (status, told["flow"], told["at"][:16]) == (200, "hotline", "2026-11-23T10:00")
        assert "Thank you for calling." in "\n".join(told["lines"])
        files = text_of(web, "flows/hotline.yaml", "Thank you for calling.", "So long.")
        _, edited = await web.post("/api/centre/rehearse", {"call": call, "files": files})
        assert "So long." in "\n".join(edited["lines"])
        assert [one["event"] for one in edited["path"]] == [one["event"] for one in told["path"]]
        for body, expected in (
            ({"call": {**call, "dial": "4999"}}, (422, "cannot-rehearse")),
            ({"call": {**call, "at": "soon"}}, (422, "bad-moment")),
            ({"call": {**call, "press": ["dance"]}}, (422, "invalid-request")),
            ({"call": {**call, "version": 9}}, (404, "unknown-version")),
            ({"call": call, "files": {"queues.yaml": None}}, (422, "document-invalid")),
        ):
            status, refused = await web.post("/api/centre/rehearse", body)
            assert (status, refused["error"]["id"]) == expected
        drawn = {"flow": "4000", "language": "en", "files": files}
        async with web.client.post("/api/centre/draw", json=drawn, headers=BEARER) as answer:
            assert (answer.status, answer.content_type) == (200, "image/svg+xml")
            assert "So long" in await answer.text()
        status, refused = await web.post("/api/centre/draw", {"flow": "hotlime"})
        assert (status, refused["error"]["id"]) == (422, "nothing-to-draw")


async def test_without_asterisk_nothing_is_changed_and_what_was_prepared_is_taken_back(
    tmp_path: Path, dialplans: Path
) -> None:
    prepared: list[int] = []

    async def prepare(centre: Any, _: object) -> None:
        prepared.append(centre.queues["sales"].ring_s)

    async with open_floor(tmp_path, dialplans=dialplans) as web:
        web.floor.administration.prepare.append(prepare)
        refuses(web)
        edit(dialplans / "queues.yaml", "ring_s: 20", "ring_s: 25")
        status, answer = await web.post(FROM_FOLDER, {"why": "ring longer"})
        assert (status, answer["error"]["id"]) == (503, "ami-link-lost")
        assert "the centre is as it was before" in answer["error"]["message"]
        assert web.floor.distributor.router.queues["sales"].settings.ring_ms == 20_000
        assert prepared == [25, 20]
        assert web.floor.folder.versions.current == 1
        assert (await web.post("/api/centre/prepare"))[0] == 503
        del web.floor.administration.prepare[1]
        status, answer = await web.post(FROM_FOLDER, {"why": "ring longer"})
        assert (status, web.floor.folder.base) == (200, 2)
        assert web.floor.distributor.router.queues["sales"].settings.ring_ms == 25_000
        assert (await web.post("/api/centre/prepare"))[0] == 200


async def test_a_new_reason_can_be_given_at_once_by_key_and_by_name(tmp_path: Path, dialplans: Path) -> None:
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        assert "7" not in web.floor.centre.custom.reasons
        web.sign_in("1001")
        edit(dialplans / "centre.yaml", "  meal:", "  coaching: {title: Coaching, key: 7}\n  meal:")
        await web.post(FROM_FOLDER, {"why": "coaching"})
        assert web.floor.centre.custom.reasons["7"] == "coaching"
        status, agent = await web.post("/api/agents/1001/not-ready", {"reason": "coaching"})
        assert (status, agent["reason"]) == (200, "coaching")
