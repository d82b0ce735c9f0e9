"""Every story told on real parts ends with this: its records agree with Asterisk's own."""

from datetime import UTC, datetime, timedelta

from cti.settings import Settings
from recording.ingest import Ingest
from recording.reconcile.day import Day, reconcile
from recording.record import CallRecord
from recording.store import Store


async def compared(settings: Settings) -> Day:
    """The records of an instance that is stopped against Asterisk's own. What its recorder had not read yet is read
    first; all of it, where there was none.
    """
    store = Store(settings.database_url)
    try:
        await caught_up(store, settings)
        now = datetime.now(UTC)
        day = timedelta(days=1)
        return await reconcile(store, settings.asterisk_log, now - day, now + day, settled=timedelta())
    finally:
        await store.close()


async def caught_up(store: Store, settings: Settings) -> None:
    """Reads what a recorder that is stopped had not read yet."""
    await store.migrate()
    await Ingest(store, settings.ledger, settings.journal, _nobody).catch_up()


async def reconciled(settings: Settings) -> None:
    """Asserts that nothing differs but what a killed Asterisk could not write."""
    found = await compared(settings)
    assert found.reconciliation.agrees, f"records and Asterisk's own differ:\n{told(found)}"


def told(found: Day) -> str:
    """Each difference, and each line that could not be read."""
    return "\n".join(map(str, (*found.reconciliation.differences, *found.unreadable)))


async def _nobody(record: CallRecord) -> None:
    """Nobody waits for it any more."""
