"""Takes lines of ledger and journal out of the data base when they are old: the records made of them stay. Until then a
call can be folded anew, by a later version too, and its decisions explained.
"""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from structlog import get_logger

from recording.database import is_away
from recording.kept_time import place
from recording.models import CallInProgress, LedgerEvent
from recording.store import Store

log = get_logger()

EVERY_S = 3600.0
REST_S = 0.2
"""Between two transactions: whoever writes down what happens now comes first."""

_IDS_AT_ONCE = 2_000


class Forgetting:
    """`await run()` for ever: every hour, lines of calls whose last one is older than `keep` are deleted."""

    def __init__(self, store: Store, keep: timedelta) -> None:
        self._store = store
        self._keep = keep

    async def run(self) -> None:
        """Not while the data base is away: then an hour later."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                forgotten = await forget(self._store, datetime.now(UTC) - self._keep)
            except Exception as error:
                if not is_away(error):
                    raise
                continue
            if forgotten:
                log.info("old-lines-forgotten", lines=forgotten)


async def forget(store: Store, before: datetime, rest_s: float = REST_S) -> int:
    """Deletes the lines of the calls all of whose lines are from before that moment, and that do not go on; returns how
    many. A call is forgotten whole or not at all: half of one would fold to another record."""
    async with store.engine.connect() as connection:
        start = await connection.scalar(select(func.min(LedgerEvent.id)))
        end = await place(connection, int(before.timestamp() * 1000))
    forgotten = 0
    while start is not None and start < end:
        async with store.transaction() as connection:
            old = select(LedgerEvent.linkedid).where(
                LedgerEvent.id >= start, LedgerEvent.id < min(end, start + _IDS_AT_ONCE)
            )
            calls = set(await connection.scalars(old.distinct()))
            if calls:
                newer = select(LedgerEvent.linkedid).where(LedgerEvent.linkedid.in_(calls), LedgerEvent.id >= end)
                going_on = select(CallInProgress.linkedid).where(CallInProgress.linkedid.in_(calls))
                for still in (newer.distinct(), going_on):
                    calls -= set(await connection.scalars(still))
            if calls:
                gone = await connection.execute(delete(LedgerEvent).where(LedgerEvent.linkedid.in_(calls)))
                forgotten += gone.rowcount
        start += _IDS_AT_ONCE
        await asyncio.sleep(rest_s)
    return forgotten
