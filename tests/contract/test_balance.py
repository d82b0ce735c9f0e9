"""The identity of the queues, asked of the data base: which calls are found, and what is told of a breach."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from acd.facts import CallQueued, to_json
from recording.balance.identity import Balance
from recording.balance.watch import HALF_HOUR, BalanceWatch, check
from recording.entries import Entry, Source
from recording.models import Call, LedgerEvent
from recording.store import CallFilter, Store
from tests.ledgers import EVERY, batch, real_call

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

DAY = datetime(2026, 11, 22, tzinfo=UTC)
NAMES = ("abandoned_waiting", "missed_then_answered", "refused_then_answered", "transferred_to_queue")


async def keep(store: Store) -> None:
    """In the order of time, as a journal is."""
    for one in sorted((real_call(name) for name in NAMES), key=lambda call: call.record().started_at):
        for part in one.batches():
            await store.ingest(part)


async def test_every_half_hour_of_a_day_holds_and_the_calls_are_found_by_halving(store: Store) -> None:
    assert await check(store, DAY, DAY + timedelta(days=1)) == []
    await keep(store)
    found = await check(store, DAY, DAY + timedelta(days=1))
    assert all(one.holds for one in found)
    visits = {(call.linkedid, visit.queue) for call in await store.calls(page=EVERY) for visit in call.queues}
    assert sum(one.entered for one in found) == len(visits)
    for one in found:
        assert await check(store, one.start, one.start + HALF_HOUR) == [
            other for other in found if other.start == one.start
        ]
    assert await check(store, DAY + timedelta(days=1), DAY + timedelta(days=2)) == []


async def test_a_call_of_whose_coming_no_line_is_left_is_told(store: Store) -> None:
    await keep(store)
    (call,) = await store.calls(CallFilter(queue="support"))
    entered = call.queues[-1].entered_at
    mine = LedgerEvent.linkedid == call.linkedid, LedgerEvent.source == Source.JOURNAL.value
    async with store.transaction() as connection:
        await connection.execute(delete(LedgerEvent).where(*mine, LedgerEvent.body.like('%"CallQueued"%')))
    (breach,) = [one for one in await check(store, DAY, DAY + timedelta(days=1)) if one.queue == "support"]
    assert (breach.holds, breach.untold, breach.entered) == (False, (call.linkedid,), 0)
    told: list[Sequence[Balance]] = []
    await BalanceWatch(store, told.append).look(entered + 2 * HALF_HOUR)
    assert call.linkedid in {one for balance in told[0] for one in balance.untold}


async def test_a_lost_record_is_told_once_the_half_hour_is_over_and_a_call_under_way_is_none(store: Store) -> None:
    await keep(store)
    told: list[Sequence[Balance]] = []
    watch = BalanceWatch(store, told.append)
    lost = real_call("missed_then_answered").record()
    entered = lost.queues[0].entered_at
    await watch.look(entered + 2 * HALF_HOUR)
    assert told == [[]]
    async with store.transaction() as connection:
        await connection.execute(delete(Call).where(Call.linkedid == lost.linkedid))
        assert await connection.scalar(select(Call.id).where(Call.linkedid == lost.linkedid)) is None
    await watch.look(entered + 2 * HALF_HOUR)
    ((breach,),) = told[1:]
    assert (breach.queue, breach.lost, breach.holds) == ("sales", (lost.linkedid,), False)


async def test_a_caller_who_waits_is_waiting(store: Store) -> None:
    await keep(store)
    ledger = real_call("answered_with_hold").batches()[1].entries[:5]
    await store.ingest(batch(Source.LEDGER, ledger))
    at_ms = int((DAY + timedelta(hours=23)).timestamp() * 1000)
    fact = CallQueued(
        at_ms=at_ms, linkedid=ledger[0].linkedid, queue="vip", priority=0, skills={}, entered_ms=at_ms, waiting=1
    )  # fmt: skip
    line = json.dumps(to_json(fact), separators=(",", ":"))
    await store.ingest(batch(Source.JOURNAL, [Entry(Source.JOURNAL, line, fact)]))
    (one,) = [one for one in await check(store, DAY, DAY + timedelta(days=1)) if one.queue == "vip"]
    assert (one.entered, one.waiting, one.holds) == (1, 1, True)
