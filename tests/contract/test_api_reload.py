"""Edits of the centre's files taken while the service runs: by the API and on the command line."""

import shutil
from pathlib import Path

import pytest

from acd.facts import CentreReloaded
from cti.ami.errors import AmiLinkLost
from tests.contract.fake_floor import HOME, FakeFloor, open_floor
from tests.contract.test_commands import callcenter, reach
from tests.unit.running_floor import Told

pytestmark = pytest.mark.contract

CALL = "node1-1800000000.1"


@pytest.fixture
def dialplans(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HOME / "dialplans", tmp_path / "dialplans"))


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")


def refuses(web: FakeFloor) -> None:
    """Asterisk cannot be asked."""

    async def refuse(*_: object) -> None:
        raise AmiLinkLost("no link to Asterisk")

    web.floor.administration.prepare.append(refuse)


async def test_an_edit_holds_for_calls_already_waiting_and_says_what_it_changed(
    tmp_path: Path, dialplans: Path
) -> None:
    told = Told()
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        web.floor.distributor.on_fact.append(told)
        web.sign_in("1003")
        web.arrives(CALL)
        with web.waits(CALL):
            edit(dialplans / "queues.yaml", "skills: {sales: 1}", "skills: {support: 1}")
            _, before = await web.get("/api/centre")
            status, changed = await web.post("/api/centre/reload", {"by": "Wang"})
            assert status == 200
            assert changed == {
                "version": changed["version"],
                "queues_added": [],
                "queues_changed": ["sales"],
                "queues_retired": [],
                "flows_changed": [],
            }
            _, after = await web.get("/api/centre")
            assert before["version"] != after["version"] == changed["version"]
            _, agent = await web.get("/api/agents/1003")
            assert agent["state"] == "ringing"
    [fact] = [fact for fact in told.facts if isinstance(fact, CentreReloaded)]
    assert (fact.version, fact.by) == (changed["version"], "Wang")


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
        _, changed = await web.post("/api/centre/reload")
        assert changed["queues_added"] == ["billing"]
        queues.write_text(whole, "utf-8")
        _, changed = await web.post("/api/centre/reload")
        assert changed["queues_retired"] == ["billing"]
        assert prepared == [{"sales", "support", "billing"}] * 2
        assert web.floor.administration.queue("billing").title == "Bills"
        with web.waits(CALL, "billing"):
            _, billing = await web.get("/api/queues/billing")
            assert billing["waiting"] == 1
        edit(queues, "  support:\n", "  billing:\n    title: Bills again\n  support:\n")
        _, changed = await web.post("/api/centre/reload")
        assert (changed["queues_added"], changed["queues_retired"]) == (["billing"], [])


async def test_files_that_do_not_fit_are_refused_whole_with_every_place(
    tmp_path: Path, dialplans: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        reach(web, tmp_path, monkeypatch)
        version = web.floor.centre.version
        edit(dialplans / "queues.yaml", "skills: {sales: 1}", "skills: {sale: 1}")
        edit(dialplans / "centre.yaml", "time_zone: Asia/Shanghai", "time_zone: Asia/Shanghia")
        status, answer = await web.post("/api/centre/reload")
        assert (status, answer["error"]["id"]) == (422, "document-invalid")
        first, second = answer["error"]["message"].splitlines()
        assert first.startswith(f'{dialplans}/centre.yaml:4:12: unknown time zone "Asia/Shanghia", did you mean')
        assert second.startswith(f'{dialplans}/queues.yaml:10:14: unknown skill "sale", did you mean "sales"?')
        assert web.floor.centre.version == version
        assert await callcenter("reload") == 2
        assert "queues.yaml:10:14" in capsys.readouterr().err


async def test_without_asterisk_nothing_is_changed_and_that_is_said(
    tmp_path: Path, dialplans: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        reach(web, tmp_path, monkeypatch)
        refuses(web)
        edit(dialplans / "queues.yaml", "ring_s: 20", "ring_s: 25")
        status, answer = await web.post("/api/centre/reload")
        assert (status, answer["error"]["id"]) == (503, "ami-link-lost")
        assert web.floor.distributor.router.queues["sales"].settings.ring_ms == 20_000
        assert await callcenter("reload") == 1
        assert "the centre is as it was before" in capsys.readouterr().err


async def test_on_the_command_line_what_was_changed_is_told(
    tmp_path: Path, dialplans: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        reach(web, tmp_path, monkeypatch)
        edit(dialplans / "queues.yaml", "ring_s: 20", "ring_s: 25")
        edit(dialplans / "flows/sales.yaml", "    then:", "    priority: 2\n    then:")
        assert await callcenter("reload", "--by", "Wang") == 0
        *_, first, second, third = capsys.readouterr().out.splitlines()
        assert first == f"The centre is as its files say, version {web.floor.centre.version}."
        assert (second, third) == ("Queues changed: sales.", "Flows changed: sales.")


async def test_a_new_reason_can_be_given_at_once_by_key_and_by_name(tmp_path: Path, dialplans: Path) -> None:
    async with open_floor(tmp_path, dialplans=dialplans) as web:
        assert "7" not in web.floor.centre.custom.reasons
        web.sign_in("1001")
        edit(dialplans / "centre.yaml", "  meal:", "  coaching: {title: Coaching, key: 7}\n  meal:")
        await web.post("/api/centre/reload")
        assert web.floor.centre.custom.reasons["7"] == "coaching"
        status, agent = await web.post("/api/agents/1001/not-ready", {"reason": "coaching"})
        assert (status, agent["reason"]) == (200, "coaching")
