"""The half-hour sums equal what the records say, in every data base: lines in any order, twice, late, and records that
change.
"""

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, delete, select

from acd.facts import AgentDefined, AgentEdited, AgentStateChanged, Fact, to_json
from acd.states import AgentState, Status
from recording.entries import Batch, Entry, Source
from recording.figures.counting import count_calls
from recording.figures.counts import AGENTS_ANSWERED, CALLS
from recording.figures.period import Period
from recording.figures.reading import Reading
from recording.figures.recounting import recount_calls, recount_times
from recording.figures.rule_book import keep_rules, keep_rules_for, rule_book
from recording.figures.rules import Rules, Thresholds
from recording.figures.scope import ScopeKind
from recording.migrations.versions import v0030_agents_answered
from recording.models import (
    AgentHalfHour,
    AgentLastState,
    AgentStateHalfHour,
    AgentTeam,
    CallCount,
    CentreHalfHour,
    DaySumsZone,
    QueueHalfHour,
)
from recording.record import CallRecord
from recording.store import Page, Store
from tests.figure_sums import from_raw, of_records, stored
from tests.ledgers import CALLBACKS, FOLDER, batch, real_call

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

REAL = [real_call(folder.name, where) for where in (FOLDER, CALLBACKS) for folder in sorted(where.iterdir())]
BEGIN_MS = 1_793_000_000_000
KATHMANDU = Rules(zone=ZoneInfo("Asia/Kathmandu"), thresholds={"sales": Thresholds(service_level_ms=500)})


def _journal(*facts: Fact) -> Batch:
    return batch(Source.JOURNAL, [Entry(Source.JOURNAL, json.dumps(to_json(fact)), fact) for fact in facts])


async def _keep(store: Store, rules: Rules, at: datetime = datetime(2026, 11, 22, tzinfo=UTC)) -> bool:
    async with store.transaction() as connection:
        return await keep_rules(connection, rules, at)


