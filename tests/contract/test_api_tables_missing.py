"""A data base without our tables: emptied, replaced, or of another version."""

from asyncio import to_thread
from pathlib import Path

import pytest
from sqlalchemy import MetaData

from cti.commands import main
from tests.contract.fake_floor import FakeFloor, open_floor

pytestmark = pytest.mark.contract

VERSION = "alembic_version"

READING = {
    "/api/agents/1/profile",
    "/api/agents/1001/log",
    "/api/calls",
    "/api/calls/1",
    "/api/calls/1/decisions",
    "/api/calls/1/recording",
    "/api/calls/1/recordings",
    "/api/callers",
    "/api/callers/1390000",
    "/api/figures",
    "/api/figures/series?keys=received",
    "/api/outcomes/missing",
    "/api/quality/bulletin",
    "/api/quality/draws",
    "/api/quality/evaluations",
    "/api/quality/scores",
    "/api/reconciliation",
    "/api/recordings",
    "/api/recordings/share",
    "/api/report-schedules",
    "/api/schedules",
    "/api/staff",
}
"""Some of those that read records, each in its own way."""


async def forget_everything(web: FakeFloor) -> None:
    """Drop all our tables under the service; but for the version's, by which it would make them again."""
    tables = MetaData()
    async with web.floor.store.engine.begin() as connection:
        await connection.run_sync(tables.reflect)
        await connection.run_sync(tables.drop_all, [table for name, table in tables.tables.items() if name != VERSION])


async def test_whoever_reads_records_is_told_that_the_tables_are_missing(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        await forget_everything(web)
        for path in sorted(READING):
            status, answer = await web.get(path)
            assert (status, answer["error"]["id"]) == (503, "database-tables-missing"), path


async def test_a_command_that_reads_records_itself_is_told_so_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_floor(tmp_path) as web:
        await forget_everything(web)
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    assert await to_thread(main, ["reconcile", "2026-11-22", "--json"]) == 1
    assert "[database-tables-missing]" in capsys.readouterr().err
    (tmp_path / "callcenter.db").unlink()
    (tmp_path / "callcenter.db").mkdir()
    assert await to_thread(main, ["reconcile", "2026-11-22", "--json"]) == 1
    assert "[database-unavailable]" in capsys.readouterr().err
