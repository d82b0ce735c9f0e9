"""A year of whole calls in a data base, made by its own SQL: 20 queues, 200 agents, working days of twelve hours. What
a call is like is folded from real ones (tests.load.busy_hours); numbers, agents, queues, times and lengths are spread
evenly, the same in every run. Every table that reports, lists and searches read is filled; lines of ledger and journal
are not.

In a document the call's own beginnings of names and its minute are put in place; the lengths in the columns are spread,
those within the document are the real call's.
"""

import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from acd.facts import Fact
from recording.facts import read_facts
from recording.figures.calls import of_call
from recording.figures.counted import BITS
from recording.figures.counts import CALLS
from recording.figures.rules import Rules
from recording.figures.scope import ScopeKind
from recording.fold import fold
from recording.ledger import LedgerRow, read_rows
from recording.record import CallRecord, Recording
from recording.store import Store
from tests.load.busy_hours import STORIES, busy_hours

BEGIN = round(datetime(2025, 11, 1, tzinfo=UTC).timestamp())
QUEUES, AGENTS, DAYS, CALLERS = 20, 200, 365, 900_000
NUMBERS: Mapping[str, str] = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {calls}) SELECT {what} FROM n",
    "postgresql": "SELECT {what} FROM generate_series(1, {calls}) AS n(i)",
}
INSTANTS: Mapping[str, str] = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', {}, 'unixepoch')",
    "postgresql": "to_timestamp({})",
}
_MINUTES: Mapping[str, str] = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:', {}, 'unixepoch')",
    "postgresql": "to_char(to_timestamp({}) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:')",
}
_SUMS = {
    "received": "1",
    "offered": "queued",
    "answered": "answered",
    "served_by_ivr": "1 - queued",
    "abandoned": "queued - answered",
    "short_abandoned": "CASE WHEN answered < queued AND wait_ms <= 20000 THEN 1 ELSE 0 END",
    "answered_in_time": "CASE WHEN answered = 1 AND wait_ms <= 20000 THEN 1 ELSE 0 END",
    "waited": "CASE WHEN queued = 1 AND wait_ms > 8000 THEN 1 ELSE 0 END",
    "waited_to_end": "CASE WHEN queued = 1 AND wait_ms > 8000 THEN 1 ELSE 0 END",
    "waited_ms": "CASE WHEN queued = 1 AND wait_ms > 8000 THEN wait_ms ELSE 0 END",
    "answer_wait_ms": "answered * wait_ms",
    "line_answered": "1",
    "ring_ms": "3000",
    "talk_ms": "answered * talk_ms",
    "hold_ms": "answered * 20000",
    "held": "answered",
    "wrap_up_ms": "answered * 45000",
}


async def fill(store: Store, calls: int, *, sums_only: bool = False) -> None:
    """A year of calls, their sums, and the times of the agents. On PostgreSQL keys and indexes are made afterwards."""
    dialect = store.engine.dialect.name
    async with store.transaction() as connection:
        later = [] if sums_only else await _without_keys(connection, dialect)
        await _numbers(connection, dialect, calls)
        if not sums_only:
            await _whole(connection, dialect)
        for table, keys, columns in (
            ("centre_half_hour", "", ""),
            ("queue_half_hour", ", queue", ", 'q' || queue"),
            ("agent_half_hour", ", agent, queue", ", CAST(1000 + agent AS TEXT), 'q' || queue"),
        ):
            half_hour = INSTANTS[dialect].format("t / 1800 * 1800")
            sums = ", ".join(f"sum({_SUMS.get(name, '0')})" for name in CALLS)
            where = {"centre": "true", "queue": "queued = 1"}.get(table.split("_", maxsplit=1)[0], "answered = 1")
            await connection.exec_driver_sql(
                f"INSERT INTO {table} (half_hour{keys}, {', '.join(CALLS)}) SELECT {half_hour}{columns}, {sums} "
                f"FROM bench_call JOIN bench_story USING (story) WHERE {where} GROUP BY t / 1800{keys}"
            )
        await connection.exec_driver_sql(
            "UPDATE centre_half_hour SET agents_answered = coalesce((SELECT sum(answered) FROM agent_half_hour "
            "WHERE agent_half_hour.half_hour = centre_half_hour.half_hour), 0)"
        )
        await connection.exec_driver_sql(_states(dialect))
        for one in later:
            await connection.exec_driver_sql(one)
        for table in ("bench_call", "bench_story", "bench_segment", "bench_count"):
            await connection.exec_driver_sql(f"DROP TABLE {table}")
    async with store.transaction() as connection:
        await connection.exec_driver_sql("ANALYZE")


