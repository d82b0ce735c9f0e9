"""The command line against a running floor, a database, and files that do not fit."""

import io
import json
import re
import shutil
from pathlib import Path

import pytest

from cti.accounts import load_credentials
from cti.commands import main
from cti.commands.calls import describe
from cti.people import pin_fits
from tests.contract.command_line import callcenter, running
from tests.contract.fake_floor import TOKEN

pytestmark = pytest.mark.contract


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")


async def test_agents_sign_in_and_out_and_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(tmp_path, monkeypatch) as web:
        web.phone_registers("1001")
        for arguments, said in (
            (("sign-in", "1001"), "Agent 1001 is ready at phone 1001."),
            (("not-ready", "1001", "meal"), "Agent 1001 is not ready (meal) at phone 1001."),
            (("ready", "1001"), "Agent 1001 is ready at phone 1001."),
            (("sign-out", "1001"), "Agent 1001 is signed out."),
            (
                ("sign-in", "1001", "--phone", "1009", "--not-ready"),
                "Agent 1001 is unreachable (signed_in) at phone 1009.",
            ),
        ):
            assert await callcenter("agents", *arguments) == 0
            assert capsys.readouterr().out == f"{said}\n"
        assert await callcenter("agents") == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].split() == ["NUMBER", "NAME", "STATE", "REASON", "PHONE", "SKILLS"]
        assert lines[1].split() == [
            "1001",
            "Li",
            "Na",
            "unreachable",
            "signed_in",
            "1009",
            "sales",
            "8,",
            "support",
            "5",
        ]


async def test_a_refusal_of_the_service_is_told_with_its_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(tmp_path, monkeypatch):
        assert await callcenter("agents", "ready", "1001") == 1
        assert capsys.readouterr().err.endswith("[not-signed-in]\n")
        (tmp_path / "token").write_text("wrong")
        assert await callcenter("agents", "list") == 1
        assert capsys.readouterr().err.endswith("[unauthorized]\n")


async def test_calls_are_listed_page_by_page_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(tmp_path, monkeypatch) as web:
        call = await web.remember("answered_caller_hangs_up")
        await web.remember("abandoned_waiting")
        parked = await web.remember("parked_and_fetched")
        nowhere = await web.remember("parked_nowhere")
        muted = await web.remember("conference")
        sent_on = await web.remember("transferred_to_queue")
        await web.keep_recording(call, b"RIFF")
        assert await callcenter("calls") == 0
        assert len(capsys.readouterr().out.splitlines()) == 7
        assert await callcenter("calls", "list", "--outcome", "answered") == 0
        line = next(line for line in capsys.readouterr().out.splitlines() if line.endswith(call.id))
        local = call.started_at.astimezone(web.floor.centre.time_zone)
        assert line.startswith(f"{local:%Y-%m-%d %H:%M:%S}  answered")
        assert await callcenter("calls", "list", "--limit", "1") == 0
        more = re.search(r"--after (\w+)", capsys.readouterr().out)
        assert more is not None
        assert await callcenter("calls", "list", "--json", "--after", more[1]) == 0
        assert len(json.loads(capsys.readouterr().out)["calls"]) == 5
        assert await callcenter("calls", "list", "--outcome", "timed_out") == 0
        assert await callcenter("recordings", "search", "--longer", "90000") == 0
        assert capsys.readouterr().out == "No such calls.\n" * 2
        assert await callcenter("calls", "show", call.id) == 0
        shown = capsys.readouterr().out
        for part in (
            call.caller_name,
            "menu[1] → sales",
            "answered after",
            "Leg      caller",
            f"{tmp_path}/recordings/a.wav",
        ):
            assert part in shown
        for one, part in (
            (parked, f"at {parked.parkings[0].space} by 1002: fetched by 1003"),
            (nowhere, "nowhere by 1002: full"),
            (muted, "1002, at the word of api:owner"),
            (sent_on, f"{sent_on.transfers[0].kind}, by {sent_on.transfers[0].agent} to "),
            (sent_on, f"Queue    {sent_on.queues[1].queue}, "),
            (sent_on, f" with {sent_on.conversations[1].agent}"),
        ):
            assert await callcenter("calls", "show", one.id) == 0
            assert part in capsys.readouterr().out
        assert await callcenter("calls", "show", call.id, "--json") == 0
        told = json.loads(capsys.readouterr().out)
        assert told["linkedid"] == call.linkedid
        pause = {"start_ms": 1000, "end_ms": 2500, "who": "agent:1001", "why": "card"}
        told["recordings"][0] |= {"place": "erased", "pauses": [pause]}
        audio = list(describe(told, web.floor.centre.time_zone, ""))[-2:]
        assert audio[0].startswith("Recorded and deleted: ")
        assert audio[1].strip() == "paused from 1.0 s to 2.5 s by agent:1001: card"
        assert await callcenter("calls", "show", "0") == 1
        assert await callcenter("calls", "list", "--queue", "sails") == 1
        assert await callcenter("calls", "list", "--since", "yesterday") == 2


