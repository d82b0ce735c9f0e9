"""The commands that rehearse calls, on files alone: no service, no data base, no Asterisk."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cti.centre import load_centre
from cti.commands import main
from tests.contract.fake_floor import TOKEN, open_floor
from tests.shared_prompts import lend, provide

pytestmark = pytest.mark.contract

FIXTURES = Path(__file__).parents[1] / "fixtures" / "rehearsal"


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("CALLCENTER_DIALPLANS", str(FIXTURES))
    monkeypatch.setenv("CALLCENTER_HTTP_PORT", "1")


def test_a_call_is_shown_as_it_would_go(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    who = ("--name", "Li", "--known", "Li Na", "--vip", "--priority", "7", "--agent", "1001")
    assert main(["dialplan", "show", "4000", "--at", "2026-11-23 12:00", *who, "--press", "1,1"]) == 0
    assert capsys.readouterr().out == (FIXTURES / "gold.txt").read_text()
    assert main(["dialplan", "show", "4001", "--at", "2026-11-23 20:00", "--queue-outcome", "timed_out", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["path"][-1]["reason"] == "nobody_free"
    assert not (tmp_path / "state").exists(), "a rehearsal writes nothing"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("4009",), '"4009", did you mean "4001"? (expected one of: 4000, 4001) [cannot-rehearse]'),
        (("4000", "--at", "noon"), "or a moment of ISO 8601 [bad-moment]"),
        (("4000", "--press", "1,two"), "press/1 'two' does not fit; expected keys such as 1"),
        (("4000", "--queue-outcome", "lost"), "'lost' does not fit; expected 'answered', 'timed_out'"),
        (("4000", "--transfer", "nowhere"), "'nowhere' does not fit; expected NODE=OUTCOME [bad-input]"),
        (("4000", "--answer", "balance={"), "the answer for balance is no JSON"),
        (("4000", "--priority", "1000"), "known/priority 1000 does not fit"),
    ],
)
def test_a_call_that_cannot_be_rehearsed_is_refused_with_what_was_expected(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dialplan", "show", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_conversations_are_carried_out_and_counted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["dialplan", "test"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"passed  {FIXTURES}/conversations/reception.yaml:3  Gold goes ahead"
    assert lines[-1] == f"{len(lines) - 1} conversations: {len(lines) - 1} passed, 0 failed."
    file = tmp_path / "mine.yaml"
    file.write_text(
        "conversations:\n"
        "  - {title: Right, dial: 4001, steps: [{expect: {hang_up: served}}]}\n"
        "  - {title: Wrong, dial: 4001, steps: [{expect: {hang_up: lost}}]}\n"
    )
    assert main(["dialplan", "test", str(file)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"passed  {file}:2  Right",
        f"FAILED  {file}:3  Wrong",
        f"        {file}:3:59: The call ends: served (expected the call to end, lost)",
        "2 conversations: 1 passed, 1 failed.",
    ]
    file.write_text("conversations: [{title: Wrong, dial: 4009, steps: [{press: 1}]}]\n")
    assert main(["dialplan", "test", str(file)]) == 2
    assert capsys.readouterr().err.endswith("[document-invalid]\n")
    monkeypatch.setenv("CALLCENTER_DIALPLANS", str(FIXTURES.parent / "floor"))
    assert main(["dialplan", "test"]) == 2
    assert "there are no conversations" in capsys.readouterr().err


def test_who_calls_is_asked_of_the_data_base_where_there_is_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = ("dialplan", "show", "4000", "--caller", "13800138000", "--press", "1,!0")
    assert main(["callers", "set", "13800138000", "--name", "Li Na", "--priority", "7"]) == 0
    capsys.readouterr()
    assert main([*call]) == 0
    assert "waits in queue support; priority +7; music default" in capsys.readouterr().out
    assert main([*call, "--known", "Li Na"]) == 0
    assert "waits in queue support; music default" in capsys.readouterr().out, "what is given goes before"
    (tmp_path / "state" / "callcenter.db").write_bytes(b"no data base, but longer than a page of it")
    assert main([*call]) == 0
    assert "waits in queue support; music default" in capsys.readouterr().out, "a rehearsal needs no data base"


def test_an_older_version_is_rehearsed_drawn_and_tested_as_it_was_published(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "dialplans"
    shutil.copytree(FIXTURES, folder)
    monkeypatch.setenv("CALLCENTER_DIALPLANS", str(folder))
    lend(tmp_path / "state", provide(load_centre(folder)))
    assert main(["dialplan", "publish", "--why", "the first"]) == 0
    flow = folder / "flows" / "orders.yaml"
    flow.write_text(flow.read_text().replace("reason: served", "reason: changed"))
    call = ("dialplan", "show", "4001", "--at", "2026-11-23 20:00")
    capsys.readouterr()
    for version, reason in (((), "changed"), (("--version", "1"), "served")):
        assert main([*call, *version]) == 0
        assert capsys.readouterr().out.endswith(f"The call ends: {reason}.\n")
        assert main(["dialplan", "draw", "orders", *version]) == 0
        assert reason in capsys.readouterr().out
    assert main(["dialplan", "test"]) == 1
    assert main(["dialplan", "test", "--version", "1"]) == 0
    assert f"{tmp_path}/state/versions/0001/conversations/reception.yaml:3  Gold" in capsys.readouterr().out
    assert main([*call, "--version", "7"]) == 1
    assert capsys.readouterr().err.endswith("[unknown-version]\n")


async def test_an_emergency_that_is_declared_now_counts_where_the_service_runs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    call = ("dialplan", "show", "4000", "--at", "2026-11-23 12:00", "--press", "1,2")
    async with open_floor(state) as web:
        (state / "token").write_text(TOKEN)
        monkeypatch.setenv("CALLCENTER_HTTP_PORT", str(web.client.port))
        assert (await web.post("/api/closures", {"calendar": "*", "on": True, "why": "a test"}))[0] == 200
        assert await asyncio.to_thread(main, call) == 0
        told = capsys.readouterr().out
        assert "shut by an emergency: all" in told
        assert "queue sales is closed" in told
        _, rehearsed = await web.post("/api/centre/rehearse", {"call": {"dial": "4000"}})
        assert rehearsed["shut"] == ["*"]
        _, rehearsed = await web.post("/api/centre/rehearse", {"call": {"dial": "4000", "closures": {}}})
        assert rehearsed["shut"] == []
    assert main([*call]) == 0
    assert "shut" not in capsys.readouterr().out


def test_who_reads_only_the_beginning_of_the_output_is_not_told_of_a_fault() -> None:
    reads, writes = os.pipe()
    os.close(reads)
    command = [sys.executable, "-m", "cti.commands", "dialplan", "show", "4000"]
    done = subprocess.run(command, stdout=writes, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writes)
    assert (done.returncode, done.stderr) == (0, b"")
