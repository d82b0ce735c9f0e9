"""The store over each data base: what goes in comes out once, whatever is repeated."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, insert, inspect, select

from acd.facts import AgentStateChanged, CallEnded, SurveyAsked, WrapUpEnded, to_json
from acd.states import AgentState, CallOutcome, EndedBy, Status
from recording.entries import Entry, Source
from recording.instants import utc
from recording.ledger import RowType
from recording.models import AgentStateEntry, Base, Call, CallInProgress, LedgerEvent, SurveyAnswer
from recording.record import Recording
from recording.store import Agent, CallFilter, Page, Store
from recording.transactions import refold
from tests.ledgers import CALLBACKS, EVERY, FOLDER, NAMES, batch, line_of, real_call

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]


async def _count(store: Store, table: type[Base]) -> int:
    async with store.engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(table)) or 0


async def _take(store: Store, *names: str) -> None:
    for name in names:
        for one in real_call(name).batches():
            await store.ingest(one)


async def test_the_migrations_make_exactly_the_tables_of_the_models(store: Store) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))

    async with store.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_sentence_about_a_column_that_changes_is_written_into_the_data_base(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    column = LedgerEvent.__table__.c.id  # it counts up by itself, which must stay so

    async def said() -> str | None:
        async with store.engine.connect() as connection:
            return {
                one["name"]: one.get("comment")
                for one in await connection.run_sync(lambda sync: inspect(sync).get_columns("ledger_event"))
            }["id"]

    if store.engine.dialect.supports_comments:
        before = await said()
        assert before == column.comment
        with monkeypatch.context() as patched:
            patched.setattr(column, "comment", "it's 100 % \\ new")
            await store.migrate()
            assert await said() == column.comment
        await store.migrate()
        assert await said() == before


async def test_migrating_twice_changes_nothing(store: Store) -> None:
    await _take(store, "served_by_ivr")
    await store.migrate()
    assert len(await store.calls()) == 1


async def test_every_real_call_is_read_back_as_it_was_folded(store: Store) -> None:
    await _take(store, *NAMES)
    found = {record.linkedid: record for record in await store.calls(page=EVERY)}
    assert sorted(found) == sorted(real_call(name).record().linkedid for name in NAMES)
    for name in NAMES:
        record = real_call(name).record()
        assert found[record.linkedid] == record
        assert await store.call(record.id) == record


async def test_marks_lie_in_a_table_of_their_own_once_with_agent_and_queue_or_none(store: Store) -> None:
    journal, ledger = real_call("surveyed").batches()
    linkedid = real_call("surveyed").record().linkedid
    await store.ingest(journal)
    await store.ingest(ledger)
    again = SurveyAsked(
        at_ms=1_795_344_420_000, linkedid=linkedid, survey="satisfaction", node="more", queue="", agent=""
    )  # fmt: skip
    for _ in range(2):
        await store.ingest(batch(Source.JOURNAL, [Entry(Source.JOURNAL, json.dumps(to_json(again)), again)]))
    async with store.engine.connect() as connection:
        table = SurveyAnswer.__table__
        found = (await connection.execute(select(table).order_by(table.c.number))).all()
    (call,) = await store.calls()
    assert [(row.call, row.number, row.survey, row.node, row.score, row.queue, row.agent) for row in found] == [
        (call.id, 1, "satisfaction", "mark", 4, "sales", "1001"),
        (call.id, 2, "satisfaction", "more", None, None, None),
    ]
    assert found[0].asked_at == call.surveys[0].asked_at


async def test_lines_read_twice_are_kept_once_and_tell_no_news(store: Store) -> None:
    await _take(store, *NAMES)
    before = await _count(store, LedgerEvent)
    for name in NAMES:
        for one in real_call(name).batches():
            assert await store.ingest(one) == []
    assert await _count(store, LedgerEvent) == before
    assert await _count(store, Call) == len(NAMES)
    assert await _count(store, CallInProgress) == 0


async def test_a_call_has_no_record_before_its_end_and_one_with_it(store: Store) -> None:
    journal, ledger = real_call("answered_agent_hangs_up").batches()
    await store.ingest(journal)
    assert await store.ingest(batch(Source.LEDGER, ledger.entries[:-1])) == []
    (record,) = await store.ingest(batch(Source.LEDGER, ledger.entries[-1:]))
    assert record == real_call("answered_agent_hangs_up").record()


async def test_a_late_wrap_up_changes_the_record(store: Store) -> None:
    await _take(store, "missed_then_answered")
    (before,) = await store.calls()
    fact = WrapUpEnded(at_ms=0, linkedid=before.linkedid, queue="sales", agent="1002", wrap_up_ms=7000)
    (after,) = await store.ingest(batch(Source.JOURNAL, [_entry(fact)]))
    assert (before.wrap_up_ms, after.wrap_up_ms) == (0, 7000)
    assert await store.call(before.id) == after


async def test_the_position_is_kept_with_the_lines_of_its_source(store: Store) -> None:
    journal, ledger = real_call("served_by_ivr").batches()
    await store.ingest(journal)
    await store.ingest(ledger)
    assert await store.position(Source.LEDGER) == ledger.position
    assert await store.position(Source.JOURNAL) == journal.position


async def test_a_batch_that_fails_leaves_nothing_behind(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("recording.transactions.refold", fail)
    with pytest.raises(OSError, match="disk full"):
        await store.ingest(real_call("served_by_ivr").batches()[1])
    assert await _count(store, LedgerEvent) == 0
    assert (await store.position(Source.LEDGER)).offset == 0


async def test_lines_of_a_call_that_another_process_or_a_failed_transaction_wrote_are_known(store: Store) -> None:
    journal, ledger = real_call("missed_then_answered").batches()
    other = Store(store.engine.url.render_as_string(hide_password=False))
    await store.ingest(batch(Source.LEDGER, ledger.entries[:5]))
    with (
        patch("recording.transactions.refold_ended", side_effect=OSError("disk full")),
        pytest.raises(OSError, match="disk full"),
    ):
        await store.ingest(batch(Source.LEDGER, ledger.entries[5:7]))
    try:
        await other.ingest(journal)
        await other.ingest(batch(Source.LEDGER, ledger.entries[5:9]))
    finally:
        await other.close()
    (record,) = await store.ingest(batch(Source.LEDGER, ledger.entries[9:]))
    assert record == real_call("missed_then_answered").record()


async def test_a_call_that_cannot_be_folded_does_not_hold_up_the_others(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recording import transactions
    from recording.fold import fold

    broken = real_call("served_by_ivr").record().linkedid

    def sometimes(rows: list[object], *rest: object) -> object:
        if rows[0].linkedid == broken:  # type: ignore[attr-defined]
            raise ZeroDivisionError
        return fold(rows, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(transactions, "fold", sometimes)
    first, second = real_call("served_by_ivr").batches()[1], real_call("fallback_abandoned").batches()[1]
    records = await store.ingest(batch(Source.LEDGER, [*first.entries, *second.entries]))
    assert [record.outcome for record in records] == [CallOutcome.ABANDONED]


async def test_a_line_that_a_later_version_cannot_read_is_passed_over(store: Store) -> None:
    _, ledger = real_call("fallback_abandoned").batches()
    (record,) = await store.ingest(ledger)
    async with store.engine.begin() as connection:
        line = {"digest": "0", "source": "journal", "linkedid": record.linkedid, "body": '{"fact": "Forgotten"}'}
        await connection.execute(insert(LedgerEvent), line)
        assert await refold(connection, [record.linkedid]) == []
    assert await store.calls() == [record]


async def test_a_call_that_asterisk_lost_is_ended_by_us_and_only_if_it_is_gone(store: Store) -> None:
    lost, alive = real_call("answered_agent_hangs_up"), real_call("abandoned_waiting")
    entries = [*lost.batches()[1].entries[:8], *alive.batches()[1].entries[:2]]
    await store.ingest(batch(Source.LEDGER, entries))
    at = lost.record().ended_at + timedelta(seconds=3)
    (record,) = await store.close_vanished({alive.record().linkedid}, int(at.timestamp()) * 1_000_000)
    assert record.linkedid == lost.record().linkedid
    assert (record.reason, record.ended_by, record.reconstructed) == ("asterisk_lost", EndedBy.SYSTEM, True)
    assert record.ended_at == at.replace(microsecond=0)
    assert await store.close_vanished({alive.record().linkedid}) == []


async def test_a_lost_call_does_not_end_before_what_was_written_of_it(store: Store) -> None:
    call = real_call("answered_agent_hangs_up")
    journal, ledger = call.batches()
    connected = next(
        at for at, row in enumerate(call.rows) if row.type == RowType.BRIDGE_ENTER and "line" in row.channel
    )
    await store.ingest(journal)
    await store.ingest(batch(Source.LEDGER, ledger.entries[: connected + 1]))
    (record,) = await store.close_vanished((), call.rows[0].at_us - 1_000_000)
    assert (record.outcome, record.reason) == (CallOutcome.ANSWERED, "asterisk_lost")
    assert record.ended_at >= record.conversations[0].started_at > record.started_at


async def test_a_call_whose_end_asterisk_could_not_write_ends_when_the_router_says(store: Store) -> None:
    call = real_call("answered_agent_hangs_up")
    journal, ledger = call.batches()
    (over,) = (fact for fact in call.facts if isinstance(fact, CallEnded))
    before = [one for one, row in zip(ledger.entries, call.rows, strict=True) if row.at_us < over.at_ms * 1000]
    await store.ingest(journal)
    await store.ingest(batch(Source.LEDGER, before))
    an_hour_later = (over.at_ms + 3_600_000) * 1000
    (record,) = await store.close_vanished((), an_hour_later)
    assert record.reconstructed
    assert (record.ended_at - call.record().ended_at).total_seconds() == pytest.approx(0, abs=1)


@pytest.mark.parametrize(
    ("name", "folder"),
    [("answered_agent_hangs_up", FOLDER), ("refused_then_reached", CALLBACKS), ("called_outside_refused", CALLBACKS)],
)
async def test_a_call_of_which_asterisk_wrote_nothing_is_told_by_the_router_until_asterisks_lines_come(
    store: Store, name: str, folder: Path
) -> None:
    call = real_call(name, folder)
    journal, ledger = call.batches()
    assert await store.ingest(journal) == []
    assert await store.close_vanished({call.record().linkedid}) == [], "Asterisk has it still"
    (told,) = await store.close_vanished(())
    assert (told.id, told.outcome, told.reconstructed) == (call.record().id, call.record().outcome, True)
    assert abs(told.ended_at - call.record().ended_at) < timedelta(seconds=4)
    await store.ingest(journal)
    assert await store.close_vanished(()) == [], "read again, it is no other call"
    assert await store.ingest(ledger) == [call.record()]
    assert await _count(store, Call) == 1
    assert await _count(store, CallInProgress) == 0


async def test_a_call_of_which_asterisk_wrote_more_after_the_routers_word_is_not_over_by_that(store: Store) -> None:
    call = real_call("answered_agent_hangs_up")
    journal, ledger = call.batches()
    early = [fact for fact in journal.entries if not isinstance(fact.event, CallEnded)]
    (over,) = (fact for fact in call.facts if isinstance(fact, CallEnded))
    first = replace(over, at_ms=call.rows[0].at_us // 1000)
    await store.ingest(batch(Source.JOURNAL, [*early, Entry(Source.JOURNAL, line_of(first).decode().strip(), first)]))
    await store.ingest(batch(Source.LEDGER, ledger.entries[:-1]))
    moment = call.rows[-1].at_us + 60_000_000
    (record,) = await store.close_vanished((), moment)
    assert record.ended_at == utc(moment)


async def test_a_call_back_that_begins_again_under_its_name_goes_on_until_its_last_end(store: Store) -> None:
    call = real_call("refused_then_reached", CALLBACKS)
    entries = call.batches()[1].entries
    refused = next(at for at, row in enumerate(call.rows) if row.type == RowType.LINKEDID_END) + 1
    assert await store.ingest(batch(Source.LEDGER, entries[:refused])) == []
    assert await _count(store, CallInProgress) == 0
    assert await store.ingest(batch(Source.LEDGER, entries[:-1])) == []  # some of it read again, and the next phone
    assert await _count(store, CallInProgress) == 1
    (lost,) = await store.close_vanished(())
    assert lost.reason == "asterisk_lost"
    (record,) = await store.ingest(batch(Source.LEDGER, entries[-1:]))
    assert (record.reason, record.legs) == ("hung_up", call.record().legs)


async def test_asterisks_own_end_replaces_ours(store: Store) -> None:
    entries = real_call("abandoned_waiting").batches()[1].entries
    await store.ingest(batch(Source.LEDGER, entries[:3]))
    await store.close_vanished(())
    (record,) = await store.ingest(batch(Source.LEDGER, entries[3:]))
    assert record.ended_at == real_call("abandoned_waiting").record().ended_at
    assert record.reason == "hung_up"


async def test_a_recording_appears_in_its_call_before_or_after_the_end(store: Store) -> None:
    record = real_call("served_by_ivr").record()
    recording = Recording(file="a-1.wav", started_at=record.started_at, duration_ms=1, bytes=48, sha256="0" * 64)
    assert await store.add_recordings([(record.linkedid, recording)]) == []
    await _take(store, "served_by_ivr")
    (kept,) = await store.calls()
    assert kept.recordings == (recording,)
    second = recording.model_copy(update={"file": "a-2.wav"})
    (changed,) = await store.add_recordings([(record.linkedid, second)])
    assert changed.recordings == (recording, second)
    assert await store.recordings([record.linkedid]) == {record.linkedid: [recording, second]}


async def test_calls_are_filtered(store: Store) -> None:
    await _take(store, *NAMES)
    every = await store.calls(page=EVERY)
    abandoned = await store.calls(CallFilter(outcome=CallOutcome.ABANDONED, queue="sales"), EVERY)
    assert {record.outcome for record in abandoned} == {CallOutcome.ABANDONED}
    assert {record.agent for record in await store.calls(CallFilter(agent="1002"), EVERY)} == {"1002"}
    assert await store.calls(CallFilter(caller="nobody")) == []
    middle = every[len(every) // 2].started_at
    newer, older = (
        await store.calls(CallFilter(since=middle), EVERY),
        await store.calls(CallFilter(until=middle), EVERY),
    )
    assert [*newer, *older] == every


async def test_pages_are_newest_first_and_hold_every_call_once(store: Store) -> None:
    await _take(store, *NAMES)
    pages, after = [], None
    while page := await store.calls(page=Page(size=5, after=after)):
        pages += page
        after = page[-1].id
    assert pages == sorted(await store.calls(page=EVERY), key=lambda record: record.started_at, reverse=True)
    assert await store.calls(page=Page(after="unknown")) == []


async def test_agent_states_are_logged_once(store: Store) -> None:
    fact = AgentStateChanged(
        at_ms=1_795_318_226_560, agent="1001", phone="1001", before=AgentState.READY, after=AgentState.RINGING,
        status=Status.READY,
        reason="", cause="offer", linkedid="node1-1.1",
    )  # fmt: skip
    await store.ingest(batch(Source.JOURNAL, [_entry(fact)]))
    await store.ingest(batch(Source.JOURNAL, [_entry(fact)]))
    async with store.engine.connect() as connection:
        (row,) = await connection.execute(select(AgentStateEntry.__table__))
    assert (row.agent, row.before, row.after) == ("1001", "ready", "ringing")
    assert row.at == datetime(2026, 11, 22, 3, 30, 26, 560_000, tzinfo=UTC)


async def test_agents_are_kept_and_those_who_left_are_not_listed(store: Store) -> None:
    one = Agent(number="1001", name='周 "Sam" O\'Hara', phone="1001", pin_hash="secret", skills={"sales": 5})
    two = Agent(number="1002", name="Lin", phone="1002", pin_hash="secret", active=False)
    await store.save_agents([one, two])
    assert await store.agents() == [one]
    assert await store.agents(active_only=False) == [one, two]
    await store.save_agents([Agent(number="1001", name="Zhou", phone="1003", pin_hash="other")])
    assert [agent.name for agent in await store.agents()] == ["Zhou"]
    assert "secret" not in repr(one)


async def test_a_data_base_that_is_away_is_not_healthy(store: Store) -> None:
    assert await store.healthy()
    away = Store("postgresql://test@127.0.0.1:1/none")
    assert not await away.healthy()
    await away.close()


def _entry(fact: AgentStateChanged | WrapUpEnded) -> Entry:
    return Entry(Source.JOURNAL, json.dumps(to_json(fact)), fact)