async def test_without_a_service_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_HTTP_PORT", "1")
    assert await callcenter("calls") == 1
    assert "token: No such file" in capsys.readouterr().err
    (tmp_path / "token").write_text(TOKEN)
    assert await callcenter("calls") == 1
    assert capsys.readouterr().err.endswith("[service-not-running]\n")


async def test_an_agent_is_added_with_a_pin_that_fits_and_can_be_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(tmp_path, monkeypatch) as web:
        assert await callcenter("agents", "add", "1005", "Zhāng Sān", "--skill", "sales=7", "--phone", "1005") == 0
        told = capsys.readouterr().out
        assert await web.floor.people.authenticate("1005", told.split()[-1])
        (phone,) = load_credentials(tmp_path).added
        assert (phone.phone, phone.name) == ("1005", "Zhāng Sān")
        assert f"Password, kept in accounts.json: {phone.sip_password}\n" in told
        known = {agent.number: agent for agent in await web.floor.store.agents()}
        assert (known["1005"].name, known["1005"].phone, known["1005"].skills) == ("Zhāng Sān", "1005", {"sales": 7})
        assert await callcenter("agents", "add", "1005", "Another") == 1
        assert capsys.readouterr().err.endswith("[agent-known]\n")
        monkeypatch.setattr("sys.stdin", io.StringIO("271828\n"))
        assert await callcenter("agents", "set-pin", "1005") == 0
        known = {agent.number: agent for agent in await web.floor.store.agents()}
        assert await pin_fits(known["1005"].pin_hash, "271828")
        monkeypatch.setattr("sys.stdin", io.StringIO("12\n"))
        assert await callcenter("agents", "set-pin", "1005") == 2
        monkeypatch.setattr("sys.stdin", io.StringIO("271828\n"))
        assert await callcenter("agents", "set-pin", "1099") == 1


async def test_what_an_agent_can_do_is_changed_while_the_service_runs_and_his_day_is_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(tmp_path, monkeypatch) as web:
        added = ("1006", "Ma Li", "--attribute", "language=cmn", "--outside", "+8613800138000")
        assert await callcenter("agents", "add", *added) == 0
        assert await callcenter("agents", "skill", "1006", "sales=5", "support=2") == 0
        assert await callcenter("agents", "skill", "1006", "support=0") == 0
        assert await callcenter("agents", "attribute", "1006", "team=night", "language=") == 0
        assert await callcenter("agents", "change", "1006", "--name", "Ma Lili", "--phone", "2006") == 0
        told = capsys.readouterr().out.splitlines()[-1]
        assert told == "Agent 1006, Ma Lili: sales 5, team night; phone 2006; outside +8613800138000."
        agent = web.floor.distributor.router.roster.agent("1006")
        assert (agent.skills, agent.attributes) == ({"sales": 5}, {"team": "night"})
        assert await callcenter("agents", "change", "1006") == 2
        assert await callcenter("agents", "skill", "1006", "sails=5") == 2
        assert await callcenter("agents", "attribute", "1099", "team=night") == 1
        assert await callcenter("agents", "log", "1006", "--day", "2026-11-22") == 0
        assert capsys.readouterr().out.split() == ["TIME", "FROM", "TO", "REASON", "PHONE", "CAUSE", "CALL"]


