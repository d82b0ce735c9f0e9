"""Writes docs/tables.md from the models; `python -m tests.tables_page`."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Column, Table, UniqueConstraint, make_url

from recording.models import Base

_POSTGRESQL = make_url("postgresql+asyncpg://").get_dialect()()
PAGE = Path(__file__).parent.parent / "docs" / "tables.md"

OPENING = """\
# Tables

What the data base holds, for any tool that reads SQL. PostgreSQL and MariaDB keep these sentences as comments of tables
and columns, too. The types are PostgreSQL's; MariaDB has `DATETIME(6)` for `TIMESTAMP WITH TIME ZONE` and `LONGTEXT`
for `TEXT` and `JSON`, SQLite its own. Instants are UTC (MariaDB and SQLite do not say so by themselves), durations
milliseconds. Read as much as you like: nobody waits for a reader; but write only through the API and the commands.
The tables change by migrations (`recording/migrations/versions`) which every daemon runs at its start; CHANGELOG says
when a column changes its meaning. This page is written by `python -m tests.tables_page`.
"""


def page(tables: Mapping[str, Table] = Base.metadata.tables) -> str:
    """The whole page, tables by name."""
    return OPENING + "".join(_section(table) for _, table in sorted(tables.items()))


def _section(table: Table) -> str:
    rows = "".join(map(_row, table.columns))
    head = "| column | type | null | meaning |\n|---|---|---|---|\n"
    return f"\n## {table.name}\n\n{table.comment}\n\n{head}{rows}{_keys(table)}"


def _row(column: Column[object]) -> str:
    kind = column.type.compile(dialect=_POSTGRESQL)
    return f"| `{column.name}` | {kind} | {'yes' if column.nullable else 'no'} | {column.comment} |\n"


def _keys(table: Table) -> str:
    """What is unique, and what is found quickly."""
    constraints = (one for one in table.constraints if isinstance(one, UniqueConstraint))
    unique = sorted(", ".join(one.columns.keys()) for one in constraints)
    said = [f"key: {', '.join(table.primary_key.columns.keys())}", *(f"unique: {one}" for one in unique)]
    said += [f"index: {one}" for one in sorted(", ".join(index.columns.keys()) for index in table.indexes)]
    return "\n" + "; ".join(said) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
