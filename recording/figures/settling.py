"""Which calls are resolved at the first contact, as far as is known while records are being written: the new ones, and
older ones of the same callers that a new one may have taken it back from. Reads inside the writing transaction.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from recording.figures.rules import Rules
from recording.inputs.contacts import Contact, contact_of, contacts_query, resolved_at_first_contact
from recording.models import Call
from recording.numbers import canonical, spellings
from recording.record import CallRecord

_AT_ONCE = 100
"""Callers looked up by one statement: each has up to five spellings."""

_LONGEST_CALL = timedelta(days=1)
"""The days count from a call's end, the index has its start."""


async def contacts_of_callers(
    connection: AsyncConnection, records: Sequence[CallRecord], rules: Rules
) -> tuple[list[Contact], frozenset[str]]:
    """All contacts with the callers of these records that may concern them or be concerned by them, and the ids of
    those that are resolved at the first contact."""
    callers = sorted({canonical(record.caller, rules.country_code) for record in records} - {""})
    around = timedelta(days=rules.first_contact_days) + _LONGEST_CALL
    since = min(record.started_at for record in records) - around
    until = max(record.started_at for record in records) + around
    found: list[Contact] = []
    for at in range(0, len(callers), _AT_ONCE):
        numbers = {way for one in callers[at : at + _AT_ONCE] for way in spellings(one, rules.country_code)}
        table = Call.__table__.c
        query = contacts_query().where(
            table.caller.in_(sorted(numbers)), table.started_at >= since, table.started_at < until
        )
        found += (contact_of(row, rules.country_code) for row in (await connection.execute(query)).mappings())
    known = {one.id for one in found}
    nameless = [_nameless(record) for record in records if record.id not in known]
    return found, resolved_at_first_contact([*found, *nameless], rules.first_contact_days)


async def records_of(connection: AsyncConnection, calls: Sequence[str]) -> list[CallRecord]:
    """The records of these calls."""
    found: list[CallRecord] = []
    for at in range(0, len(calls), _AT_ONCE):
        query = select(Call.document).where(Call.id.in_(calls[at : at + _AT_ONCE]))
        found += (CallRecord.model_validate(document) for document in await connection.scalars(query))
    return found


def _nameless(record: CallRecord) -> Contact:
    """Of a caller who hides his number nothing is known to follow."""
    return Contact(
        id=record.id, caller="", started_at=record.started_at, ended_at=record.ended_at,
        resolved=bool(record.resolved),
    )  # fmt: skip
