"""Asks after every half hour whether the identity of the queues holds (recording.balance.identity), of the half hour
before: what of its last moments is still on its way is there by then. A breach is logged, and told.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from time import time

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog import get_logger

from acd.facts import CallQueued, Fact
from recording.balance.identity import HALF_HOUR_MS, Balance, balances
from recording.database import is_away
from recording.entries import Source
from recording.kept_time import place
from recording.models import Call, CallInProgress, LedgerEvent
from recording.record import CallRecord
from recording.store import Store
from recording.transactions import kept_entries

log = get_logger()

HALF_HOUR = timedelta(milliseconds=HALF_HOUR_MS)
_AT_ONCE = 200
_QUEUED = f'{{"fact":%"{CallQueued.__name__}",%'
"""How such a line of the journal begins, whatever the spaces (acd.facts.to_json)."""


class BalanceWatch:
    """`await run()` for ever. `on_breach` gets the balances that did not hold at the last look, none when all did."""

    def __init__(self, store: Store, on_breach: Callable[[Sequence[Balance]], None]) -> None:
        self._store = store
        self._on_breach = on_breach

    async def run(self) -> None:
        """Looks after each half hour at the one before the one that has ended."""
        while True:
            into_it_s = time() % HALF_HOUR.total_seconds()
            await asyncio.sleep(HALF_HOUR.total_seconds() - into_it_s + 1)
            await self.look(datetime.now(UTC))

    async def look(self, now: datetime) -> None:
        """Checks the last half hour but one before `now`; nothing while the data base is away."""
        ended = datetime.fromtimestamp(now.timestamp() // HALF_HOUR.total_seconds() * HALF_HOUR.total_seconds(), UTC)
        try:
            found = await check(self._store, ended - 2 * HALF_HOUR, ended - HALF_HOUR)
        except Exception as error:
            if not is_away(error):
                raise
            return
        breached = [one for one in found if not one.holds]
        for one in breached:
            log.error(
                "queue has lost calls",
                id="queue-balance-breached",
                queue=one.queue,
                half_hour=one.start.isoformat(),
                entered=one.entered,
                lost=list(one.lost),
                untold=list(one.untold),
            )
        self._on_breach(breached)


async def check(store: Store, since: datetime, until: datetime) -> list[Balance]:
    """The balance of each queue in each half hour that begins from `since` to before `until`."""
    found: dict[str, list[Fact]] = {}
    records: list[CallRecord] = []
    async with store.engine.connect() as connection:
        came = await _queued(connection, _ms(since), _ms(until))
        names = sorted({*came, *await _known(connection, since - HALF_HOUR, until)})
        under_way = set(await connection.scalars(select(CallInProgress.linkedid)))
        for some in (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE)):
            for linkedid, entries in (await kept_entries(connection, some)).items():
                found[linkedid] = [one.event for one in entries if isinstance(one.event, Fact)]
            documents = await connection.scalars(select(Call.document).where(Call.linkedid.in_(some)))
            records += [CallRecord.model_validate(document) for document in documents]
    return [one for one in balances(found, records, under_way) if since <= one.start < until]


async def _known(connection: AsyncConnection, since: datetime, until: datetime) -> Iterable[str]:
    """The linkedids of the calls of that time whose records say that they were in a queue, as the router told it."""
    in_time = Call.started_at >= since, Call.started_at < until
    return await connection.scalars(
        select(Call.linkedid).where(*in_time, Call.queue.is_not(None), Call.reconstructed.is_(False))
    )


async def _queued(connection: AsyncConnection, since_ms: int, until_ms: int) -> Iterable[str]:
    """The linkedids of the calls that came to a queue in that time."""
    first, last = await place(connection, since_ms), await place(connection, until_ms)
    query = select(LedgerEvent.linkedid).where(
        LedgerEvent.id >= first,
        LedgerEvent.id < last,
        LedgerEvent.source == Source.JOURNAL.value,
        LedgerEvent.body.like(_QUEUED),
    )
    return set(await connection.scalars(query))


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
