"""Searching recordings: by whom and what belongs to a call, by time, length, outcome and score; page by page, newest
first. It is answered from small tables (`recorded_call`, `recorded_party`), which are written with each call's record.

Methods raise SQLAlchemy's errors while the data base is away.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_

from recording.keeping.findable import Kind
from recording.models import Call, EvaluationEntry, RecordedCall, RecordedParty
from recording.record import CallRecord
from recording.store import Page, Store, read_records


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which recordings; None leaves a question open. `numbers` are spellings of one number, the caller's or the one
    dialled; `since` is included, `until` not, both go by the call's start. Lengths are of a call's recordings together.
    `score_…` are hundredths of the released review, both included; `mark_…` the caller's last in a survey."""

    numbers: Collection[str] | None = None
    agent: str | None = None
    queue: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    length_from_ms: int | None = None
    length_to_ms: int | None = None
    outcome: str | None = None
    mark_from: int | None = None
    mark_to: int | None = None
    score_from: int | None = None
    score_to: int | None = None


class Search:
    """The recorded calls in this store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, wanted: Wanted, page: Page) -> list[CallRecord]:
        """The records of the calls that fit, newest first."""
        async with self._store.engine.connect() as connection:
            query = query_of(wanted).limit(page.size)
            if page.after is not None:
                last = select(RecordedCall.started_at).where(RecordedCall.call == page.after)
                started_at = await connection.scalar(last)
                if started_at is None:
                    return []
                query = query.where(tuple_(RecordedCall.started_at, RecordedCall.call) < (started_at, page.after))
            names = [name for (name,) in await connection.execute(query)]
            found = await read_records(await connection.scalars(select(Call.document).where(Call.id.in_(names))))
        records = {record.id: record for record in found}
        return [records[name] for name in names if name in records]


def query_of(wanted: Wanted) -> Select[Any]:
    """The ids of the calls that fit, newest first."""
    table = RecordedCall
    query = select(table.call).order_by(table.started_at.desc(), table.call.desc())
    bounds = (
        (table.started_at >= wanted.since) if wanted.since is not None else None,
        (table.started_at < wanted.until) if wanted.until is not None else None,
        (table.length_ms >= wanted.length_from_ms) if wanted.length_from_ms is not None else None,
        (table.length_ms <= wanted.length_to_ms) if wanted.length_to_ms is not None else None,
        (table.outcome == wanted.outcome) if wanted.outcome is not None else None,
        (table.mark >= wanted.mark_from) if wanted.mark_from is not None else None,
        (table.mark <= wanted.mark_to) if wanted.mark_to is not None else None,
    )
    query = query.where(*(bound for bound in bounds if bound is not None))
    for kind, names in (
        (Kind.AGENT, None if wanted.agent is None else [wanted.agent]),
        (Kind.QUEUE, None if wanted.queue is None else [wanted.queue]),
        (Kind.NUMBER, wanted.numbers),
    ):
        if names is not None:
            query = query.where(_belongs(kind, names, wanted))
    if wanted.score_from is not None or wanted.score_to is not None:
        query = query.where(_scored(wanted))
    return query


def _belongs(kind: Kind, names: Collection[str], wanted: Wanted) -> Any:
    party = RecordedParty
    found = select(party.call).where(party.kind == kind.value, party.name.in_(names))
    if wanted.since is not None:
        found = found.where(party.started_at >= wanted.since)
    if wanted.until is not None:
        found = found.where(party.started_at < wanted.until)
    return RecordedCall.call.in_(found)


def _scored(wanted: Wanted) -> Any:
    """Far fewer calls are judged than recorded: they are found first."""
    table = EvaluationEntry
    held = [table.purpose == "review", table.released_at.is_not(None)]
    if wanted.score_from is not None:
        held.append(table.score_hundredths >= wanted.score_from)
    if wanted.score_to is not None:
        held.append(table.score_hundredths <= wanted.score_to)
    return RecordedCall.call.in_(select(table.call).where(*held))