def mixed(number: str, prime: int, most: int) -> str:
    """An even spread over 0 to `most` - 1, the same in every run."""
    return f"((CAST({number} AS BIGINT) * {prime}) % 1000003 * {most} / 1000003)"


async def _without_keys(connection: AsyncConnection, dialect: str) -> Sequence[str]:
    """Takes keys and indexes away while millions of rows come; the statements that make them again."""
    if dialect != "postgresql":
        return []
    tables = "('call', 'call_count', 'segment', 'recording', 'recorded_call', 'recorded_party', 'survey')"
    keys = await connection.exec_driver_sql(
        "SELECT conrelid::regclass::text AS of, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS told "
        f"FROM pg_constraint WHERE contype IN ('p', 'u') AND conrelid::regclass::text IN {tables}"
    )
    again = []
    for one in keys.all():
        await connection.exec_driver_sql(f"ALTER TABLE {one.of} DROP CONSTRAINT {one.name}")
        again.append(f"ALTER TABLE {one.of} ADD CONSTRAINT {one.name} {one.told}")
    indexes = await connection.exec_driver_sql(
        f"SELECT quote_ident(indexname) AS name, indexdef AS told FROM pg_indexes WHERE tablename IN {tables}"
    )
    for one in indexes.all():
        await connection.exec_driver_sql(f"DROP INDEX {one.name}")
        again.append(one.told)
    return again


async def _numbers(connection: AsyncConnection, dialect: str, calls: int) -> None:
    """What each call is, in numbers; and the stories."""
    begin = f"({BEGIN} + (i % {DAYS}) * 86400 + {mixed('i', 7919, 21600)} + {mixed('i', 104729, 21600)}) / 60 * 60 + 7"
    name = "md5(CAST(i AS TEXT))" if dialect == "postgresql" else "lower(hex(randomblob(16)))"
    what = (
        f"i, {name} AS id, {begin} AS t, {mixed('i', 15485863, QUEUES)} AS queue, {mixed('i', 32452843, AGENTS)} AS "
        f"agent, {mixed('i', 49979687, 20)} AS story, {mixed('i', 67867967, 40000)} AS wait_ms, "
        f"120000 + {mixed('i', 86028121, 300000)} AS talk_ms, {mixed('i', 982451653, 100)} AS dice, "
        f"'13' || CAST(100000000 + {mixed('i', 982451, CALLERS)} * 997 AS TEXT) AS caller"
    )
    unlogged = "UNLOGGED " if dialect == "postgresql" else ""
    numbers = NUMBERS[dialect].format(what=what, calls=calls)
    await connection.exec_driver_sql(f"CREATE {unlogged}TABLE bench_call AS {numbers}")
    await connection.exec_driver_sql(
        "CREATE TABLE bench_story (story INTEGER, queued INTEGER, answered INTEGER, outcome TEXT, document TEXT)"
    )
    for table in ("bench_segment", "bench_count"):
        columns = "story INTEGER, number INTEGER, kind TEXT, queue INTEGER, agent INTEGER, share INTEGER, told TEXT"
        await connection.exec_driver_sql(f"CREATE TABLE {table} ({columns}, counted BIGINT)")
    await _stories(connection)


async def _stories(connection: AsyncConnection) -> None:
    """Twenty, as often each as among the calls of a busy centre."""
    made = _typical()
    for story, name in enumerate(name for name, share in STORIES.items() for _ in range(share)):
        record = made[name]
        queued, answered = int(bool(record.queues)), int(bool(record.conversations))
        await _add(
            connection,
            "bench_story",
            story=story,
            queued=queued,
            answered=answered,
            outcome=record.outcome.value,
            document=_document(record),
        )
        for number, one in enumerate(record.segments, 1):
            await _add(
                connection,
                "bench_segment",
                **{"story": story, "number": number, "kind": one.kind.value, "queue": int(one.queue is not None)},
                **{"agent": int(bool(one.agents)), "share": 1, "told": "", "counted": 0},
            )
        for number, row in enumerate(of_call(record, Rules()), 1):
            sums = row.counts.some()
            await _add(
                connection,
                "bench_count",
                **{"story": story, "number": number, "kind": row.kind.value},
                **{"queue": int(row.kind is not ScopeKind.CENTRE), "agent": int(row.kind is ScopeKind.AGENT)},
                **{"share": 1, "told": json.dumps(sums), "counted": sum(BITS[name] for name in sums)},
            )