async def test_an_agent_with_a_skill_of_no_queue_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert await callcenter("agents", "add", "1005", "Li", "--skill", "sails=7") == 2
    assert "expected one of: sales, support" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("agents", "add", "x", "Li"),
        ("agents", "add", "1005", "L\ni"),
        ("agents", "add", "1005", "Li", "--skill", "sales=11"),
        ("agents", "sign-in", "1005", "--phone", "PJSIP/1"),
        ("agents", "skill", "1005", "sales"),
        ("agents", "attribute", "1005", "team"),
        ("agents", "change", "1005", "--outside", "138 001"),
        ("agents", "log", "1005", "--day", "today"),
        ("calls", "list", "--outcome", "lost"),
        ("calls", "show"),
        ("recordings", "search", "--longer", "1:30"),
        ("recordings", "search", "--shorter=-1"),
    ],
)
async def test_a_command_line_that_does_not_fit_ends_with_2(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


async def test_the_centre_s_files_are_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert await callcenter("check") == 0
    assert "5 numbers" in capsys.readouterr().out


async def test_what_fits_and_is_worth_a_word_is_a_warning_that_can_be_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    dialplans = tmp_path / "dialplans"
    shutil.copytree(Path(__file__).parents[2] / "dialplans", dialplans)
    monkeypatch.setenv("CALLCENTER_DIALPLANS", str(dialplans))
    rules = "rules: {some: {sheet: hotline, where: {teams: [nowhere]}, one_in: 1}}\n"
    (dialplans / "quality" / "sampling.yaml").write_text(rules)
    assert await callcenter("quality", "list") == 0  # there is a data base
    assert await callcenter("check") == 0
    assert f'warning: {dialplans}/quality/sampling.yaml:1:48: unknown team "nowhere"' in capsys.readouterr().err
    assert await callcenter("check", "--strict") == 2


async def test_a_link_among_the_files_is_refused_and_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    dialplans = tmp_path / "dialplans"
    shutil.copytree(Path(__file__).parents[2] / "dialplans", dialplans)
    (tmp_path / "elsewhere").write_text("hidden: words\n")
    (dialplans / "flows" / "evil.yaml").symlink_to(tmp_path / "elsewhere")
    monkeypatch.setenv("CALLCENTER_DIALPLANS", str(dialplans))
    assert await callcenter("check") == 2
    error = capsys.readouterr().err
    assert f"{dialplans}/flows/evil.yaml:1:1: cannot be read" in error
    assert "hidden" not in error


async def test_a_broken_file_ends_with_2_and_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_DIALPLANS", str(tmp_path))
    (tmp_path / "centre.yaml").write_text("centre: C\ntime_zone: Asia/Shanghigh\nlanguages: [en]\nnumbers: {}\n")
    (tmp_path / "queues.yaml").write_text("skills: {}\nqueues: {a: {title: A}}\n")
    assert await callcenter("check") == 2
    error = capsys.readouterr().err
    assert "centre.yaml:2:" in error
    assert "Asia/Shanghai" in error
    monkeypatch.setenv("CALLCENTER_SIP_PORT", "many")
    assert await callcenter("check") == 2
    assert "CALLCENTER_SIP_PORT" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [(), ("run",), ("check",), ("agents", "add"), ("calls", "list"), ("calls", "show"), ("simulate",), ("replay",)],
)
async def test_help_is_there_for_every_command(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main((*arguments, "--help"))
    assert ended.value.code == 0
    assert "usage: callcenter" in capsys.readouterr().out
