"""`callcenter quality`: a call judged without a browser and without the service."""

from pathlib import Path

import pytest

from tests.contract.command_line import Terminal, callcenter
from tests.contract.test_api_quality import MARKS, drawing_all, recorded_call

pytestmark = pytest.mark.contract


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))


def filled(folder: Path, **changed: int) -> str:
    """A form as a person fills it in."""
    file = folder / "judgement.yaml"
    marks = {**MARKS, **{name.replace("_", "-"): value for name, value in changed.items()}}
    lines = (f"  {name}: {'null' if value is None else value}" for name, value in marks.items())
    extra = "  greeting: {value: 0, comment: none was heard}" if changed.get("greeting") == 0 else ""
    text = "\n".join(line for line in lines if not (extra and line.startswith("  greeting")))
    file.write_text(f"marks:\n{text}\n{extra}\ntime_marks: [{{at_ms: 1, comment: 这里}}]\n", "utf-8")
    return str(file)


async def test_a_call_is_drawn_judged_released_appealed_and_decided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with recorded_call(tmp_path) as (_, record):
        pass  # the service is away from here on
    said = Terminal(capsys, "quality")
    assert (await said("sheets")).splitlines()[1].split()[:3] == ["hotline", "12", "4"]
    form = await said("form", "--language", "en")
    assert "  # Answers rightly and in full: a mark from 0 to 5; below 3 with a comment" in form
    evaluation = (await said("draw", record.id)).split()[-1].rstrip(".")
    await said("claim", evaluation, "--by", "anna")
    await said("score", evaluation, filled(tmp_path, greeting=0), "--by", "anna")
    assert await said("release", evaluation, "--by", "anna") == f"{evaluation}: released, score 90.11.\n"
    await said("appeal", evaluation, "--agent", str(record.agent), "--note", "I did", "--by", "desk")
    refused = ("decide", evaluation, "upheld", "--note", "no", "--by", "anna")
    assert await callcenter("quality", *refused) == 1
    assert "[evaluation-not-yours]" in capsys.readouterr().err
    decided = await said(
        "decide", evaluation, "changed", "--judgement", filled(tmp_path), "--note", "yes", "--by", "chief"
    )
    assert decided == f"{evaluation}: decided, score 96.85.\n"
    shown = await said("show", evaluation)
    assert "Score       96.85 (was 90.11)" in shown
    steps = [line.split()[2] for line in shown.splitlines()[-5:]]
    assert steps == ["claim", "score", "release", "appeal", "decide:"]
    assert "decide: changed" in shown
    bulletin = " ".join((await said("bulletin")).split())
    assert "Released 1 Mean score 96.85" in bulletin
    assert "changed 90.11 96.85 chief" in bulletin
    assert '"released":0' in await said("bulletin", "2020-01-01", "--format", "json")
    await said("bulletin", "--queue", record.queue or "", "--language", "cmn", "--output", str(tmp_path / "b.html"))
    assert "质检日报" in (tmp_path / "b.html").read_text("utf-8")
    listed = (await said("list", "--phase", "decided")).splitlines()
    assert listed[1].split()[2:6] == ["decided", str(record.agent), record.queue, "anna"]
    assert (await said("list", "--agent", "4711")).count("\n") == 1


async def test_a_form_that_does_not_fit_is_told_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with recorded_call(tmp_path) as (_, record):
        pass
    await callcenter("quality", "draw", record.id)
    evaluation = capsys.readouterr().out.split()[-1].rstrip(".")
    await callcenter("quality", "claim", evaluation, "--by", "anna")
    file = tmp_path / "bad.yaml"
    file.write_text("marks: {greeting: yes}\ncolour: red\n")
    capsys.readouterr()
    assert await callcenter("quality", "score", evaluation, str(file), "--by", "anna") == 2
    told = capsys.readouterr().err
    assert "bad.yaml:2:1: unknown key" in told
    assert "bad.yaml:1:19:" in told
    await callcenter("quality", "form")
    file.write_text(capsys.readouterr().out.replace("value: _", "value: 1", 11), "utf-8")
    assert await callcenter("quality", "score", evaluation, str(file), "--by", "anna") == 2
    assert '"_" does not fit (expected a mark in the place of the blank)' in capsys.readouterr().err
    file.write_text("marks: {greeting: 1}\n")
    assert await callcenter("quality", "score", evaluation, str(file), "--by", "anna") == 1
    told = capsys.readouterr().err
    assert "\n  right-answer: there is no mark; expected a mark from 0 to 5\n" in told
    assert "[judgement-unfit]" in told


