"""The table of segments, held against the records it is written with."""

import json

import pytest
from sqlalchemy import delete, func, select

from acd.facts import CallHeld, CallMuted, CallRetrieved, CallUnmuted, to_json
from recording.entries import Entry, Source, entry
from recording.figures.recounting import recount_calls
from recording.models import CallMute, CallSegment
from recording.record import CallRecord, SegmentKind
from recording.store import Page, Store
from tests.ledgers import NAMES, batch, real_call

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]


async def _agrees(store: Store, records: list[CallRecord]) -> None:
    table = CallSegment.__table__
    async with store.engine.connect() as connection:
        rows = (await connection.execute(select(table).order_by(table.c.call, table.c.number))).mappings().all()
    expected = [
        (
            *(one.id, number, told.kind, told.started_at, told.ended_at),
            *(told.queue, [*told.agents], told.space, bool(told.muted)),
        )
        for one in sorted(records, key=lambda record: record.id)
        for number, told in enumerate(one.segments, 1)
    ]
    columns = ("call", "number", "kind", "started_at", "ended_at", "queue", "agents", "space", "muted")
    assert [tuple(row[name] for name in columns) for row in rows] == expected
    for row in rows:
        assert row["agent"] == (row["agents"][0] if len(row["agents"]) == 1 else None)


def _muted(name: str) -> list[Entry]:
    """The journal tells that the agent of that call was muted for a tenth of a second."""
    record = real_call(name).record()
    (talk,) = record.conversations
    at_ms = round(talk.started_at.timestamp() * 1000) + 50
    told = {"linkedid": record.linkedid, "agent": talk.agent, "by": "api:crm"}
    facts = [CallMuted(at_ms=at_ms, **told), CallUnmuted(at_ms=at_ms + 100, **told)]
    return [entry(Source.JOURNAL, json.dumps(to_json(fact))) for fact in facts]


async def test_the_segments_of_every_record_can_be_added_up_in_sql(store: Store) -> None:
    for name in NAMES:
        for one in real_call(name).batches():
            await store.ingest(one)
    await store.ingest(batch(Source.JOURNAL, _muted("answered_agent_hangs_up")))
    records = await store.calls(None, Page(size=500))
    await _agrees(store, records)
    table = CallSegment.__table__
    query = select(func.sum(table.c.duration_ms)).where(table.c.kind == SegmentKind.HOLD.value)
    async with store.engine.connect() as connection:
        held_ms = await connection.scalar(query)
        spaces = set(await connection.scalars(select(table.c.space).where(table.c.kind == SegmentKind.PARKED.value)))
        muted_ms = await connection.scalar(select(func.sum(table.c.duration_ms)).where(table.c.muted))
        mutes = (await connection.execute(select(CallMute.agent, CallMute.who, CallMute.duration_ms))).all()
    assert held_ms == sum(record.hold_ms for record in records) > 0
    assert spaces == {one.space for record in records for one in record.parkings if one.space}
    every = [(one.agent, one.by) for record in records for one in record.mutes]
    assert sorted((agent, who) for agent, who, _ in mutes) == sorted(every) != []
    # Whom his agent held meanwhile heard nothing of him anyhow; each span is rounded by itself.
    assert 0 < muted_ms <= sum(ms for _, _, ms in mutes) + len(every)


async def test_what_is_known_late_changes_the_segments_of_its_call_alone(store: Store) -> None:
    for name in ("answered_agent_hangs_up", "served_by_ivr"):
        for one in real_call(name).batches():
            await store.ingest(one)
    record = real_call("answered_agent_hangs_up").record()
    (talk,) = record.conversations
    at_ms = round(talk.started_at.timestamp() * 1000) + 100
    held = [
        CallHeld(at_ms=at_ms, linkedid=record.linkedid, agent=talk.agent),
        CallRetrieved(at_ms=at_ms + 200, linkedid=record.linkedid, agent=talk.agent),
    ]
    lines = [entry(Source.JOURNAL, json.dumps(to_json(fact))) for fact in held]
    (changed,) = await store.ingest(batch(Source.JOURNAL, lines))
    assert len(changed.segments) == len(record.segments) + 2
    await _agrees(store, [changed, real_call("served_by_ivr").record()])


async def test_calls_from_before_there_was_the_table_get_their_segments_when_they_are_counted_again(
    store: Store,
) -> None:
    for one in real_call("transferred_to_queue").batches():
        await store.ingest(one)
    async with store.transaction() as connection:
        await connection.execute(delete(CallSegment))
    for _ in range(2):
        await recount_calls(store)
        await _agrees(store, await store.calls())