def _typical() -> Mapping[str, CallRecord]:
    """One call of each story, all of it within a minute."""
    with tempfile.TemporaryDirectory() as folder:
        ledger, journal = busy_hours(2000, Path(folder))
        rows: dict[str, list[LedgerRow]] = defaultdict(list)
        facts: dict[str, list[Fact]] = defaultdict(list)
        for _, row in read_rows(ledger.read_bytes()).events:
            rows[row.linkedid].append(row)
        for _, fact in read_facts(journal.read_bytes()).events:
            facts[getattr(fact, "linkedid", "")].append(fact)
    found: dict[str, CallRecord] = {}
    for linkedid, own in rows.items():
        record = fold(own, facts[linkedid])
        if record is None or record.started_at.second >= 20:
            continue
        for name, story in _STORY_OF.items():
            if story(record):
                found.setdefault(name, record)
    return {name: found[name] for name in STORIES}


_STORY_OF: Mapping[str, Callable[[CallRecord], bool]] = {
    "answered_caller_hangs_up": lambda one: len(one.offers) == 1 and not one.surveys and one.ended_by == "caller",
    "answered_agent_hangs_up": lambda one: len(one.offers) == 1 and not one.surveys and one.ended_by == "agent",
    "served_by_ivr": lambda one: not one.queues,
    "surveyed": lambda one: bool(one.surveys),
    "abandoned_waiting": lambda one: one.outcome == "abandoned",
    "missed_then_answered": lambda one: len(one.offers) == 2 and len(one.conversations) == 1,
    "transferred_to_queue": lambda one: bool(one.transfers),
}


def _document(record: CallRecord) -> str:
    """With places for what each call has of its own; who was answered was recorded."""
    if record.conversations:
        sound = Recording(file="@id-1.flac", started_at=record.started_at, duration_ms=60_000, bytes=1, sha256="")
        record = record.model_copy(update={"recordings": (sound,)})
    told = record.model_dump_json().replace(record.id, "@id").replace(record.linkedid, "@linkedid")
    told = told.replace(record.caller, "@caller").replace(record.started_at.strftime("%Y-%m-%dT%H:%M:"), "@minute")
    return re.sub(r'"(?:sales|support)"', '"@queue"', told.replace(f'"{record.agent}"', '"@agent"'))


async def _add(connection: AsyncConnection, table: str, **row: Any) -> None:
    names = ", ".join(row)
    await connection.execute(text(f"INSERT INTO {table} ({names}) VALUES (:{', :'.join(row)})"), row)