async def test_a_call_is_handed_to_reviewers_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with recorded_call(tmp_path) as (_, record):
        pass
    assert await callcenter("quality", "draw", record.id, "--reviewer", "anna") == 2
    assert "reviewer 'anna'; expected one of: none yet" in capsys.readouterr().err
    assert await callcenter("tokens", "add", "anna", "--role", "reader", "--may", "review") == 0
    asked = ("tokens", "add", "boris", "--role", "reader", "--agent", str(record.agent))
    assert await callcenter(*asked) == 2, "a reader has no calls of his own"
    assert await callcenter(*asked, "--may", "review") == 0
    assert await callcenter("quality", "draw", record.id, "--reviewer", "boris") == 1, "it is his own call"
    capsys.readouterr()
    assert await callcenter("quality", "draw", record.id, "--reviewer", "anna") == 0
    evaluation = capsys.readouterr().out.split()[-1].rstrip(".")
    assert await callcenter("quality", "hand-over", evaluation, "", "--by", "chief") == 0
    assert await callcenter("quality", "list", "--reviewer", "") == 0
    assert evaluation in capsys.readouterr().out


async def test_calls_are_drawn_by_the_rules_and_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with recorded_call(tmp_path, drawing_all(tmp_path)) as (web, record):
        await web.move_to_now(record)
    assert await callcenter("quality", "sample", "--seed", "of the day") == 0
    done = capsys.readouterr().out
    assert "1 of 1 drawn" in done
    name = done.split()[1].rstrip(":")
    assert await callcenter("quality", "draws") == 0
    assert capsys.readouterr().out.splitlines()[1].split()[-3:] == ["1", "0", name]
    assert await callcenter("quality", "explain", name, record.id) == 0
    assert f"everybody: agent {record.agent}: drawn for everybody" in capsys.readouterr().out
    for said in ("Draw ", "The draw of this day has been made already."):
        assert await callcenter("quality", "sample", "--daily") == 0
        assert capsys.readouterr().out.startswith(said)


async def test_reviewers_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with recorded_call(tmp_path) as (_, record):
        pass
    said = Terminal(capsys)
    for name in ("anna", "boris"):
        await said("tokens", "add", name, "--role", "reader", "--may", "review")
    calibration = (await said("quality", "calibrate", record.id, "anna", "boris")).split()[-1].rstrip(".")
    assert await callcenter("quality", "calibrate", record.id, "anna", "dora") == 2
    capsys.readouterr()
    shown = await said("quality", "calibration", calibration)
    assert shown.startswith("Open, led by ")
    assert await callcenter("quality", "close", calibration, filled(tmp_path)) == 1
    assert "[too-few-reviewers]" in capsys.readouterr().err
    listed = (await said("quality", "calibrations")).splitlines()
    assert listed[1].split()[2] == "open"
    assert listed[1].endswith(calibration)


async def test_who_is_ill_is_absent_and_his_work_is_done_by_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with recorded_call(tmp_path) as (_, record):
        pass
    said = Terminal(capsys)
    for name in ("anna", "boris"):
        await said("tokens", "add", name, "--role", "reader", "--may", "review")
    evaluation = (await said("quality", "draw", record.id, "--reviewer", "anna")).split()[-1].rstrip(".")
    told = await said("quality", "absent", "anna", "2020-01-01", "2999-12-31", "--why", "ill")
    assert told == "anna is absent 2020-01-01 to 2999-12-31: ill.\n"
    listed = (await said("quality", "reviewers")).splitlines()
    assert listed[1].split()[:5] == ["anna", "-", "-", "1", "0"]
    assert listed[1].endswith("2020-01-01 to 2999-12-31: ill")
    moved = (await said("quality", "reassign", "anna", "--why", "ill")).splitlines()
    assert moved[1].split() == ["boris", str(record.agent), evaluation]
    assert await said("quality", "present", "anna") == "anna is there again.\n"
    for wrong in (("present", "anna"), ("absent", "dora", "2020-01-01", "2020-01-02", "--why", "?")):
        assert await callcenter("quality", *wrong) == 2
    assert (await said("quality", "list", "--overdue")).count("\n") == 1
    assert (await said("quality", "scores", "--by", "team", "--trend", "1")).startswith("TEAM")
    assert (await said("quality", "counted", "--agent", "1001")).count("\n") == 1
