"""`callcenter report`, with figures made by hand and a real data base."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from cti import reporting_work
from recording.figures.catalogue import BESIDE, FIGURES
from tests.contract.command_line import callcenter
from tests.contract.fake_floor import open_floor
from tests.sample_figures import sample_figures

pytestmark = pytest.mark.contract


@pytest.fixture
async def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder with people and three calls."""
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    monkeypatch.setattr(reporting_work, "figures_of", sample_figures)
    async with open_floor(tmp_path) as web:
        for ledger in ("answered_agent_hangs_up", "abandoned_waiting", "served_by_ivr"):
            await web.remember(ledger)
    return tmp_path


async def test_reports_are_printed_and_written_in_the_form_that_the_file_is_called(
    state: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert await callcenter("report", "day", "--queue", "sales", "--at", "2026-11-20", "--language", "cmn") == 0
    printed = capfdbinary.readouterr().out.decode()
    assert "日报" in printed.splitlines()[0]
    assert "平均处理时长" in printed
    for name in ("day.csv", "day.parquet", "day.xlsx", "day.html", "day.json", "day.txt"):
        assert await callcenter("report", "day", "--at", "2026-11-20", "--output", str(state / name)) == 0
        assert capfdbinary.readouterr().out.decode().startswith(str(state / name))
    rows = pq.read_table(state / "day.parquet").num_rows
    written = (state / "day.csv").read_bytes().decode()
    assert len(list(csv.reader(io.StringIO(written, newline="")))) == rows + 1
    formulas = [one["formula"] for one in json.loads((state / "day.json").read_text("utf-8"))["formulas"]]
    assert formulas == [figure.formula_id for figure in (*FIGURES.values(), *BESIDE.values())]
    assert "Calls by" not in openpyxl.load_workbook(state / "day.xlsx").sheetnames
    assert "<svg" in (state / "day.html").read_text("utf-8")
    assert "Adherence" in (state / "day.txt").read_text("utf-8")


async def test_calls_are_exported(state: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert await callcenter("report", "calls", "--since", "2020-01-01", "--masked") == 0
    lines = capfdbinary.readouterr().out.decode().split("\r\n")
    assert len(lines) == 5
    assert await callcenter("report", "calls", "--format", "parquet", "--output", str(state / "calls")) == 0
    assert pq.read_table(state / "calls").num_rows == 3


async def test_what_does_not_fit_is_told(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, code, error_id in (
        ("day --queue slaes", 1, "unknown-subject"),
        ("day --at tomorrow", 2, "figures-period-invalid"),
        ("free", 2, "report-invalid"),
        ("day --keys occupncy", 2, "report-invalid"),
        ("calls --format html", 2, "report-invalid"),
        ("calls --since soon", 2, "bad-input"),
        ("day --output /nowhere/day.csv", 2, "bad-input"),
        ("day --output day.pdf", 2, "bad-input"),
        ("day --output day.csv --mail anna@example.org", 2, "bad-input"),
    ):
        assert await callcenter("report", *arguments.split()) == code, arguments
        assert capsys.readouterr().err.endswith(f"[{error_id}]\n")
