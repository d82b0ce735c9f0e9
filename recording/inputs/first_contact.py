"""The calls that settled their matter at the first contact, read from the data base. What settles a matter is decided
in recording.inputs.contacts.
"""

from datetime import datetime, timedelta

from recording.inputs.contacts import (
    DAYS,
    Contact,
    contact_of,
    contacts_query,
    resolved_at_first_contact,
    same_matter,
)
from recording.models import Call
from recording.numbers import spellings
from recording.store import Store

__all__ = ["DAYS", "Contact", "FirstContacts", "resolved_at_first_contact", "same_matter"]

AT_ONCE = 300
"""Callers looked up by one statement: each has up to five spellings."""


class FirstContacts:
    """Reads contacts from this store. Methods raise SQLAlchemy's errors while the data base is away."""

    def __init__(self, store: Store, country_code: str = "") -> None:
        self._store = store
        self._country_code = country_code

    async def settled(self, start: datetime, end: datetime, days: int = DAYS) -> frozenset[str]:
        """The ids of the calls that began in this time and were resolved at the first contact, as far as is known now:
        what comes later, within `days` days, may still take some away."""
        contacts = await self.contacts(start, end, days)
        mine = {one.id for one in contacts if start <= one.started_at < end}
        return resolved_at_first_contact(contacts, days) & mine

    async def contacts(self, start: datetime, end: datetime, days: int = DAYS) -> list[Contact]:
        """The resolved calls that began in this time, and all calls with the same callers from then until `days` days
        after the last of them ended. It reads by the indexes of time and of the caller, never the whole table."""
        table = Call.__table__
        base = contacts_query()
        resolved = base.where(table.c.started_at >= start, table.c.started_at < end, table.c.resolved.is_(True))
        found: dict[str, Contact] = {}
        async with self._store.engine.connect() as connection:
            for row in (await connection.execute(resolved)).mappings():
                found[row["id"]] = contact_of(row, self._country_code)
            until = max((one.ended_at for one in found.values()), default=end) + timedelta(days=days)
            callers = sorted({one.caller for one in found.values()} - {""})
            for at in range(0, len(callers), AT_ONCE):
                numbers = {way for one in callers[at : at + AT_ONCE] for way in spellings(one, self._country_code)}
                query = base.where(
                    table.c.caller.in_(sorted(numbers)), table.c.started_at >= start, table.c.started_at < until
                )
                for row in (await connection.execute(query)).mappings():
                    found[row["id"]] = contact_of(row, self._country_code)
        return list(found.values())
