"""The daemon's side of reports that are sent by a schedule: knows when something falls due and has each mail made and
sent by a process of its own (cti/reporting.py). Says in the log what went and what did not, without addresses.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from cti.floor import Floor
from cti.mail_settings import MailSettings
from cti.reporting import ReportFailed, Reports
from recording.database import is_away
from recording.reports.mails import Delivery, ReportMails

log = structlog.get_logger()

LOOKS_S = 600.0
"""A schedule that a command has made is found within so long."""

AWAY_S = 60.0


class MailRounds:
    """`run()` for ever. Who changes a schedule in this process sets `changed`."""

    def __init__(
        self,
        settings: MailSettings,
        mails: ReportMails,
        reports: Reports,
        zone: Callable[[], ZoneInfo],
        changed: asyncio.Event,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._mails = mails
        self._reports = reports
        self._zone = zone
        self._changed = changed
        self._now = now

    async def run(self) -> None:
        """Send what falls due, until cancelled."""
        while True:
            self._changed.clear()
            try:
                if self._settings.is_set:
                    await self.round()
                wait = await self._wait_s()
            except Exception as error:
                if not is_away(error):
                    raise
                log.warning("report-mails-wait", error_id="database-unavailable")
                wait = AWAY_S
            try:
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            except TimeoutError:
                pass

    async def round(self) -> None:
        """Everything that is due now, one mail after another."""
        await self._mails.fall_due(self._now(), self._zone())
        for delivery in await self._mails.waiting(self._now()):
            if await self._mails.take(delivery, self._now()):
                await self._send(delivery)

    async def _send(self, delivery: Delivery) -> None:
        told = {"schedule": delivery.schedule, "period": delivery.period, "attempt": delivery.attempts + 1}
        try:
            order = {"schedule": delivery.schedule, "period": delivery.period, "recipient": delivery.recipient}
            async with self._reports.make({"mail": order}, "mail") as made:
                async for _ in made.pieces():
                    pass
        except ReportFailed as error:
            final = error.status in (404, 410, 422)
            again = await self._mails.failed(delivery, self._now(), error.id, final=final)
            log.warning("report-not-sent", error_id=error.id, again=again and again.isoformat(), **told)
        else:
            await self._mails.sent(delivery, self._now())
            log.info("report-sent", **told)

    async def _wait_s(self) -> float:
        now = self._now()
        if not self._settings.is_set or (at := await self._mails.next(now, self._zone())) is None:
            return LOOKS_S
        return min(max((at - now) / timedelta(seconds=1), 1.0), LOOKS_S)


def mail_rounds(settings: MailSettings, floor: Floor) -> MailRounds:
    """Those of the daemon of this floor."""
    mails = ReportMails(floor.store)
    return MailRounds(settings, mails, floor.reports, lambda: floor.centre.time_zone, floor.schedules_changed)
