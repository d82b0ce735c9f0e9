"""Which calls settled their matter at the first contact (kpi.md, figure 17): closed with an outcome that resolves it,
and not followed within N days by a call of the same caller on the same matter, nor by a call-back of ours to him.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, Select, select

from acd.states import CallOutcome
from recording.models import Call
from recording.numbers import canonical
from recording.record import Direction

DAYS = 7


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


def contacts_query() -> Select[tuple[object, ...]]:
    """Selects what `contact_of` reads, of all calls that are contacts. An attempt of ours that reached nobody told the
    customer nothing, and is none."""
    table = Call.__table__
    columns = [table.c[name] for name in ("id", "caller", "started_at", "ended_at", "queue", "matter", "resolved")]
    ours = (Direction.INBOUND.value, Direction.OUTBOUND.value)
    return select(*columns).where(table.c.direction.in_(ours), table.c.outcome != CallOutcome.NOT_REACHED.value)


def contact_of(row: RowMapping, country_code: str = "") -> Contact:
    """A row of `contacts_query`."""
    return Contact(
        id=row["id"],
        caller=canonical(row["caller"], country_code),
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        queue=row["queue"] or "",
        matter=row["matter"],
        resolved=bool(row["resolved"]),
    )