@pytest.mark.parametrize("seed", range(3))
async def test_sums_are_those_of_the_records_whatever_order_lines_come_in(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    await _keep(store, KATHMANDU)
    pieces: list[Batch] = []
    for call in REAL:
        for one in call.batches():
            entries = list(one.entries)
            while entries:
                size = chance.randint(1, len(entries))
                pieces.append(replace(one, entries=entries[:size]))
                entries = entries[size:]
    pieces += chance.sample(pieces, len(pieces) // 5)  # read twice
    if seed:
        chance.shuffle(pieces)
    for number, piece in enumerate(pieces):
        await store.ingest(piece)
        if number == len(pieces) // 2:
            assert await stored(store) == await from_raw(store)
    told = await stored(store)
    assert told == await from_raw(store)
    assert {key[0] for key in told} == {"centre", "queue", "agent", "times", "queue_day", "agent_day", "times_day"}


@pytest.mark.parametrize("seed", range(3))
async def test_a_log_that_comes_late_and_twice_adds_up_to_the_same_times(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    states = list(AgentState)
    facts: list[Fact] = []
    await _keep(store, KATHMANDU)
    for agent in ("1001", "1002", "1003"):
        at_ms, before = BEGIN_MS, AgentState.SIGNED_OUT
        for _ in range(40):
            at_ms += chance.choice([1, 700, 60_000, 1_799_999, 5_400_000])
            after = chance.choice([one for one in states if one is not before])
            facts.append(
                AgentStateChanged(
                    at_ms=at_ms, agent=agent, phone=agent, before=before, after=after, status=Status.READY, reason="",
                    cause="phone",
                )
            )  # fmt: skip
            before = after
    chance.shuffle(facts)
    while facts:
        size = chance.randint(1, 12)
        await store.ingest(_journal(*facts[:size]))
        await store.ingest(_journal(*facts[: size // 2]))
        facts = facts[size:]
    assert await stored(store) == await from_raw(store)


async def test_a_record_that_changes_counts_for_what_it_says_now(store: Store) -> None:
    chance = random.Random(7)
    records = {record.id: record for record in (call.record() for call in REAL if call.rows)}
    for _ in range(4):
        changed = chance.sample(sorted(records), 20)
        for name in changed:
            records[name] = _changed(records[name], chance)
        async with store.transaction() as connection:
            await count_calls(connection, [records[name] for name in changed])
            await count_calls(connection, [records[name] for name in changed[:5]])
    counted = [record for name, record in records.items() if name in await _counted_calls(store)]
    assert await stored(store) == of_records(counted, Rules())


async def test_a_call_is_judged_by_the_thresholds_in_force_when_it_began_however_late_and_often(store: Store) -> None:
    before, after = real_call("answered_agent_hangs_up"), real_call("answered_caller_hangs_up")  # after 811 ms, both
    changed = after.record().started_at - timedelta(seconds=1)
    assert await _keep(store, Rules())
    assert await _keep(store, HARD, changed)
    assert not await _keep(store, HARD, changed)
    for one in (*after.batches(), *before.batches()):  # the lines of the earlier call come later
        await store.ingest(one)
    assert await _in_time(store) == {"sales": 1}
    async with store.transaction() as connection:
        longer = before.record().model_copy(update={"wrap_up_ms": 5_000})
        await count_calls(connection, [longer])
    assert await _in_time(store) == {"sales": 1}
    async with store.engine.connect() as connection:
        book = await rule_book(connection)
    day = changed - timedelta(hours=12), changed + timedelta(hours=12)
    assert book.within(*day) == ((day[0], Rules()), (changed, HARD))
    assert book.within(day[0], changed) == ((day[0], Rules()),)


async def test_who_counts_the_past_again_says_from_when_on_other_thresholds_hold(store: Store) -> None:
    before, after = real_call("answered_agent_hangs_up"), real_call("answered_caller_hangs_up")
    began = after.record().started_at
    for one in (*before.batches(), *after.batches()):
        await store.ingest(one)
    await _keep(store, Rules())
    assert await _in_time(store) == {"sales": 2}
    for since, in_time in ((began, 1), (None, 0)):
        async with store.transaction() as connection:
            await keep_rules_for(connection, HARD, began + timedelta(days=1), since)
        assert await recount_calls(store, since) == (1 if since else 2)
        assert (await _in_time(store)).get("sales", 0) == in_time
    async with store.engine.connect() as connection:
        assert (await rule_book(connection)).at(began - timedelta(days=9)) == HARD


HARD = Rules(otherwise=Thresholds(service_level_ms=100))


async def _in_time(store: Store) -> dict[str, int]:
    """Calls answered in time, by queue."""
    told: Counter[str] = Counter()
    for (kind, _, *names), sums in (await stored(store)).items():
        if kind == "queue":
            told[names[0]] += sums.get("answered_in_time", 0)
    return dict(told)


async def test_the_team_of_an_agent_is_known_from_when_he_is_in_it(store: Store) -> None:
    def defined(minute: int, team: str) -> Fact:
        at_ms = BEGIN_MS + minute * 60_000
        return AgentDefined(at_ms=at_ms, agent="1001", name="Li", skills={}, attributes={"team": team} if team else {})

    moved = AgentEdited(
        at_ms=BEGIN_MS + 600_000, agent="1001", name="Li", skills={}, attributes={"team": "south"}, outside="",
        cause="api",
    )  # fmt: skip
    await store.ingest(_journal(defined(0, "north"), defined(5, "north")))
    await store.ingest(_journal(moved, defined(11, "south"), defined(20, "")))
    await store.ingest(_journal(defined(0, "north"), moved))
    async with store.engine.connect() as connection:
        rows = await connection.execute(select(AgentTeam.__table__).order_by(AgentTeam.since))
        begin = datetime.fromtimestamp(BEGIN_MS / 1000, UTC)
        teams = [(row.team, (row.since - begin) // timedelta(minutes=1)) for row in rows]
    assert teams == [("north", 0), ("south", 10), ("", 20)]


def _changed(record: CallRecord, chance: random.Random) -> CallRecord:
    later = timedelta(minutes=chance.choice([0, 7, 40]))
    return record.model_copy(
        update={
            "started_at": record.started_at + later,
            "wrap_up_ms": chance.randint(0, 90_000),
            "wrap_ups": record.wrap_ups[: chance.randint(0, 2)],
            "conversations": record.conversations[: chance.randint(0, 2)],
        }
    )


async def _counted_calls(store: Store) -> set[str]:
    async with store.engine.connect() as connection:
        return set(await connection.scalars(select(CallCount.call)))


async def test_what_was_recorded_before_there_were_sums_is_counted_later(store: Store) -> None:
    for call in REAL:
        for one in call.batches():
            await store.ingest(one)
    told = await stored(store)
    async with store.transaction() as connection:
        for table in (CentreHalfHour, QueueHalfHour, AgentHalfHour, AgentStateHalfHour, AgentLastState, CallCount):
            await connection.execute(delete(table))
    assert await recount_calls(store) == len(await store.calls(None, Page(size=500)))
    await recount_times(store)
    assert await stored(store) == told
    await recount_calls(store)
    await recount_times(store)
    assert await stored(store) == told


async def test_another_time_zone_holds_for_older_calls_when_they_are_counted_again(store: Store) -> None:
    for call in REAL[:6]:
        for one in call.batches():
            await store.ingest(one)
    await _keep(store, KATHMANDU)
    await recount_calls(store)
    await recount_times(store)
    assert await stored(store) == await from_raw(store)


async def test_days_are_those_of_the_zone_that_holds_and_are_added_up_anew_when_it_changes(store: Store) -> None:
    for zone in ("Asia/Shanghai", "America/Los_Angeles"):
        await _keep(store, Rules(zone=ZoneInfo(zone)))
        for call in REAL[:6] if zone == "Asia/Shanghai" else REAL[6:12]:
            for one in call.batches():
                await store.ingest(one)
        told = await stored(store)
        assert told == await from_raw(store)
        await recount_times(store)
        assert await stored(store) == told
    await _keep(store, KATHMANDU)  # whose half hours begin at other minutes: those that were counted stay
    async with store.engine.connect() as connection:
        days = await Reading(connection, datetime.now(UTC)).each(ScopeKind.AGENT, _ALL_OF_IT, CALLS)
        await connection.execute(delete(DaySumsZone))
        assert days == await Reading(connection, datetime.now(UTC)).each(ScopeKind.AGENT, _ALL_OF_IT, CALLS)
    assert days


_ALL_OF_IT = Period.parse("2020-01-01..2030-12-31", KATHMANDU.zone)


async def test_what_agents_answered_before_it_stood_ready_is_added_up_by_its_migration(store: Store) -> None:
    for call in REAL:
        for one in call.batches():
            await store.ingest(one)
    told = await stored(store)
    assert any(sums.get(AGENTS_ANSWERED) for sums in told.values())

    def again(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE centre_half_hour DROP COLUMN agents_answered")
        with Operations.context(MigrationContext.configure(connection)):
            v0030_agents_answered.upgrade()

    async with store.transaction() as connection:
        await connection.run_sync(again)
    await store.migrate()  # the sentence about the column, too: MariaDB's tables are those of the tests to come
    assert await stored(store) == told
