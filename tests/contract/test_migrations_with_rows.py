"""A data base of the first version, with rows in every table, becomes one of today: every row is there as it was, and
the figures of its calls are right. At once, as who skipped all versions has it, and step by step with rows put into
each table as soon as it is there. And docs/tables.md is what the data base itself says.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import AsyncConnection

from acd.facts import AgentStateChanged
from recording.database import migrate
from recording.figures.catalogue import FIGURES
from recording.figures.definition import Source
from recording.figures.period import Period
from recording.figures.recounting import recount_calls, recount_times
from recording.figures.rule_book import keep_rules
from recording.figures.scope import Scope
from recording.figures.service import Figures
from recording.instants import utc
from recording.migrations import NEWEST
from recording.models import Base
from recording.store import Store
from tests.figure_days import day_of
from tests.tables_page import PAGE, page

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

FIRST = "0001"
VERSIONS = "alembic_version"
REVISIONS = [f"{number:04}" for number in range(1, int(NEWEST) + 1)]
LONG_AGO = datetime(2001, 2, 3, 4, 30, tzinfo=UTC)
DAY = day_of("ordinary_day")

Row = Mapping[str, Any]
Known = dict[str, list[dict[str, Any]]]
"""The rows of each table, as they were when they were written."""


def _calls() -> Iterator[Row]:
    """As they were written before records had what was added since: nothing that has a default."""
    for record in DAY.records:
        yield {**record.model_dump(), "document": record.model_dump(mode="json", exclude_defaults=True)}


def _states() -> Iterator[Row]:
    for number, fact in enumerate(fact for fact in DAY.facts if isinstance(fact, AgentStateChanged)):
        yield {
            "digest": f"{number:032}", "at": utc(fact.at_ms * 1000), "agent": fact.agent, "phone": fact.phone,
            "status": fact.status, "before": fact.before, "after": fact.after, "reason": fact.reason,
            "cause": fact.cause, "linkedid": "",
        }  # fmt: skip


MEANT: Mapping[str, Sequence[Row]] = {
    "call": list(_calls()),
    "agent_state": list(_states()),
    "agent": [{"number": "1001", "name": "Li", "active": True, "skills": {}}],
    "agent_last_state": [{"state": "signed_out"}],
    "figure_rules": [{"rules": DAY.rules.to_json()}],
}
"""Rows that mean something to what reads them later; the others are anything that fits."""


BEGIN_WITH = {"sqlite": 0, "postgresql": 1, "mariadb": 2}
"""Each takes every third step, together all of them."""


@pytest.mark.parametrize("at_once", [True, False], ids=["at-once", "step-by-step"])
async def test_whatever_was_ever_written_is_there_and_the_figures_are_right(database: str, at_once: bool) -> None:
    store = Store(database)
    try:
        known: Known = {}
        steps = [] if at_once else REVISIONS[BEGIN_WITH[store.engine.dialect.name] :: 3]
        for revision in sorted({FIRST, *steps, NEWEST}):
            await migrate(store.engine, revision)
            if revision != NEWEST or not at_once:
                await _fill(store, known)
        async with store.engine.connect() as connection:
            now = await _rows(connection, (await connection.run_sync(_reflected)).tables)
            assert await connection.run_sync(_differences) == []
        lost = [(table, row) for table, rows in known.items() for row in rows if not _is_among(row, now[table])]
        assert not lost
        assert len(known) == (8 if at_once else len(Base.metadata.tables))
        joined = {"agent": "1001", "day": date(2026, 11, 23), "event": "joined", "share": 100, "team": ""}
        assert joined in now["staff"], "whoever was an agent before there was a staff"
        await _figures_are_right(store)
    finally:
        await store.close()


async def test_the_page_of_tables_is_what_the_data_base_itself_says(store: Store) -> None:
    """Of PostgreSQL, whose types stand there, every word; of the others all but types, and of SQLite no sentences. The
    page has columns in the order of the models, a data base in that in which they came."""
    async with store.engine.connect() as connection:
        reflected = await connection.run_sync(_reflected)
    tables = {name: table for name, table in reflected.tables.items() if name != VERSIONS}
    shown = {"postgresql": (0, 1, 2, 3), "mariadb": (0, 2, 3), "sqlite": (0, 2)}[store.engine.dialect.name]
    if 1 not in shown:
        for table in tables.values():
            for column in table.columns:
                column.type = sa.Text()  # the page speaks of PostgreSQL's, which cannot say those of others
            for index in [one for one in table.indexes if one.unique]:  # MariaDB's name for what is unique
                table.indexes.remove(index)
                table.append_constraint(sa.UniqueConstraint(*index.columns.keys()))
    there, said = (_sections(text, shown) for text in (page(tables), PAGE.read_text("utf-8")))
    assert there.keys() == said.keys()
    assert not [(name, line) for name in said for line in {*there[name]} ^ {*said[name]}]


def _sections(text: str, shown: Sequence[int]) -> dict[str, list[str]]:
    """By table its lines, of columns these cells of them."""
    found: dict[str, list[str]] = {}
    for section in text.split("\n## ")[1:]:
        name, *lines = section.splitlines()
        if 3 not in shown:
            lines = [line for line in lines if line.startswith(("| `", "key: "))]
        found[name] = sorted(_cells(line, shown) if line.startswith("| ") else line for line in lines)
    return found


def _cells(line: str, shown: Sequence[int]) -> str:
    cells = line.removeprefix("| ").removesuffix(" |").split(" | ", 3)
    return " | ".join(cells[number] for number in shown)


def _reflected(connection: sa.Connection, names: Sequence[str] | None = None) -> sa.MetaData:
    found = sa.MetaData()
    found.reflect(connection, only=names)
    return found


def _names(connection: sa.Connection) -> list[str]:
    return sa.inspect(connection).get_table_names()


def _differences(connection: sa.Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


async def _fill(store: Store, known: Known) -> None:
    """Puts rows into every table that has none of ours."""
    async with store.transaction() as connection:
        there = await connection.run_sync(_names)
        fresh = [name for name in there if name not in known and name != VERSIONS]
        tables = (await connection.run_sync(_reflected, fresh)).tables if fresh else {}
        for name, table in tables.items():
            rows = [{**_anything(table), **_fitting(table, row)} for row in MEANT.get(name, [{}])]
            await connection.execute(table.insert(), rows)
        known |= await _rows(connection, tables)


def _fitting(table: sa.Table, row: Row) -> Row:
    """What of it has a column."""
    return {column.name: _plain(row[column.name], column.type) for column in table.columns if column.name in row}


def _plain(value: Any, kind: sa.types.TypeEngine[Any]) -> Any:
    """As a data base takes it that knows no zones of time, or no JSON."""
    match value:
        case datetime() if not getattr(kind, "timezone", False):
            return value.replace(tzinfo=None)
        case dict() | list() if not isinstance(kind, sa.JSON):
            return json.dumps(value)
        case _:
            return value


def _anything(table: sa.Table) -> dict[str, Any]:
    return {column.name: _any_value(column.type) for column in table.columns}


def _any_value(kind: sa.types.TypeEngine[Any]) -> Any:
    match kind:
        case sa.DateTime():
            return _plain(LONG_AGO, kind)
        case sa.Date():
            return LONG_AGO.date()
        case sa.Boolean():
            return True
        case sa.Integer() | sa.Numeric() | sa.JSON():
            return 1
        case sa.LargeBinary():
            return b"1"
        case _:
            return "1"  # which is JSON, too, as MariaDB's long texts want it


async def _rows(connection: AsyncConnection, tables: Mapping[str, sa.Table]) -> Known:
    return {
        name: [dict(row) for row in (await connection.execute(sa.select(table))).mappings()]
        for name, table in tables.items()
    }


def _is_among(row: Row, others: Sequence[Row]) -> bool:
    """In the columns that are still there."""
    return any(all(value == other[name] for name, value in row.items() if name in other) for other in others)


async def _figures_are_right(store: Store) -> None:
    """As they were worked out by hand, those of calls and of the log of states; as after the first start of a version
    that counts."""
    async with store.transaction() as connection:
        await keep_rules(connection, DAY.rules, LONG_AGO)
    assert await recount_calls(store) == len(DAY.records)
    await recount_times(store)
    figures = Figures(store, DAY.rules, clock=lambda: DAY.now)
    of_log = {key for key, one in FIGURES.items() if one.source in (Source.CALLS, Source.TIMES, Source.BOTH)}
    compared = 0
    for row in DAY.expected:
        if row.figure not in of_log or row.scope.startswith("team:"):
            continue
        report = await figures.report(Scope.parse(row.scope), Period.parse(row.period, DAY.rules.zone), [row.figure])
        value = report.values[0].parts[row.part] if row.part else report.values[0]
        assert (value.numerator, value.denominator) == (row.numerator, row.denominator), row
        compared += 1
    assert compared > 30
