"""Reports that are sent by a schedule, in the data base: the schedules, and of each mail what became of it.

A mail has one row, made when it falls due. Who sends it first takes it, for a while, so that of two daemons one sends
it; it is noted as sent after the server took it. So it is sent once, but for one case: who dies after the server took
it and before that was noted has it sent again, with the same Message-ID. Methods raise SQLAlchemy's errors while the
data base is away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select, update

from recording.models import ReportDelivery, ReportSchedule
from recording.reports.schedule import Schedule, due, due_at, next_due, retry_after
from recording.store import Store
from recording.transactions import insert_new, upsert

TAKEN_FOR = timedelta(minutes=10)
"""After so long, who took a mail and said nothing more has died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A mail. `next_at` is when it is tried next, None: no more; `error` why it did not go last time."""

    id: str
    schedule: str
    period: str
    recipient: str
    attempts: int = 0
    next_at: datetime | None = None
    sent_at: datetime | None = None
    error: str = ""


class ReportMails:
    """The schedules and mails in this store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def schedules(self) -> list[Schedule]:
        """All, by name."""
        table = ReportSchedule.__table__
        async with self._store.engine.connect() as connection:
            rows = (await connection.execute(select(table).order_by(table.c.name))).mappings()
            return [
                Schedule(
                    name=row["name"],
                    order=row["wanted"],
                    at=time.fromisoformat(row["at_time"]),
                    recipients=tuple(row["recipients"]),
                    made_at=row["made_at"],
                    made_by=row["made_by"],
                )
                for row in rows
            ]

    async def save(self, schedule: Schedule) -> None:
        """Keep a schedule; one of its name is changed."""
        row = {
            "name": schedule.name,
            "wanted": schedule.order,
            "at_time": f"{schedule.at:%H:%M}",
            "recipients": list(schedule.recipients),
            "made_at": schedule.made_at,
            "made_by": schedule.made_by,
        }
        async with self._store.transaction() as connection:
            await upsert(connection, ReportSchedule, "name", [row])

    async def remove(self, name: str) -> bool:
        """Forget a schedule, and the mails of it that have not gone; False where there is none."""
        open_mails = (ReportDelivery.schedule == name) & ReportDelivery.sent_at.is_(None)
        async with self._store.transaction() as connection:
            await connection.execute(delete(ReportDelivery).where(open_mails))
            gone = await connection.execute(delete(ReportSchedule).where(ReportSchedule.name == name))
            return bool(gone.rowcount)

    async def fall_due(self, now: datetime, zone: ZoneInfo) -> None:
        """Make a row for each mail that should be sent by now and has none."""
        rows = [
            {
                "id": delivery_id(schedule.name, period.name, recipient),
                "schedule": schedule.name,
                "period": period.name,
                "recipient": recipient,
                "attempts": 0,
                "next_at": due_at(schedule, period).astimezone(UTC),
                "sent_at": None,
                "error": "",
            }
            for schedule in await self.schedules()
            for period in due(schedule, now, zone)
            for recipient in schedule.recipients
        ]
        async with self._store.transaction() as connection:
            await insert_new(connection, ReportDelivery, "id", rows)

    async def waiting(self, now: datetime) -> list[Delivery]:
        """The mails to be tried now, those that are due longest first."""
        table = ReportDelivery.__table__
        query = select(table).where(table.c.next_at <= now).order_by(table.c.next_at, table.c.id)
        async with self._store.engine.connect() as connection:
            return [Delivery(**row) for row in (await connection.execute(query)).mappings()]

    async def take(self, delivery: Delivery, now: datetime) -> bool:
        """Take it to send it; False where somebody else has, or it was sent or forgotten meanwhile."""
        mine = (ReportDelivery.id == delivery.id) & (ReportDelivery.next_at <= now)
        values = {"next_at": now + TAKEN_FOR, "attempts": ReportDelivery.attempts + 1}
        async with self._store.transaction() as connection:
            return bool((await connection.execute(update(ReportDelivery).where(mine).values(values))).rowcount)

    async def sent(self, delivery: Delivery, now: datetime) -> None:
        """The server has taken it."""
        await self._settle(delivery, next_at=None, sent_at=now, error="")

    async def failed(self, delivery: Delivery, now: datetime, error: str, *, final: bool) -> datetime | None:
        """It did not go. Returns when it is tried again; None: never, because the server will not have it, or it was
        tried often enough."""
        wait = None if final else retry_after(delivery.attempts + 1)
        next_at = None if wait is None else now + wait
        await self._settle(delivery, next_at=next_at, sent_at=None, error=error)
        return next_at

    async def next(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """When there is something to do after now; None: never."""
        async with self._store.engine.connect() as connection:
            tried = await connection.scalar(select(func.min(ReportDelivery.next_at)))
        times = [next_due(schedule, now, zone) for schedule in await self.schedules()]
        return min([*times, *([tried] if tried is not None else [])], default=None)

    async def last(self, at_most: int = 100) -> Sequence[Delivery]:
        """The mails that were made last, the newest times first."""
        table = ReportDelivery.__table__
        order = (func.coalesce(table.c.sent_at, table.c.next_at).desc(), table.c.id)
        async with self._store.engine.connect() as connection:
            rows = (await connection.execute(select(table).order_by(*order).limit(at_most))).mappings()
            return [Delivery(**row) for row in rows]

    async def _settle(self, delivery: Delivery, **values: object) -> None:
        async with self._store.transaction() as connection:
            await connection.execute(update(ReportDelivery).where(ReportDelivery.id == delivery.id).values(values))


def delivery_id(schedule: str, period: str, recipient: str) -> str:
    """Of one mail, for ever the same."""
    return sha256("\n".join((schedule, period, recipient)).encode()).hexdigest()
