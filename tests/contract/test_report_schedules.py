"""Reports by schedule: in every data base, sent once whatever ends, over the API and by command."""

import asyncio
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from cti.commands import main
from cti.mail_rounds import MailRounds
from cti.mail_settings import MailSettings
from cti.reporting import Reports
from cti.settings import Settings
from recording.reports.mails import TAKEN_FOR, ReportMails
from recording.reports.schedule import Schedule
from recording.store import Store
from tests.contract.fake_floor import BEARER, REPORTS, open_floor
from tests.contract.mail_server import mail_server

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 7, 30, tzinfo=ZONE).astimezone(UTC)
TO = ("anna@example.org", "li@example.org")


def daily(*recipients: str, made_at: datetime = NOW - timedelta(hours=1)) -> Schedule:
    order: dict[str, object] = {"report": "day", "form": "csv", "language": "cmn"}
    return Schedule(name="daily", order=order, at=time(7), recipients=recipients or TO, made_at=made_at)


async def test_each_mail_has_one_row_is_taken_by_one_and_settled_once(store: Store) -> None:
    mails = ReportMails(store)
    await mails.save(daily())
    for _ in range(2):
        await mails.fall_due(NOW, ZONE)
    first, second = await mails.waiting(NOW)
    assert {first.recipient, second.recipient} == set(TO)
    assert [await mails.take(first, NOW), await mails.take(first, NOW)] == [True, False]
    await mails.sent(first, NOW)
    assert await mails.take(second, NOW)
    assert await mails.waiting(NOW) == []
    (orphan,) = await mails.waiting(NOW + TAKEN_FOR)  # whoever took it has died
    assert (orphan.recipient, orphan.attempts) == (second.recipient, 1)
    again = await mails.failed(orphan, NOW, "mail-server-away", final=False)
    assert again == NOW + timedelta(minutes=2)
    assert await mails.next(NOW, ZONE) == again
    assert await mails.failed(orphan, NOW, "mail-recipient-refused", final=True) is None
    await mails.fall_due(NOW + timedelta(hours=1), ZONE)
    assert await mails.waiting(NOW + timedelta(hours=1)) == []
    assert [one.error for one in await mails.last()] in (
        ["mail-recipient-refused", ""],
        ["", "mail-recipient-refused"],
    )
    assert await mails.next(NOW, ZONE) == datetime(2026, 11, 23, 7, tzinfo=ZONE)
    assert await mails.remove("daily")
    assert not await mails.remove("daily")
    assert await mails.next(NOW, ZONE) is None


async def test_mails_are_sent_once_tried_again_and_told_without_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_floor(tmp_path) as web:
        mails, clock = ReportMails(web.floor.store), [NOW]
        await mails.save(daily(*TO, "gone@example.org"))
        async with mail_server() as server:
            port = server.port
        settings = {"host": "127.0.0.1", "port": port, "from": "reports@example.org", "tls": "none"}
        mail = MailSettings.model_validate(settings)

        async def rounds() -> list[str]:
            """A round of a daemon that has just started."""
            reports = Reports(Settings(state=tmp_path, mail=mail), REPORTS)
            with capture_logs() as said:
                every = MailRounds(mail, mails, reports, lambda: ZONE, asyncio.Event(), lambda: clock[0])
                await every.round()
            await reports.close()
            assert "@" not in str(said)
            return sorted(f"{one['event']} {one.get('error_id', '')}".strip() for one in said)

        assert await rounds() == ["report-not-sent mail-server-away"] * 3
        assert await rounds() == []  # not before its time
        clock[0] += timedelta(minutes=1)
        async with mail_server(port=port) as server:
            server.refuses.add("gone@example.org")
            assert await rounds() == ["report-not-sent mail-recipient-refused", "report-sent", "report-sent"]
            assert sorted(server.recipients) == sorted(TO)
            (attached,) = server.mails[0].iter_attachments()
            assert attached.get_filename() == "day-2026-11-21.csv"
            clock[0] += timedelta(hours=3)
            assert await rounds() == []
            clock[0] += timedelta(days=1)
            assert await rounds() == ["report-not-sent mail-recipient-refused", "report-sent", "report-sent"]
            assert len(server.mails) == 4


async def test_the_rounds_wait_for_what_falls_due_and_for_changes(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web, mail_server() as server:
        settings = {"host": "127.0.0.1", "port": server.port, "from": "reports@example.org", "tls": "none"}
        mail = MailSettings.model_validate(settings)
        reports = Reports(Settings(state=tmp_path, mail=mail), REPORTS)
        changed = web.floor.schedules_changed
        rounds = MailRounds(mail, ReportMails(web.floor.store), reports, lambda: ZONE, changed, lambda: NOW)
        running = asyncio.create_task(rounds.run())
        await ReportMails(web.floor.store).save(daily("anna@example.org"))
        changed.set()
        await server.taken.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await reports.close()
        assert server.recipients == ["anna@example.org"]


async def test_schedules_are_made_changed_and_forgotten_over_the_api_and_by_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))

    async def callcenter(*arguments: str) -> tuple[int, str]:
        code = await asyncio.to_thread(main, ("report", *arguments))
        said = capsys.readouterr()
        return code, said.out + said.err

    async with open_floor(tmp_path) as web:
        body: dict[str, object] = {
            "report": "week",
            "scope": "queue:sales",
            "recipients": ["anna@example.org"],
            "at": "08:30",
        }

        async def put(name: str, body: object) -> tuple[int, dict[str, object]]:
            path = f"/api/report-schedules/{name}"
            async with web.client.put(path, json=body, headers=BEARER) as answer:
                return answer.status, await answer.json()

        status, made = await put("weekly", body)
        assert (status, made["at"], made["form"], made["made_by"]) == (200, "08:30", "html", "owner")
        assert web.floor.schedules_changed.is_set()
        unfit: tuple[dict[str, object], ...] = (
            {"report": "wek"},
            {"report": "free"},
            {"scope": "queue"},
            {"scope": "queue:salse"},
            {"form": "json"},
            {"recipients": ["Anna <anna@example.org>"]},
            {"recipients": []},
            {"at": "25:00"},
        )
        for wrong in unfit:
            status, answer = await put("weekly", body | wrong)
            assert (status, answer["error"]["id"]) == (422, "invalid-request"), wrong  # type: ignore[index]
        assert (await callcenter("send", "daily", "day", "--to", TO[0], "--to", TO[1], "--format", "xlsx"))[0] == 0
        code, said = await callcenter("schedules")
        assert code == 0
        assert [line.split()[0] for line in said.splitlines()[1:3]] == ["daily", "weekly"]
        assert "No mail server is set" in said
        assert (await callcenter("unsend", "daily")) == (0, "Schedule daily is gone.\n")
        assert "[unknown-schedule]" in (await callcenter("unsend", "daily"))[1]
        assert (await callcenter("send", "x", "free", "--to", TO[0]))[0] == 2
        code, said = await callcenter("send", "x", "day", "--to", TO[0], "--scope", "agent:1oo1")
        assert (code, "there is no agent '1oo1'; expected 1001" in said) == (1, True)
        status, left = await web.delete("/api/report-schedules/weekly")
        assert (status, left["schedules"]) == (200, [])
        assert (await web.delete("/api/report-schedules/weekly"))[0] == 404
