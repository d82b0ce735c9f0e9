"""How much of what was talked was recorded: held against each other for each call once its audio is kept, and summed up
by time. Below 100 % is an alarm, and the record of the call says what is missing.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from structlog import get_logger

from recording.database import is_away
from recording.ingest import OnRecord
from recording.models import RecordedTalk
from recording.record import CallRecord
from recording.recorded import missing_talk, span_ms, talked
from recording.store import Store
from recording.transactions import refold, upsert

log = get_logger()

GATHER_S = 0.2
AGAIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Share:
    """Talk of some time, and how much of it no recording has, in milliseconds."""

    talked_ms: int
    missing_ms: int

    @property
    def share(self) -> float | None:
        """Recorded ÷ talked, 0 to 1; None where nobody talked."""
        return 1 - self.missing_ms / self.talked_ms if self.talked_ms else None


class RecordedShares:
    """The sums in this store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._table = RecordedTalk.__table__

    async def between(self, start: datetime, end: datetime) -> Share:
        """Of the calls that began from `start` to before `end`."""
        table = self._table.c
        query = select(func.coalesce(func.sum(table.talked_ms), 0), func.coalesce(func.sum(table.missing_ms), 0))
        async with self._store.engine.connect() as connection:
            found = (await connection.execute(query.where(table.started_at >= start, table.started_at < end))).one()
        return Share(int(found[0]), int(found[1]))

    async def of_day(self, moment: datetime) -> Share:
        """Of the day of this moment, in its own time zone."""
        start = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        return await self.between(start, (start + timedelta(days=1)).replace(hour=0))

    async def lacking(self, start: datetime, end: datetime, limit: int = 100) -> list[str]:
        """The ids of the calls of that time of which talk is missing, oldest first."""
        table = self._table.c
        query = select(table.call).where(table.started_at >= start, table.started_at < end, table.missing_ms > 0)
        async with self._store.engine.connect() as connection:
            return list(await connection.scalars(query.order_by(table.started_at).limit(limit)))

    async def note(self, record: CallRecord, cause: str) -> list[CallRecord]:
        """Hold the call's recordings against its talk. Returns its record if it says something else now. What was there
        once does not become missing: audio that goes later was erased.
        """
        missing = missing_talk(record, cause)
        lost_ms = span_ms((one.started_at, one.ended_at) for one in missing)
        row = {
            "call": record.id,
            "started_at": record.started_at,
            "talked_ms": span_ms(talked(record)),
            "missing_ms": lost_ms,
            "missing": [one.model_dump(mode="json") for one in missing],
        }
        known = select(self._table.c.missing_ms).where(self._table.c.call == record.id)
        async with self._store.transaction() as connection:
            noted_ms = await connection.scalar(known)
            if noted_ms is not None and noted_ms <= lost_ms:
                return []
            await upsert(connection, RecordedTalk, "call", [row])
            return [] if missing == record.missing else await refold(connection, [record.linkedid])


class ShareKeeper:
    """`await run()` for ever; `told` every record that is new or has changed. `waits` says whether there is audio of a
    call (linkedid) that is not kept yet, `cause` what is known of why audio was lost in a time."""

    def __init__(
        self,
        store: Store,
        on_record: OnRecord,
        *,
        waits: Callable[[str], bool],
        cause: Callable[[datetime, datetime], str],
    ) -> None:
        self._store = store
        self._shares = RecordedShares(store)
        self._on_record = on_record
        self._waits = waits
        self._cause = cause
        self._news: dict[str, str] = {}
        self._came = asyncio.Event()

    def told(self, record: CallRecord) -> None:
        """Its audio will be looked at, if all of it is kept."""
        if record.conversations:
            self._news[record.id] = record.linkedid
            self._came.set()

    async def run(self) -> None:
        """What could not be written down, because the data base is away, is tried again."""
        while True:
            await self._came.wait()
            await asyncio.sleep(GATHER_S)
            self._came.clear()
            try:
                await self.look()
            except Exception as error:
                if not is_away(error):
                    raise
                log.error("recorded share waits", id="recorded-share-not-noted", why=type(error).__name__)
                await asyncio.sleep(AGAIN_S)
                self._came.set()

    async def look(self) -> None:
        """Look at the calls told of."""
        for call, linkedid in list(self._news.items()):
            # Whoever keeps audio tells of the record when it is done; before, this would be too early.
            if not self._waits(linkedid) and (record := await self._store.call(call)) is not None:
                await self._note(record)
            del self._news[call]

    async def _note(self, record: CallRecord) -> None:
        for changed in await self._shares.note(record, self._cause(record.started_at, record.ended_at)):
            if changed.missing:
                log.error(
                    "talk was not recorded",
                    id="recording-incomplete",
                    call=changed.id,
                    missing_ms=span_ms((one.started_at, one.ended_at) for one in changed.missing),
                    cause=changed.missing[0].cause,
                )
            await self._on_record(changed)
