"""The writes, each to be run inside one transaction: a batch of lines with the calls that follow from it, and the state
in which reading goes on.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog import get_logger

from acd.facts import AgentStateChanged, CallFact, Fact
from recording.at_hand import Event, LinesAtHand
from recording.conflicts import inserting_new, upserting
from recording.entries import Batch, Entry, Source, entry
from recording.figures.counting import count_calls
from recording.figures.time_keeping import add_states, add_teams
from recording.fold import fold
from recording.instants import utc
from recording.keeping.findable import note
from recording.ledger import LedgerRow, RowType, parse_row
from recording.many import insert_many
from recording.models import (
    AgentStateEntry,
    Base,
    Call,
    CallClosing,
    CallInProgress,
    LedgerEvent,
    LedgerPosition,
    RecordedTalk,
    RecordingFile,
    RecordingPauseEntry,
    RejectedLedgerLine,
    SurveyAnswer,
)
from recording.record import CallRecord, Missing, Recording
from recording.record_changes import number_changes
from recording.segment_rows import write_segments
from recording.unwritten import BEGINS

log = get_logger()

_COLUMNS = tuple(column.name for column in Call.__table__.columns if column.name != "document")
_LENGTHS: Mapping[type[Base], Mapping[str, int | None]] = {
    table: {column.name: getattr(column.type, "length", None) for column in table.__table__.columns}
    for table in (Call, SurveyAnswer)
}

RECORDING_COLUMNS = tuple(name for name in Recording.model_fields if name != "pauses")
"""What is kept of a recording by itself; its pauses follow from the facts of its call."""

_PARAMETERS = 500  # names asked for at once; SQLite takes 32,766, a plan for thousands helps nobody


async def write_batch(connection: AsyncConnection, batch: Batch, at_hand: LinesAtHand) -> list[CallRecord]:
    """Keeps the lines, the rejected ones and the position, and folds the calls they complete or change. Should the
    transaction fail, `at_hand` has to forget the calls of the batch.

    Writing the same batch again changes nothing. Returns the records that are new or different.
    """
    marks = await _new_marks(connection, batch.entries)
    await write_lines(connection, batch.entries)
    at_hand.add(batch.entries)
    if batch.rejected:
        rows = [{"source": batch.source.value, "body": one.body, "why": one.why} for one in batch.rejected]
        await connection.execute(insert(RejectedLedgerLine), _printable(rows))
    await _write_states(connection, batch.entries)
    place = {"position": batch.position.offset, "head": batch.position.head}
    await upsert(connection, LedgerPosition, "source", [{"source": batch.source.value, **place}])
    concerned = {one.linkedid for one in batch.entries} - {""}
    if batch.source is Source.JOURNAL:
        concerned = await _in_ledger(connection, concerned)
        marks = await _not_over(connection, marks, concerned)
    await _open_and_close(connection, marks)
    return await refold_ended(connection, concerned, at_hand)


async def _in_ledger(connection: AsyncConnection, linkedids: Collection[str]) -> set[str]:
    """Those of which the ledger has been read: of the others there is nothing to fold yet, however much of the journal
    is read first after the data base was away."""
    found: set[str] = set()
    for some in _chunks(sorted(linkedids)):
        ours = LedgerEvent.linkedid.in_(some) & (LedgerEvent.source == Source.LEDGER.value)
        found.update(await connection.scalars(select(LedgerEvent.linkedid).where(ours).distinct()))
    return found


async def write_lines(connection: AsyncConnection, entries: Iterable[Entry]) -> None:
    """Keeps each line that belongs to a call, once."""
    rows = [
        {"digest": one.digest, "source": one.source.value, "linkedid": one.linkedid, "body": one.body}
        for one in entries
        if one.linkedid
    ]
    await insert_new(connection, LedgerEvent, "linkedid digest", rows)


async def refold_ended(
    connection: AsyncConnection, linkedids: Collection[str], at_hand: LinesAtHand | None = None
) -> list[CallRecord]:
    """Folds those of these calls that do not go on: for the others a fold is too early."""
    going_on: set[str] = set()
    for some in _chunks(sorted(linkedids)):
        found = await connection.scalars(select(CallInProgress.linkedid).where(CallInProgress.linkedid.in_(some)))
        going_on.update(found)
    return await refold(connection, set(linkedids) - going_on, at_hand)


async def refold(
    connection: AsyncConnection, linkedids: Collection[str], at_hand: LinesAtHand | None = None
) -> list[CallRecord]:
    """Folds these calls anew from all that is kept of them, taken from `at_hand` where that has it all. A call that
    cannot be folded is logged and left. Returns those that changed, in the order in which they ended."""
    changed: list[CallRecord] = []
    for some in _chunks(sorted(linkedids)):
        kept = await _events(connection, some, at_hand or LinesAtHand())
        sounds = await recordings(connection, some)
        folded = [_fold(linkedid, events, sounds.get(linkedid, ())) for linkedid, events in kept.items()]
        records = await _with_missing(connection, [record for record in folded if record is not None])
        changed += await write_records(connection, records)
    return sorted(changed, key=lambda record: record.ended_at)


async def _with_missing(connection: AsyncConnection, records: Sequence[CallRecord]) -> list[CallRecord]:
    """The records, those whose audio has been looked at with the talk that it lacks."""
    query = select(RecordedTalk.call, RecordedTalk.missing).where(RecordedTalk.missing_ms > 0)
    found = await connection.execute(query.where(RecordedTalk.call.in_([one.id for one in records])))
    missing = {call: tuple(map(Missing.model_validate, spans)) for call, spans in found}
    return [one.model_copy(update={"missing": missing.get(one.id, ())}) for one in records]


async def upsert(connection: AsyncConnection, table: type[Base], key: str, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts rows, all with the same columns, or overwrites those whose `key` (columns, by spaces apart) is there."""
    if rows:
        await insert_many(connection, upserting(table, key, tuple(rows[0]), connection.dialect.name), rows)


