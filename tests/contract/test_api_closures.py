"""Closures declared and lifted by the API and on the command line, and where they show."""

import json
from pathlib import Path

import pytest

from acd.closures import EVERY
from acd.facts import ClosureDeclared, ClosureLifted
from ivr.prompts.audio import ENDINGS
from tests.contract.command_line import callcenter, reach
from tests.contract.fake_floor import FakeFloor, open_floor
from tests.unit.running_floor import Told

pytestmark = pytest.mark.contract


def record(web: FakeFloor, tmp_path: Path, now_ms: int) -> str:
    """An announcement was recorded by phone."""
    draft = web.floor.closure_sounds.draft(now_ms)
    for ending in ENDINGS.values():
        draft.with_name(f"{draft.name}{ending}").write_bytes(b"")
    return web.floor.closure_sounds.keep(draft, now_ms)


async def test_a_closure_is_told_with_who_and_why_and_shown_until_it_is_lifted(tmp_path: Path) -> None:
    told = Told()
    async with open_floor(tmp_path) as web:
        web.floor.distributor.on_fact.append(told)
        name = record(web, tmp_path, 12)
        body = {"calendar": "office", "on": True, "why": "fire", "by": "Wang", "announcement": name}
        status, answer = await web.post("/api/closures", body)
        since_ms = web.floor.distributor.clock.now_ms()
        shown = {"calendar": "office", "since_ms": since_ms, "by": "Wang", "why": "fire", "announcement": name}
        assert (status, answer) == (200, {"closures": [shown], "announcements": [name]})
        assert await web.get("/api/closures") == (200, answer)
        socket = await web.watch()
        assert (await socket.receive_json())["snapshot"]["closures"] == [shown]
        metrics = await web.text("/metrics")
        assert 'callcenter_closure{calendar="office"} 1.0' in metrics
        assert 'callcenter_closure{calendar="*"} 0.0' in metrics
        status, answer = await web.post("/api/closures", {"calendar": "office", "on": False, "by": "Li"})
        assert (status, answer["closures"]) == (200, [])
        assert (await socket.receive_json())["fact"] == "ClosureLifted"
        assert (await socket.receive_json())["update"]["closures"] == []
        assert 'callcenter_closure{calendar="office"} 0.0' in await web.text("/metrics")
    [declared, lifted] = [fact for fact in told.facts if isinstance(fact, ClosureDeclared | ClosureLifted)]
    assert isinstance(declared, ClosureDeclared)
    assert (declared.calendar, declared.by, declared.announcement) == ("office", "Wang", name)
    assert (lifted.calendar, lifted.by) == ("office", "Li")


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"on": True}, 422, "invalid-request"),
        ({"on": True, "why": " "}, 422, "invalid-request"),
        ({"on": True, "why": "fire", "calendar": "ofice"}, 404, "unknown-calendar"),
        ({"on": True, "why": "fire", "announcement": "../../token"}, 404, "unknown-announcement"),
        ({"on": False}, 409, "not-closed"),
    ],
)
async def test_what_does_not_fit_is_refused_and_changes_nothing(
    tmp_path: Path, body: dict[str, object], status: int, error: str
) -> None:
    async with open_floor(tmp_path) as web:
        answered, answer = await web.post("/api/closures", body)
        assert (answered, answer["error"]["id"]) == (status, error)
        assert web.floor.closures.on == {}


async def test_the_command_shuts_lists_and_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    async with open_floor(tmp_path) as web:
        reach(web, tmp_path, monkeypatch)
        name = record(web, tmp_path, 12)
        assert await callcenter("closure", "on", "--why", "storm", "--by", "Wang") == 0
        assert capsys.readouterr().out == "The whole centre is shut; callers hear the house's own words.\n"
        assert await callcenter("closure", "on", "office", "--why", "fire", "--announcement", name, "--by", "Li") == 0
        assert capsys.readouterr().out == f"Calendar office is shut; callers hear announcement {name}.\n"
        assert await callcenter("closure") == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line.split()[0] for line in lines] == ["CALENDAR", EVERY, "office", "Recorded"]
        assert lines[2].split()[3:] == ["Li", name, "fire"]
        assert await callcenter("closure", "list", "--json") == 0
        assert len(json.loads(capsys.readouterr().out)["closures"]) == 2
        assert await callcenter("closure", "off", "office") == 0
        assert capsys.readouterr().out == "Calendar office is shut no longer. Still shut: *.\n"
        assert await callcenter("closure", "off") == 0
        assert capsys.readouterr().out == "The whole centre is shut no longer.\n"
        assert await callcenter("closure", "off") == 1
        assert await callcenter("closure", "on") == 2
