"""The processes that make reports, as the daemon has them, asked by a process that makes none."""

import asyncio
import sys
from pathlib import Path

import pytest

from cti import reporting
from cti.processes import command_line, ended
from cti.reporting import ReportFailed, Reports
from cti.settings import Settings

pytestmark = pytest.mark.contract

LIGHT = (sys.executable, "-S", "-E", str(Path(__file__).with_name("light_process.py")))


def reports_in(folder: Path, *, limit_s: float = reporting.LIMIT_S, idle_s: float = reporting.IDLE_S) -> Reports:
    return Reports(Settings(state=folder), LIGHT, limit_s=limit_s, idle_s=idle_s)


async def made(reports: Reports, **order: str) -> bytes:
    async with reports.make(order) as thing:
        return b"".join([piece async for piece in thing.pieces()])


async def test_a_process_is_started_when_somebody_asks_and_serves_the_next_one_too(tmp_path: Path) -> None:
    reports = reports_in(tmp_path)
    assert reports.processes == []
    assert await made(reports, say="one") == b"one"
    (process,) = reports.processes
    assert await made(reports, say="two") == b"two"
    assert reports.processes == [process]
    await reports.close()
    assert not command_line(process)


async def test_one_that_nobody_asks_any_more_ends(tmp_path: Path) -> None:
    reports = reports_in(tmp_path, idle_s=0)
    await made(reports, say="one")
    while processes := reports.processes:
        await ended(processes[0])
        await asyncio.sleep(0)
    await reports.close()


async def test_a_refusal_costs_no_process(tmp_path: Path) -> None:
    reports = reports_in(tmp_path)
    with pytest.raises(ReportFailed) as failed:
        await made(reports, refuse="report-invalid")
    assert (failed.value.id, failed.value.status, failed.value.field) == ("report-invalid", 422, "at")
    assert len(reports.processes) == 1
    assert await made(reports, say="one") == b"one"
    await reports.close()


async def test_one_that_dies_breaks_off_or_takes_too_long_is_told_and_replaced(tmp_path: Path) -> None:
    reports = reports_in(tmp_path)
    for what in ("die", "tear"):
        with pytest.raises(ReportFailed) as failed:
            await made(reports, **{what: "soon"})
        assert (failed.value.id, reports.processes) == ("report-failed", [])
    assert await made(reports, say="one") == b"one"
    await reports.close()
    hasty = reports_in(tmp_path, limit_s=0.2)
    with pytest.raises(ReportFailed) as failed:
        await made(hasty, wait="long")
    assert (failed.value.id, hasty.processes) == ("report-too-slow", [])
    await hasty.close()


async def test_who_leaves_before_all_was_read_has_it_killed(tmp_path: Path) -> None:
    reports = reports_in(tmp_path)
    async with reports.make({"say": "one"}):
        (process,) = reports.processes
    await ended(process)
    assert reports.processes == []
    await reports.close()


async def test_so_many_are_made_at_once_so_many_wait_and_more_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "WAITING_AT_MOST", 1)
    reports = reports_in(tmp_path)
    slow = [asyncio.create_task(made(reports, wait="long")) for _ in range(reporting.PROCESSES_AT_MOST)]
    waiting = asyncio.create_task(made(reports, say="one"))
    await asyncio.sleep(0)
    with pytest.raises(ReportFailed, match="too many"):
        await made(reports, say="two")
    slow[0].cancel()  # who asked has gone
    assert await waiting == b"one"
    slow[1].cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    assert await asyncio.gather(*(made(reports, say="x") for _ in range(3))) == [b"x"] * 3
    await reports.close()


async def test_who_goes_while_he_waits_takes_nobodys_turn(tmp_path: Path) -> None:
    reports = reports_in(tmp_path)
    slow = [asyncio.create_task(made(reports, wait="long")) for _ in range(reporting.PROCESSES_AT_MOST)]
    gone, waiting = (asyncio.create_task(made(reports, say=one)) for one in "ab")
    await asyncio.sleep(0)
    gone.cancel()
    for one in slow:
        one.cancel()
    assert await waiting == b"b"
    await asyncio.gather(gone, *slow, return_exceptions=True)
    await reports.close()
