"""Which calls settled their matter at the first contact (kpi.md, figure 17): closed with an outcome that resolves it,
and not followed within N days by a call of the same caller on the same matter, nor by a call-back of ours to him.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, select

from acd.states import CallOutcome
from recording.models import Call
from recording.numbers import canonical, spellings
from recording.record import Direction
from recording.store import Store

DAYS = 7
AT_ONCE = 300
"""Callers looked up by one statement: each has up to five spellings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A call with a customer. `caller` is his number in the one form of recording.numbers, empty where he hides it;
    `queue` and `matter` are empty where there is none. A call-back of ours is a contact like any other."""

    id: str
    caller: str
    started_at: datetime
    ended_at: datetime
    queue: str = ""
    matter: str = ""
    resolved: bool = False


def same_matter(first: Contact, later: Contact) -> bool:
    """Where both name their matter, that decides; else the queue stands for it. A later call that came to no queue is
    held to be about the same: what it was about nobody knows."""
    if first.matter and later.matter:
        return first.matter.strip().casefold() == later.matter.strip().casefold()
    return not later.queue or first.queue == later.queue


def resolved_at_first_contact(contacts: Iterable[Contact], days: int = DAYS) -> frozenset[str]:
    """The ids of the calls among these that were resolved and not followed within `days` days (of 24 hours, from their
    end). Whatever followed must be among them; of a caller who hides his number nothing is known to follow. Pure."""
    by_caller: Mapping[str, list[Contact]] = defaultdict(list)
    settled: set[str] = set()
    for one in contacts:
        if one.caller:
            by_caller[one.caller].append(one)
        elif one.resolved:
            settled.add(one.id)
    within = timedelta(days=days)
    for calls in by_caller.values():
        calls.sort(key=lambda one: one.started_at)
        for at, one in enumerate(calls):
            if one.resolved and not _followed(one, calls[at + 1 :], within):
                settled.add(one.id)
    return frozenset(settled)


def _followed(one: Contact, later: Iterable[Contact], within: timedelta) -> bool:
    until = one.ended_at + within
    for other in later:
        if other.started_at >= until:
            return False
        if same_matter(one, other):
            return True
    return False


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
        columns = [table.c[name] for name in ("id", "caller", "started_at", "ended_at", "queue", "matter", "resolved")]
        ours = (Direction.INBOUND.value, Direction.OUTBOUND.value)
        base = select(*columns).where(table.c.direction.in_(ours))
        # An attempt of ours that reached nobody told the customer nothing, and is no contact.
        base = base.where(table.c.outcome != CallOutcome.NOT_REACHED.value)
        resolved = base.where(table.c.started_at >= start, table.c.started_at < end, table.c.resolved.is_(True))
        found: dict[str, Contact] = {}
        async with self._store.engine.connect() as connection:
            for row in (await connection.execute(resolved)).mappings():
                found[row["id"]] = self._contact(row)
            until = max((one.ended_at for one in found.values()), default=end) + timedelta(days=days)
            callers = sorted({one.caller for one in found.values()} - {""})
            for at in range(0, len(callers), AT_ONCE):
                numbers = {way for one in callers[at : at + AT_ONCE] for way in spellings(one, self._country_code)}
                query = base.where(
                    table.c.caller.in_(sorted(numbers)), table.c.started_at >= start, table.c.started_at < until
                )
                for row in (await connection.execute(query)).mappings():
                    found[row["id"]] = self._contact(row)
        return list(found.values())

    def _contact(self, row: RowMapping) -> Contact:
        return Contact(
            id=row["id"],
            caller=canonical(row["caller"], self._country_code),
            started_at=row["started_at"],
            ended_at=row["ended_at"],
            queue=row["queue"] or "",
            matter=row["matter"],
            resolved=bool(row["resolved"]),
        )
