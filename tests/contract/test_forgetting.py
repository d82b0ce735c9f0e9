"""Old lines leave the data base call by call, and no record with them."""

import pytest
from sqlalchemy import func, insert, select

from recording.forgetting import forget
from recording.models import CallInProgress, LedgerEvent
from recording.store import Store
from tests.ledgers import EVERY, NAMES, real_call

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]


async def _kept(store: Store) -> dict[str, int]:
    query = select(LedgerEvent.linkedid, func.count().label("lines")).group_by(LedgerEvent.linkedid)
    async with store.engine.connect() as connection:
        return {row.linkedid: row.lines for row in await connection.execute(query)}


async def test_calls_from_before_a_moment_are_forgotten_whole_and_their_records_stay(store: Store) -> None:
    calls = sorted((real_call(name) for name in NAMES), key=lambda call: call.rows[0].at_us)
    for call in calls:
        for one in call.batches():
            await store.ingest(one)
    records = await store.calls(page=EVERY)
    before = await _kept(store)
    moment = sorted(record.ended_at for record in records)[len(records) // 2]
    assert await forget(store, moment, rest_s=0) == sum(before.values()) - sum((await _kept(store)).values()) > 0
    after = await _kept(store)
    assert after.items() <= before.items(), "half a call is left"
    assert {record.linkedid for record in records if record.started_at > moment} <= after.keys()
    assert await store.calls(page=EVERY) == records
    for call in calls:
        for one in call.batches():
            assert await store.ingest(one) == [], "read again, it is the same"
    assert await _kept(store) == before


async def test_a_call_that_goes_on_is_kept_however_old(store: Store) -> None:
    for one in real_call("answered_with_hold").batches():
        await store.ingest(one)
    (record,) = await store.calls()
    before = await _kept(store)
    async with store.transaction() as connection:
        await connection.execute(insert(CallInProgress), [{"linkedid": record.linkedid}])
    later = record.ended_at.replace(year=record.ended_at.year + 1)
    assert await forget(store, later, rest_s=0) == 0
    assert await _kept(store) == before
    assert await forget(store, record.started_at, rest_s=0) == 0


async def test_an_empty_data_base_has_nothing_to_forget(store: Store) -> None:
    assert await forget(store, real_call(NAMES[0]).record().ended_at, rest_s=0) == 0
