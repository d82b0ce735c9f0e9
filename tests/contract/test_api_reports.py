"""Reports over HTTP, made by a process of their own of figures made by hand."""

import asyncio
import csv
import io
import subprocess
import sys
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from acd.masking import Mask
from cti.access import Role, new_token
from cti.processes import ended
from cti.reporting import Reports
from recording.access import AccessTokens
from recording.forecasting.values import Outlook
from recording.reports.document import ReportDocument
from tests.contract.fake_floor import BEARER, open_floor

pytestmark = pytest.mark.contract


def test_the_daemon_imports_nothing_that_reports_are_written_with() -> None:
    heavy = (
        "matplotlib",
        "pyarrow",
        "xlsxwriter",
        "openpyxl",
        "aiosmtplib",
        "numpy",
        "statsmodels",
        "cti.reporting_work",
    )
    program = f"import cti.daemon, sys; print([one for one in {heavy!r} if one in sys.modules])"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


async def test_reports_come_as_json_and_in_every_form(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        _, kinds = await web.get("/api/reports")
        names = ["hour", "day", "week", "month", "quarter", "free", "bulletin"]
        assert [one["name"] for one in kinds["reports"]] == names
        assert len(kinds["figures"]) == 23
        status, day = await web.get("/api/reports/day?at=2026-11-20&language=cmn")
        assert status == 200
        document = ReportDocument.model_validate(day)
        assert document.subject.title == web.floor.centre.name
        assert document.title == "日报"
        for form, media, read in (
            ("csv", "text/csv", lambda body: list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))),
            ("parquet", "application/vnd.apache.parquet", lambda body: pq.read_table(io.BytesIO(body))),
            ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _workbook),
            ("html", "text/html", lambda body: body.index(b"<svg")),
            ("text", "text/plain", lambda body: body.index(b"Sales")),
        ):
            path = f"/api/reports/day?queue=sales&at=2026-11-20&format={form}&bom=true"
            async with web.client.get(path, headers=BEARER) as answer:
                body = await answer.read()
                assert answer.content_type == media
                assert 'filename="day-sales-2026-11-20.' in answer.headers["Content-Disposition"]
            assert read(body)


async def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        for path, status, error_id in (
            ("dya", 422, "invalid-request"),
            ("day?at=2026-13", 422, "invalid-request"),
            ("day?keys=occupncy", 422, "invalid-request"),
            ("day?queue=sales&agent=1001", 422, "invalid-request"),
            ("day?format=pdf", 422, "invalid-request"),
            ("free", 422, "invalid-request"),
            ("day?queue=slaes", 404, "unknown-subject"),
            ("day?team=broken", 500, "internal-error"),
            ("day?team=dead", 500, "report-failed"),
        ):
            answered, answer = await web.get(f"/api/reports/{path}")
            assert (answered, answer["error"]["id"]) == (status, error_id), path
        async with web.client.get("/api/reports/day?team=torn", headers=BEARER) as answer:
            with pytest.raises(Exception, match=r"payload|Connection"):
                await answer.read()


