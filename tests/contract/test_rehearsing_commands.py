"""`callcenter simulate` and `callcenter replay`: made-up traffic and a real recorded day, in a state folder of their
own, with no service running.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cti.commands import main
from recording.store import Agent, Store
from tests.contract.command_line import callcenter

pytestmark = pytest.mark.contract

HOME = Path(__file__).parents[2]
DAY = "2026-11-22"
"""The day of the recorded journal, in the centre's time zone."""

TRAFFIC = """\
title: A quiet hour
open: 09:00-10:00
queues:
  sales:
    per_hour: 60
    handling: {mean_s: 120, shape: exponential}
    patience: {mean_s: 60, shape: exponential}
agents:
  - {group: sellers, count: 2, skills: {sales: 5}, shift: 09:00-10:30}
"""


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    state = tmp_path / "state"
    state.mkdir()
    monkeypatch.setenv("CALLCENTER_STATE", str(state))
    return state


@pytest.fixture
def traffic(tmp_path: Path) -> str:
    (tmp_path / "traffic.yaml").write_text(TRAFFIC)
    return str(tmp_path / "traffic.yaml")


@pytest.fixture
async def recorded(own_state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder with the journal of a small real day and its two agents; the dialplans it was recorded with."""
    (own_state / "journal").mkdir()
    shutil.copy(HOME / "tests/fixtures/days/two_sellers/facts.jsonl", own_state / "journal")
    store = Store(f"sqlite+aiosqlite:///{own_state}/callcenter.db")
    await store.migrate()
    await store.save_agents(
        [
            Agent(number="1001", name="Li Na", phone="1001", pin_hash="", skills={"sales": 8, "support": 5}),
            Agent(number="1002", name="Wang Wei", phone="1002", pin_hash="", skills={"sales": 6}),
        ]
    )
    await store.close()
    dialplans = tmp_path / "dialplans"
    for source in (HOME / "dialplans", HOME / "tests/fixtures/floor"):
        shutil.copytree(source, dialplans, dirs_exist_ok=True)
    monkeypatch.setenv("CALLCENTER_DIALPLANS", str(dialplans))
    return dialplans


async def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert await callcenter(*arguments, "--json") == 0
    return json.loads(capsys.readouterr().out)


async def test_simulated_traffic_is_shown_with_intervals(traffic: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert await callcenter("simulate", traffic, "--replications", "4") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{traffic}: A quiet hour"
    assert "Means of 4 days, seed 1" in lines[1]
    assert "95 % confidence (Student t over independent replications)" in lines[1]
    assert lines[3].split()[:3] == ["QUEUE", "CALLS", "ANSWERED"]
    assert [line.split()[0] for line in lines[4:6]] == ["sales", "all"]
    assert "±" in lines[4]
    assert lines[7].startswith("AGENTS")
    assert lines[8].startswith("sellers")


async def test_the_same_seed_says_the_same_and_another_does_not(
    traffic: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first = await told(capsys, "simulate", traffic, "--replications", "3")
    assert await told(capsys, "simulate", traffic, "--replications", "3") == first
    assert await told(capsys, "simulate", traffic, "--replications", "3", "--seed", "2") != first
    calls = first["queues"]["sales"]["calls"]
    assert calls["replications"] == 3
    assert 30 < calls["mean"] < 90
    assert first["all"] == first["queues"]["sales"]
    assert 0 < first["agents"]["sellers"]["occupancy"]["mean"] < 1


async def test_one_day_is_shown_without_intervals(traffic: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert await callcenter("simulate", traffic, "--replications", "1") == 0
    shown = capsys.readouterr().out
    assert "One day, seed 1." in shown
    assert "±" not in shown


def test_traffic_for_a_queue_that_there_is_not_is_refused_with_its_line(
    traffic: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(traffic).write_text(TRAFFIC.replace("  sales:", "  sails:"))
    assert main(("simulate", traffic)) == 2
    assert 'traffic.yaml:4:3: unknown queue "sails", did you mean "sales"?' in capsys.readouterr().err


async def test_a_recorded_day_is_replayed_beside_what_was(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await callcenter("replay", DAY) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{DAY}, Asia/Shanghai: 6 calls came to a queue."
    assert [line.split() for line in lines if line.startswith("QUEUE sales")] == [
        ["QUEUE", "sales", "RECORDED", "REPLAYED"]
    ]
    assert ["answered", "4", "4"] in [line.split() for line in lines]
    assert any(line.startswith("How true: of 6 calls, 6 ended in the replay as they did; of 5") for line in lines)


async def test_other_queue_settings_are_compared_whether_a_file_or_a_folder(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "queues.yaml"
    other.write_text((recorded / "queues.yaml").read_text().replace("wrap_up_s: 1", "wrap_up_s: 0"))
    by_file = await told(capsys, "replay", DAY, "--with", str(other))
    assert by_file["changed"]["queues"]["sales"]["max_wait_ms"] < by_file["replayed"]["queues"]["sales"]["max_wait_ms"]
    assert by_file["replayed"]["all"]["answered"] == by_file["recorded"]["all"]["answered"] == 5
    folder = tmp_path / "other"
    shutil.copytree(recorded, folder)
    shutil.copy(other, folder)
    by_folder = await told(capsys, "replay", DAY, "--with", str(folder))
    assert by_folder["changed"] == by_file["changed"]
    assert await callcenter("replay", DAY, "--with", str(other)) == 0
    header = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("ALL QUEUES"))
    assert header.split()[2:] == ["RECORDED", "REPLAYED", "CHANGED"]


async def test_agents_of_whom_nothing_is_known_are_left_out_and_named(
    recorded: Path, own_state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own_state / "callcenter.db").unlink()
    assert (await told(capsys, "replay", DAY))["left_out"] == ["1001", "1002"]
    assert await callcenter("replay", DAY) == 0
    assert "Agents 1001, 1002 are known neither to the journal nor to the database" in capsys.readouterr().out


async def test_a_day_or_a_file_that_is_not_there_is_told(
    recorded: Path, own_state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await callcenter("replay", "2026-11-20") == 1
    assert capsys.readouterr().err.endswith("[nothing-recorded]\n")
    assert await callcenter("replay", DAY, "--with", str(tmp_path / "queues.yml")) == 2
    assert capsys.readouterr().err.endswith("[document-invalid]\n")
    journal = own_state / "journal/facts.jsonl"
    journal.rename(journal.with_name("facts.jsonl.000002"))  # that of the days before it has been removed
    assert await callcenter("replay", "2026-11-20") == 1
    said = capsys.readouterr().err
    assert "2026-11-20: its journal is kept no longer; expected a day after 20" in said
    assert said.endswith("[day-gone]\n")
    journal.with_name("facts.jsonl.000002").unlink()
    assert await callcenter("replay", DAY) == 1
    assert capsys.readouterr().err.endswith("[nothing-recorded]\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("simulate",),
        ("simulate", "x.yaml", "--replications", "0"),
        ("simulate", "x.yaml", "--confidence", "100"),
        ("replay",),
        ("replay", "yesterday"),
    ],
)
async def test_a_command_line_that_does_not_fit_ends_with_2(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
