"""Where in the kept lines of ledger and journal a moment lies. They are kept in the order of time, so that halving
finds it, and no index is needed of tens of millions of lines.
"""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.entries import Source
from recording.facts import FactError, parse_fact
from recording.models import LedgerEvent


async def place(connection: AsyncConnection, at_ms: int) -> int:
    """The id of the first line of the journal from that moment (milliseconds since the epoch) on; behind the last line
    if there is none."""
    low, high = (await connection.execute(select(func.min(LedgerEvent.id), func.max(LedgerEvent.id)))).one()
    if low is None:
        return 0
    high += 1
    while low < high:
        middle = (low + high) // 2
        found = await _next(connection, middle)
        if found is None:
            high = middle
        elif found[1] < at_ms:
            low = found[0] + 1
        else:
            high = middle
    return int(low)


async def _next(connection: AsyncConnection, number: int) -> tuple[int, int] | None:
    """Id and time of the first line of the journal that is not before this id."""
    query = select(LedgerEvent.id, LedgerEvent.body).where(
        LedgerEvent.id >= number, LedgerEvent.source == Source.JOURNAL.value
    )
    for found, body in await connection.execute(query.order_by(LedgerEvent.id).limit(20)):
        try:
            return found, parse_fact(body).at_ms
        except FactError:
            continue
    return None