async def insert_new(connection: AsyncConnection, table: type[Base], key: str, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts rows, all with the same columns; those whose `key` (as above) is there stay as they
    are."""
    await insert_many(connection, inserting_new(table, key, connection.dialect.name), rows)


async def _write_states(connection: AsyncConnection, entries: Sequence[Entry]) -> None:
    rows = [
        {
            "digest": one.digest,
            "at": utc(fact.at_ms * 1000),
            "agent": fact.agent,
            "phone": fact.phone,
            "status": fact.status.value,
            "before": fact.before.value,
            "after": fact.after.value,
            "reason": fact.reason,
            "cause": fact.cause,
            "linkedid": fact.linkedid,
        }
        for one in entries
        if isinstance(fact := one.event, AgentStateChanged)
    ]
    # Added up before they are written: what the log has already is told by itself.
    await add_states(connection, {one.digest: one.event for one in entries if isinstance(one.event, AgentStateChanged)})
    await insert_new(connection, AgentStateEntry, "digest", rows)
    await add_teams(connection, (one.event for one in entries if isinstance(one.event, Fact)))


async def _new_marks(connection: AsyncConnection, entries: Iterable[Entry]) -> list[Event]:
    """The beginnings and ends of calls among these lines that are not kept yet: a line that is read again, for whatever
    reason, opens no call that is over."""
    marks: dict[str, Event] = {}
    calls: set[str] = set()
    for one in entries:
        if _is_mark(one.event):
            marks.setdefault(one.digest, one.event)
            calls.add(one.linkedid)
    for some in _chunks(sorted(calls)):
        for known in await connection.scalars(select(LedgerEvent.digest).where(LedgerEvent.linkedid.in_(some))):
            marks.pop(known, None)
    return [*marks.values()]


def _is_mark(event: Event) -> bool:
    if isinstance(event, LedgerRow):
        return event.type in (RowType.CHAN_START, RowType.LINKEDID_END)
    return isinstance(event, BEGINS)


async def _not_over(connection: AsyncConnection, marks: Sequence[Event], written: Collection[str]) -> list[Event]:
    """Those beginnings, told by the router, that no end in the ledger follows; `written` are the calls of which the
    ledger has been read. So a call of which Asterisk writes nothing, or no more, is ended by us, too."""
    asked = sorted({mark.linkedid for mark in marks if isinstance(mark, CallFact)} & set(written))
    ended_us: dict[str, int] = {}
    for some in _chunks(asked):
        of_asterisk = (LedgerEvent.source == Source.LEDGER.value) & LedgerEvent.body.like(f'"{RowType.LINKEDID_END}"%')
        bodies = await connection.scalars(select(LedgerEvent.body).where(LedgerEvent.linkedid.in_(some), of_asterisk))
        for row in map(parse_row, bodies):
            ended_us[row.linkedid] = max(row.at_us, ended_us.get(row.linkedid, 0))
    return [mark for mark in marks if isinstance(mark, CallFact) and ended_us.get(mark.linkedid, 0) < mark.at_ms * 1000]


async def _open_and_close(connection: AsyncConnection, marks: Iterable[Event]) -> None:
    """Notes which calls began and ended."""
    goes_on = {  # a call-back may begin again by its name
        mark.linkedid: not isinstance(mark, LedgerRow) or mark.type == RowType.CHAN_START
        for mark in marks
        if isinstance(mark, LedgerRow | CallFact)
    }
    begun = sorted(linkedid for linkedid, going in goes_on.items() if going)
    ended = sorted(goes_on.keys() - set(begun))
    await insert_new(connection, CallInProgress, "linkedid", [{"linkedid": one} for one in begun])
    for some in _chunks(ended):
        await connection.execute(delete(CallInProgress).where(CallInProgress.linkedid.in_(some)))


async def _events(
    connection: AsyncConnection, linkedids: Sequence[str], at_hand: LinesAtHand
) -> dict[str, Sequence[Event]]:
    """What the lines of each call say, in the order they were read."""
    found: dict[str, Sequence[Event]] = {one: known for one in linkedids if (known := at_hand.of(one))}
    query = select(LedgerEvent.linkedid, func.count()).where(LedgerEvent.linkedid.in_(linkedids))
    numbers = await connection.execute(query.group_by(LedgerEvent.linkedid))
    missing = [linkedid for linkedid, number in numbers if number != len(found.get(linkedid, ()))]
    at_hand.forget(missing)  # written by another process too, or begun before this one
    for linkedid, entries in (await kept_entries(connection, missing)).items() if missing else ():
        at_hand.add(entries)
        found[linkedid] = [one.event for one in entries]
    return found


async def kept_entries(connection: AsyncConnection, linkedids: Sequence[str]) -> dict[str, list[Entry]]:
    """The kept lines of each call, in the order they were read."""
    query = select(LedgerEvent.linkedid, LedgerEvent.source, LedgerEvent.body)
    found = await connection.execute(query.where(LedgerEvent.linkedid.in_(linkedids)).order_by(LedgerEvent.id))
    kept: dict[str, list[Entry]] = {}
    for linkedid, source, body in found:
        try:
            kept.setdefault(linkedid, []).append(entry(Source(source), body))
        except ValueError as error:  # kept by another version of ours
            log.warning("kept line cannot be read", id="ledger-line-unreadable", linkedid=linkedid, why=str(error))
    return kept


async def recordings(connection: AsyncConnection, linkedids: Sequence[str]) -> dict[str, list[Recording]]:
    """The recordings of each of these calls that has one, in order of their names."""
    kept: dict[str, list[Recording]] = {}
    names = RECORDING_COLUMNS
    table = RecordingFile.__table__
    query = select(table.c.linkedid, *(table.c[name] for name in names)).order_by(table.c.file)
    for linkedid, *values in await connection.execute(query.where(table.c.linkedid.in_(linkedids))):
        kept.setdefault(linkedid, []).append(Recording(**dict(zip(names, values, strict=True))))
    return kept


def _fold(linkedid: str, events: Sequence[Event], recordings: Sequence[Recording]) -> CallRecord | None:
    rows = [one for one in events if isinstance(one, LedgerRow)]
    facts = [one for one in events if isinstance(one, Fact)]
    try:
        return fold(rows, facts, recordings)
    except Exception:  # a call of a shape nobody foresaw must not hold up the others; its lines are kept
        log.exception("call cannot be folded", id="call-fold-failed", linkedid=linkedid)
        return None


async def write_records(connection: AsyncConnection, records: Sequence[CallRecord]) -> list[CallRecord]:
    """Writes the records that are new or have changed, with all that is kept beside them; returns those."""
    if not records:
        return []
    query = select(Call.id, Call.document).where(Call.id.in_([record.id for record in records]))
    known = {row.id: row.document for row in await connection.execute(query)}
    changed = [one for one in records if one.id not in known or known[one.id] != one.model_dump(mode="json")]
    rows = [
        {**_fitting(Call, {name: getattr(record, name) for name in _COLUMNS}), "document": record} for record in changed
    ]
    await upsert(connection, Call, "id", rows)
    await write_segments(connection, changed, [record.id for record in changed if record.id in known])
    await _write_surveys(connection, changed)
    await note(connection, changed)
    await _write_pauses(connection, changed)
    await _write_closings(connection, changed)
    await count_calls(connection, changed)
    await number_changes(connection, changed)
    return changed


async def _write_surveys(connection: AsyncConnection, records: Sequence[CallRecord]) -> None:
    """A record only gets more of them, never fewer."""
    rows = [
        _fitting(SurveyAnswer, {"call": record.id, "number": number, **survey.model_dump()})
        for record in records
        for number, survey in enumerate(record.surveys, 1)
    ]
    await upsert(connection, SurveyAnswer, "call number", rows)


async def _write_pauses(connection: AsyncConnection, records: Sequence[CallRecord]) -> None:
    """As the record has them now: what is known late may join two or cut one short."""
    rows = [
        {"call": record.id, "number": number, "file": file, **pause.model_dump()}
        for record in records
        for number, (file, pause) in enumerate(
            ((one.file, pause) for one in record.recordings for pause in one.pauses), 1
        )
    ]
    recorded = [record.id for record in records if record.recordings]
    for some in _chunks(recorded):
        await connection.execute(delete(RecordingPauseEntry).where(RecordingPauseEntry.call.in_(some)))
    await upsert(connection, RecordingPauseEntry, "call number", rows)


def _fitting(table: type[Base], row: dict[str, Any]) -> dict[str, Any]:
    """A caller may send a number of any length: lists find him by its beginning, the whole of it is in the record."""
    lengths = _LENGTHS[table]
    return {name: value[: lengths[name]] if isinstance(value, str) else value for name, value in row.items()}


async def _write_closings(connection: AsyncConnection, records: Sequence[CallRecord]) -> None:
    """A record only gets more of them, never fewer."""
    rows = [
        {"call": record.id, "number": number, **closing.model_dump()}
        for record in records
        for number, closing in enumerate(record.closings, 1)
    ]
    await upsert(connection, CallClosing, "call number", rows)


def _printable(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """PostgreSQL's text holds no zero bytes, which a file torn by a power cut does."""
    return [{name: value.replace("\0", "\\0") for name, value in row.items()} for row in rows]


def _chunks(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + _PARAMETERS] for start in range(0, len(names), _PARAMETERS))
