"""Outcome codes in the data base: the catalogue, its sheet, and how closings reach a call's record."""

import json
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from acd.facts import CallOutcomeSet, to_json
from recording.entries import Entry, Source
from recording.facts import parse_fact
from recording.inputs.outcomes import SHEET, KeysTaken, Outcome, Outcomes, by_keys
from recording.inputs.sheet import read_sheet
from recording.inputs.sheets import SHEETS, Known, SheetUnfit, give_out, take_in
from recording.models import CallClosing
from recording.record import CallRecord
from recording.store import Store
from tests.ledgers import batch, real_call

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

SOLD = Outcome(code="sold", titles={"en": "Sold", "cmn": "已售出"}, resolved=True, queues=("sales",), keys="1")
LATER = Outcome(code="later", titles={"en": "Will call again"}, resolved=False, keys="2")


def closing(record: CallRecord, code: str = "sold", *, after_s: int = 5, **given: object) -> CallOutcomeSet:
    at_ms = int((record.ended_at + timedelta(seconds=after_s)).timestamp() * 1000)
    fact = CallOutcomeSet(
        at_ms=at_ms, linkedid=record.linkedid, agent=record.agent or "", code=code, resolved=True, cause="api:1001"
    )
    return replace(fact, **given)  # type: ignore[arg-type]


async def take(store: Store, name: str, *facts: CallOutcomeSet) -> list[CallRecord]:
    changed: list[CallRecord] = []
    for one in real_call(name).batches():
        changed = await store.ingest(one) or changed
    for fact in facts:
        body = json.dumps(to_json(fact))
        entry = Entry(Source.JOURNAL, body, parse_fact(body))
        changed = await store.ingest(batch(Source.JOURNAL, [entry]))
    return changed


async def test_codes_are_saved_changed_and_found_by_their_keys(store: Store) -> None:
    catalogue = Outcomes(store)
    await catalogue.save([SOLD, LATER])
    assert await catalogue.all() == [LATER, SOLD]
    assert await catalogue.find("sold") == SOLD
    assert await catalogue.find("bought") is None
    assert by_keys(await catalogue.all(), "1", "sales") == SOLD
    assert by_keys(await catalogue.all(), "1", "support") is None
    assert by_keys(await catalogue.all(), "2", "support") == LATER
    assert by_keys(await catalogue.all(), "", "support") is None
    with pytest.raises(KeysTaken, match="expected keys of its own"):
        await catalogue.save([SOLD.model_copy(update={"code": "resold"})])
    await catalogue.save([SOLD.model_copy(update={"active": False}), SOLD.model_copy(update={"code": "resold"})])
    assert [one.code for one in await catalogue.all() if one.suits("sales")] == ["later", "resold"]


async def test_a_call_is_closed_after_its_end_and_anew_and_every_time_is_kept(store: Store) -> None:
    name = "answered_agent_hangs_up"
    call = real_call(name).record()
    first = closing(call, "later", resolved=False, note="He thinks,\nand rings.", matter="C-7", after_s=5)
    (record,) = await take(store, name, first)
    assert (record.outcome_code, record.resolved, record.notes) == ("later", False, "He thinks,\nand rings.")
    (record,) = await take(store, name, first, closing(call, after_s=60, cause="command:root"))
    assert (record.outcome_code, record.resolved, record.matter, record.notes) == ("sold", True, "", "")
    assert [(one.code, one.by, one.agent) for one in record.closings] == [
        ("later", "api:1001", call.agent),
        ("sold", "command:root", call.agent),
    ]
    assert record == (await store.call(record.id))
    table = CallClosing.__table__
    async with store.engine.connect() as connection:
        rows = (await connection.execute(select(table).order_by(table.c.number))).mappings().all()
    assert [(row["number"], row["code"], row["matter"]) for row in rows] == [(1, "later", "C-7"), (2, "sold", "")]


async def test_a_call_closed_while_it_goes_on_is_closed_in_its_record(store: Store) -> None:
    name = "answered_caller_hangs_up"
    call = real_call(name)
    fact = closing(call.record(), after_s=-1)
    body = json.dumps(to_json(fact))
    await store.ingest(batch(Source.JOURNAL, [Entry(Source.JOURNAL, body, parse_fact(body))]))
    (record,) = await take(store, name)
    assert record.outcome_code == "sold"


async def test_answered_calls_without_a_code_are_found(store: Store) -> None:
    await take(store, "answered_agent_hangs_up")
    await take(store, "abandoned_waiting")
    call = real_call("answered_agent_hangs_up").record()
    since, until = call.started_at, call.started_at + timedelta(days=1)
    assert call.queue is not None
    catalogue = Outcomes(store)
    (found,) = await catalogue.not_closed([call.queue], since, until)
    assert (found.id, found.agent) == (call.id, call.agent)
    assert await catalogue.not_closed([call.queue], since, until, agent="9") == []
    assert await catalogue.not_closed([], since, until) == []
    await take(store, "answered_agent_hangs_up", closing(call))
    assert await catalogue.not_closed([call.queue], since, until) == []


async def test_the_sheet_is_taken_in_whole_or_not_at_all_and_given_out_the_same(store: Store) -> None:
    known = Known(queues=frozenset({"sales"}), languages=frozenset({"en", "cmn"}), zone=ZoneInfo("Asia/Shanghai"))
    text = "code,titles,resolved,queues,keys\nsold,en=Sold; cmn=已售出,yes,sales,1\nlater,en=Will call again,no,,2\n"
    await take_in(store, SHEETS["outcomes"], text, known)
    assert await Outcomes(store).all() == [LATER, SOLD]
    given_out = await give_out(store, SHEETS["outcomes"], known)
    assert list(read_sheet(SHEET, given_out).rows.values()) == [LATER, SOLD]
    bad = "code,titles,resolved,queues\nlost,en=Lost,no,sails\nwon,fr=Gagné,perhaps,\nleft,en=Left,no,\n"
    with pytest.raises(SheetUnfit) as caught:
        await take_in(store, SHEETS["outcomes"], bad, known)
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [(2, "queues"), (3, "resolved")]
    assert len(await Outcomes(store).all()) == 2
    reading = await take_in(store, SHEETS["outcomes"], bad, known, skip_bad=True)
    assert (list(reading.rows), len(reading.faults)) == ([4], 2)
    assert [one.code for one in await Outcomes(store).all()] == ["later", "left", "sold"]
