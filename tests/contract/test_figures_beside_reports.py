"""Key figures are answered by a process of their own: neither the daemon nor a month's report keeps them waiting."""

import asyncio
from pathlib import Path

import pytest

from cti import reporting
from tests.contract.fake_floor import BEARER, open_floor

pytestmark = pytest.mark.contract

SLOW = "/api/reports/day?team=slow"


async def test_figures_come_as_ever_while_every_process_of_reports_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "WAITING_AT_MOST", 0)
    async with open_floor(tmp_path) as web:
        await web.remember("answered_agent_hangs_up")
        slow = [asyncio.create_task(web.get(SLOW)) for _ in range(reporting.PROCESSES_AT_MOST)]
        while len(web.floor.reports.processes) < len(slow):
            await web.get("/api/reports")
        async with web.client.get("/api/reports/day", headers=BEARER) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
            assert (await answer.json())["error"]["id"] == "reports-busy"
        assert web.floor.figures.processes == []
        async with web.client.get("/api/figures?period=2026", headers=BEARER) as answer:
            assert answer.status == 422
        async with web.client.get("/api/figures?period=2026-01..2027-12&keys=received", headers=BEARER) as answer:
            assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Content-Disposition" not in answer.headers
            ((value,),) = [report["values"] for report in (await answer.json())["reports"]]
            assert value["value"] == 1
        assert len(web.floor.figures.processes) == 1
        for one in slow:
            one.cancel()
        await asyncio.gather(*slow, return_exceptions=True)


async def test_while_the_data_base_is_away_figures_say_so(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        await web.floor.store.close()
        (tmp_path / "callcenter.db").rename(tmp_path / "elsewhere")
        (tmp_path / "callcenter.db").mkdir()  # else SQLite makes an empty one, which is there and lacks its tables
        for path in ("/api/figures", "/api/figures/series?keys=received"):
            status, answer = await web.get(path)
            assert (status, answer["error"]) == (
                503,
                {
                    "id": "database-unavailable",
                    "message": "the database does not answer; calls are taken and recorded meanwhile, try again later",
                },
            )
