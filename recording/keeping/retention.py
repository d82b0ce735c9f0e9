"""How long recordings are kept: once a day those whose time has passed are deleted, unless they are held."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, tuple_, update

from recording.keeping.eraser import Eraser
from recording.keeping.erasing import RETENTION, Erasures
from recording.keeping.holds import Holds, RecordingHeld
from recording.keeping.kept import KeptRecordings, State
from recording.models import Call, KeptRecording, RetentionRun
from recording.store import Store

DAYS = 180
"""Unless something else is said."""

HOUR = time(3)
"""When it runs, in the centre's time zone: few people call then."""

ROUND = 1_000


@dataclass(frozen=True, slots=True)
class Days:
    """How many days the recordings of each queue are kept, the last queue a call stood in; those of calls of no queue,
    by their direction; and those of queues that the centre has no more."""

    of_queue: Mapping[str, int]
    of_direction: Mapping[str, int] = field(default_factory=dict)
    otherwise: int = DAYS

    def of(self, queue: str | None, direction: str | None) -> int:
        """Those of a call of this queue, or of none and this direction."""
        if queue:
            return self.of_queue.get(queue, self.otherwise)
        return self.of_direction.get(direction or "", self.otherwise)

    @property
    def fewest(self) -> int:
        """Nothing younger is ever due."""
        return min([self.otherwise, *self.of_queue.values(), *self.of_direction.values()])


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run of retention did (see RetentionRun, the table)."""

    id: int
    started_at: datetime
    ended_at: datetime | None
    erased: int
    held: int
    left: int


class Retention:
    """`await run()` deletes what is due at that moment."""

    def __init__(self, store: Store, eraser: Eraser, now: Callable[[], datetime]) -> None:
        self._store = store
        self._eraser = eraser
        self._now = now
        self._erasures = Erasures(store)
        self._kept = KeptRecordings(store)

    async def run(self, days: Days) -> Run:
        """Delete what is due."""
        now = self._now()
        number = await self._begin(now)
        held, asked = {one.call for one in await Holds(self._store).all(now)}, 0
        skipped = set[str]()
        after: tuple[datetime, str] | None = None
        while some := await self._old(now - timedelta(days=days.fewest), after):
            for file, call, started_at, queue, direction in some:
                after = started_at, file
                kept_days = days.of(queue, direction)
                if started_at > now - timedelta(days=kept_days):
                    continue
                if call in held:
                    skipped.add(file)
                    continue
                kind = f"queue {queue} is" if queue else f"{direction} calls of no queue are".lstrip()
                why = f"{kept_days} days, as {kind} kept"
                try:
                    asked += await self._erasures.ask([call], rule=RETENTION, by=RETENTION, why=why, at=now)
                except RecordingHeld:  # a moment ago
                    skipped.add(file)
        erased = await self._eraser.erase()
        left = (await self._kept.counts()).get(State.ERASING, 0)
        done = {"ended_at": self._now(), "erased": erased, "held": len(skipped), "left": left}
        async with self._store.transaction() as connection:
            await connection.execute(update(RetentionRun).where(RetentionRun.id == number).values(done))
        return Run(id=number, started_at=now, **done)  # type: ignore[arg-type]

    async def last(self) -> datetime | None:
        """When the last run began that came to its end."""
        query = select(RetentionRun.started_at).where(RetentionRun.ended_at.is_not(None))
        async with self._store.engine.connect() as connection:
            found: datetime | None = await connection.scalar(query.order_by(RetentionRun.id.desc()).limit(1))
            return found

    async def _begin(self, now: datetime) -> int:
        async with self._store.transaction() as connection:
            made = await connection.execute(insert(RetentionRun).values(started_at=now, erased=0, held=0, left=0))
            key = made.inserted_primary_key
            return int(key[0]) if key else 0

    async def _old(
        self, before: datetime, after: tuple[datetime, str] | None
    ) -> list[tuple[str, str, datetime, str | None, str | None]]:
        """Recordings that began before this time, by time, each with its call, its beginning and the call's queue and
        direction."""
        table = KeptRecording.__table__
        query = (
            select(table.c.file, table.c.call, table.c.started_at, Call.queue, Call.direction)
            .join_from(table, Call.__table__, Call.id == table.c.call, isouter=True)
            .where(table.c.state != State.ERASING, table.c.started_at <= before)
            .order_by(table.c.started_at, table.c.file)
            .limit(ROUND)
        )
        if after is not None:
            query = query.where(tuple_(table.c.started_at, table.c.file) > after)
        async with self._store.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(query)]


def next_run(now: datetime, last: datetime | None, zone: ZoneInfo) -> datetime:
    """When retention is to run next: at once if it has not run since today's hour, else tomorrow."""
    local = now.astimezone(zone)
    hour = _hour(local.date(), zone)
    if local < hour:
        hour = _hour(local.date() - timedelta(days=1), zone)
    if last is None or last < hour:
        return now
    return _hour(hour.date() + timedelta(days=1), zone)


def _hour(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, HOUR, zone)