async def _whole(connection: AsyncConnection, dialect: str) -> None:
    """The calls with all that is kept beside them."""
    at, ended = INSTANTS[dialect].format("t"), INSTANTS[dialect].format("t + (wait_ms + answered * talk_ms) / 1000")
    connected = INSTANTS[dialect].format("t + wait_ms / 1000")
    queue, agent = (
        "CASE WHEN queued = 1 THEN 'q' || queue END",
        "CASE WHEN answered = 1 THEN CAST(1000 + agent AS TEXT) END",
    )
    document = "document"
    for name, value in (
        ("@id", "id"), ("@linkedid", "'node1-' || i"), ("@caller", "caller"), ("@queue", "'q' || queue"),
        ("@agent", "CAST(1000 + agent AS TEXT)"), ("@minute", _MINUTES[dialect].format("t")),
    ):  # fmt: skip
        document = f"replace({document}, '{name}', {value})"
    json_ = "::json" if dialect == "postgresql" else ""
    calls = "FROM bench_call JOIN bench_story USING (story)"
    recorded = f"{calls} WHERE answered = 1"
    file = "id || '-1.flac'"
    score = f"CASE WHEN dice < 10 THEN 1 + {mixed('i', 7907, 9)} END"
    half_hour = INSTANTS[dialect].format("t / 1800 * 1800")
    pieces = "(SELECT count(*) FROM bench_segment AS m WHERE m.story = c.story)"
    part = f"t + {{}} * (wait_ms + answered * talk_ms) / 1000 / {pieces}"
    begins, ends = (
        INSTANTS[dialect].format(part.format("(s.number - 1)")),
        INSTANTS[dialect].format(part.format("s.number")),
    )
    statements = (
        "INSERT INTO call (id, linkedid, direction, caller, dialled, queue, agent, outcome, ended_by, started_at, "
        "answered_at, connected_at, ended_at, wait_ms, talk_ms, hold_ms, wrap_up_ms, reconstructed, document) "
        f"SELECT id, 'node1-' || i, 'inbound', caller, '4000', {queue}, {agent}, outcome, 'caller', {at}, {at}, "
        f"CASE WHEN answered = 1 THEN {connected} END, {ended}, queued * wait_ms, answered * talk_ms, "
        f"20000 * answered, 45000 * answered, {'0' if dialect == 'sqlite' else 'false'}, {document}{json_} {calls}",
        "INSERT INTO recording (file, linkedid, started_at, duration_ms, bytes, sha256, format) "
        f"SELECT {file}, 'node1-' || i, {at}, talk_ms, talk_ms * 12, id || id, 'flac' {recorded}",
        "INSERT INTO recorded_call (call, started_at, length_ms, outcome, mark) "
        f"SELECT id, {at}, talk_ms, outcome, {score} {recorded}",
        *(
            "INSERT INTO recorded_party (kind, name, started_at, call) "
            f"SELECT '{kind}', {name}, {at}, id {recorded} ORDER BY 2, 3"
            for kind, name in (
                ("agent", "CAST(1000 + agent AS TEXT)"), ("queue", "'q' || queue"), ("number", "caller"),
                ("number", "'4000'"),
            )
        ),
        "INSERT INTO survey (call, number, survey, node, asked_at, score, queue, agent) "
        f"SELECT id, 1, 'satisfaction', 'mark', {ended}, {score}, {queue}, {agent} {recorded} AND dice < 12",
        "INSERT INTO segment (call, number, kind, started_at, ended_at, duration_ms, queue, agent, agents) "
        f"SELECT id, s.number, s.kind, {begins}, {ends}, (wait_ms + talk_ms) / 5, "
        "CASE WHEN s.queue = 1 THEN 'q' || c.queue END, CASE WHEN s.agent = 1 THEN CAST(1000 + c.agent AS TEXT) END, "
        f"CASE WHEN s.agent = 1 THEN '[\"' || (1000 + c.agent) || '\"]' ELSE '[]' END{json_} "
        "FROM bench_call AS c JOIN bench_story USING (story) JOIN bench_segment AS s USING (story)",
        "INSERT INTO call_count (call, number, kind, name, queue, half_hour, counted, sums) "
        "SELECT id, s.number, s.kind, CASE s.kind WHEN 'centre' THEN '' WHEN 'queue' THEN 'q' || c.queue "
        "ELSE CAST(1000 + c.agent AS TEXT) END, CASE WHEN s.queue = 1 THEN 'q' || c.queue ELSE '' END, "
        f"{half_hour}, s.counted, s.told{json_} FROM bench_call AS c JOIN bench_count AS s USING (story)",
    )  # fmt: skip
    for one in statements:
        await connection.exec_driver_sql(one)


def _states(dialect: str) -> str:
    """Every agent works 16 half hours a day, seven days a week."""
    seconds = f"{BEGIN} + ((i - 1) / {16 * AGENTS}) * 86400 + ((i - 1) / {AGENTS} % 16) * 1800 + 14400"
    what = (
        f"{INSTANTS[dialect].format(seconds)}, "
        f"CAST(1000 + (i - 1) % {AGENTS} AS TEXT), 500000, 60000, 40000, 900000, 60000, 240000"
    )
    columns = "half_hour, agent, ready_ms, not_ready_ms, ringing_ms, talking_ms, holding_ms, wrap_up_ms"
    return f"INSERT INTO agent_state_half_hour ({columns}) " + NUMBERS[dialect].format(
        what=what, calls=16 * AGENTS * DAYS
    )
