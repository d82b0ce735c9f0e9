"""All records of a data base."""

from collections.abc import AsyncIterator

from recording.record import CallRecord
from recording.store import Page, Store


async def all_records(store: Store) -> AsyncIterator[CallRecord]:
    """The newest first."""
    last = None
    while some := await store.calls(page=Page(size=500, after=last)):
        for record in some:
            yield record
        last = some[-1].id