async def test_an_agent_s_own_token_gets_his_own_reports_alone(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        token, kept = new_token("li", Role.AGENT, agent="1001")
        await AccessTokens(web.floor.store).add(kept)
        his = {"Authorization": f"Bearer {token}"}
        status, report = await web.get("/api/reports/day?agent=1001", headers=his)
        assert (status, report["subject"]["name"]) == (200, "1001")
        for query in ("?agent=1002", "", "?queue=sales"):
            status, answer = await web.get(f"/api/reports/day{query}", headers=his)
            assert (status, answer["error"]["id"]) == (403, "report-not-yours")


async def test_the_making_ends_when_the_client_goes(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        asking = asyncio.create_task(web.get("/api/reports/day?team=slow"))
        process = await begun(web.floor.reports)
        asking.cancel()
        await asyncio.wait_for(ended(process), 60)


async def test_the_daemon_s_loop_goes_on_while_a_report_is_made(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        await web.get("/api/reports")
        asking = asyncio.create_task(web.text("/api/reports/day?format=html"))
        rounds = 0
        while not asking.done():
            assert (await web.get("/api/reports"))[0] == 200
            rounds += 1
        assert "<svg" in await asking
        assert rounds > 10  # answered all the while: making the page alone takes longer than a hundred answers


async def begun(reports: Reports) -> int:
    """The first process that is there."""
    async with asyncio.timeout(60):
        while not (there := reports.processes):  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0)
    return there[0]


def _workbook(body: bytes) -> object:
    return openpyxl.load_workbook(io.BytesIO(body)).sheetnames


async def test_calls_are_exported_in_every_form_for_programs_masked_where_asked(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        kept = [await web.remember(name) for name in ("answered_agent_hangs_up", "abandoned_waiting", "served_by_ivr")]
        header, *rows = csv.reader(io.StringIO(await web.text("/api/exports/calls?since=2020-01-01T00:00")))
        calls = [dict(zip(header, row, strict=True)) for row in rows]
        assert {call["id"] for call in calls} == {call.id for call in kept}
        assert {call["caller"] for call in calls} == {kept[0].caller}
        assert all(call["started_at"].endswith("+08:00") for call in calls)
        _, *rows = csv.reader(io.StringIO(await web.text("/api/exports/calls?masked=true&outcome=abandoned")))
        (abandoned,) = (dict(zip(header, row, strict=True)) for row in rows)
        assert abandoned["caller"] == Mask().text(kept[0].caller) != kept[0].caller
        assert (abandoned["id"], abandoned["caller_name"]) == (kept[1].id, "")
        async with web.client.get("/api/exports/calls?format=parquet", headers=BEARER) as answer:
            table = pq.read_table(io.BytesIO(await answer.read()))
        assert table.num_rows == 3
        assert table.schema.field("wait_ms").metadata[b"unit"] == b"ms"
        async with web.client.get("/api/exports/calls?format=xlsx", headers=BEARER) as answer:
            assert _workbook(await answer.read()) == ["Calls"]
        assert (await web.get("/api/exports/calls?format=html"))[0] == 422


async def test_the_week_has_the_forecast_of_the_next_one_and_the_forecast_can_be_had_alone(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        status, week = await web.get("/api/reports/week?queue=sales&at=2026-W46")
        assert status == 200
        document = ReportDocument.model_validate(week)
        sections = {one.key: one for one in document.sections}
        assert {"forecast", "forecast_calls", "forecast_staff"} <= set(sections)
        days = {number.span.start.date().isoformat() for number in sections["forecast"].numbers}
        assert (min(days), max(days)) == ("2026-11-16", "2026-11-22")
        assert {"forecast_calls/1", "erlang_c/1"} <= {one.formula for one in document.formulas}
        _, day = await web.get("/api/reports/day?queue=sales&at=2026-11-20&keys=received&forecast=true")
        assert "forecast_half_hours" in {one["key"] for one in day["sections"]}
        _, plain = await web.get("/api/reports/day?queue=sales&at=2026-11-20&keys=received")
        assert not [one for one in plain["sections"] if one["key"].startswith("forecast")]
        assert (await web.get("/api/reports/hour?forecast=true"))[0] == 422
        status, alone = await web.get(
            "/api/forecast?scope=queue:sales&period=2026-11-23..2026-11-24&share=90&within=10&special=2026-11-24=0.5"
        )
        assert status == 200
        made = Outlook.model_validate(alone)
        assert (made.scope, made.share, made.within_s, len(made.days)) == ("queue:sales", 0.9, 10, 2)
        for query, refused, error_id in (
            ("scope=agent:1001", 422, "invalid-request"),
            ("period=2026-13", 422, "invalid-request"),
            ("share=100", 422, "invalid-request"),
            ("special=2026-11-24", 422, "invalid-request"),
            ("scope=queue:slaes", 404, "unknown-subject"),
            ("period=2026-10-01", 422, "forecast-too-far-ahead"),
        ):
            status, answer = await web.get(f"/api/forecast?{query}")
            assert (status, answer["error"]["id"]) == (refused, error_id), query
