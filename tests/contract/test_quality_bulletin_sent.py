"""The bulletin of quality as people get it: over the API as a page, and by mail on the reports' schedule."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cti.access import Permission, Role
from cti.mail_rounds import MailRounds
from cti.mail_settings import MailSettings
from cti.reporting import Reports
from cti.settings import Settings
from recording.reports.mails import ReportMails
from recording.reports.schedule import Schedule
from tests.contract.fake_floor import BEARER, REPORTS, open_floor
from tests.contract.mail_server import mail_server
from tests.contract.test_api_quality import recorded_call, token

pytestmark = pytest.mark.contract

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 7, 30, tzinfo=ZONE).astimezone(UTC)


async def test_each_morning_the_bulletin_of_the_day_before_is_sent_once(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web, mail_server() as server:
        settings = {"host": "127.0.0.1", "port": server.port, "from": "quality@example.org", "tls": "none"}
        mail = MailSettings.model_validate(settings)
        order: dict[str, object] = {"report": "bulletin", "language": "cmn", "form": "html"}
        schedule = Schedule(
            name="quality", order=order, at=time(7), recipients=("chief@example.org",), made_at=NOW - timedelta(hours=1)
        )
        mails = ReportMails(web.floor.store)
        await mails.save(schedule)
        reports = Reports(Settings(state=tmp_path, mail=mail), REPORTS)
        rounds = MailRounds(mail, mails, reports, lambda: ZONE, asyncio.Event(), lambda: NOW)
        for _ in range(2):
            await rounds.round()
        await reports.close()
        (sent,) = server.mails
        assert sent["Subject"].endswith("质检日报, 2026-11-21")
        (attached,) = sent.iter_attachments()
        assert attached.get_filename() == "bulletin-2026-11-21.html"
        plain, page = sent.get_body(("plain",)), sent.get_body(("html",))
        assert plain is not None
        assert page is not None
        assert "当日概况" in plain.get_content()
        assert page.get_content().split() == attached.get_content().split()


async def test_the_bulletin_is_ordered_and_had_by_who_may_see_evaluations(tmp_path: Path) -> None:
    async with recorded_call(tmp_path) as (web, _):
        reviewer = await token(web, "anna", Role.READER, may=[Permission.REVIEW])
        reader = await token(web, "reader", Role.READER)
        agent = await token(web, "li-na", Role.AGENT, agent="1001")
        for path in ("/api/quality/bulletin?format=html", "/api/reports/bulletin?at=2026-11-21"):
            assert (await web.get(path, reader))[1]["error"]["id"] == "permission-missing"
        assert (await web.get("/api/reports/bulletin?agent=1001", agent))[0] in (403, 422)
        page = await web.text("/api/quality/bulletin?format=html&day=2026-11-21&language=cmn&queue=sales")
        assert "质检日报：队列 sales" in page
        assert (await web.get("/api/quality/bulletin?team=nobody&format=html", reviewer))[0] == 404
        assert (await web.get("/api/quality/bulletin?team=a&queue=b", reviewer))[0] == 422
        _, told = await web.get("/api/reports/bulletin?at=2026-11-21", reviewer)
        assert (told["day"], told["scope"], told["released"]) == ("2026-11-21", "centre", 0)
        status, answer = await web.get("/api/reports/bulletin?at=2026-11-21&format=xlsx", reviewer)
        assert (status, answer["error"]["id"]) == (422, "invalid-request")

        async with web.client.put(
            "/api/report-schedules/quality",
            json={"report": "bulletin", "recipients": ["chief@example.org"], "scope": "queue:sales"},
            headers=BEARER,
        ) as response:
            assert (await response.json())["scope"] == "queue:sales"
        async with web.client.put(
            "/api/report-schedules/wrong",
            json={"report": "bulletin", "recipients": ["chief@example.org"], "form": "xlsx"},
            headers=BEARER,
        ) as response:
            assert response.status == 422
