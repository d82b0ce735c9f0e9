"""Writes what tables and columns mean into the data base, from the models: whoever looks at it with a tool of his own
reads it there. No migration is needed when a sentence changes. SQLite keeps no comments.
"""

from sqlalchemy import Column, Connection, Table, inspect
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.schema import CreateColumn, SetColumnComment, SetTableComment

from recording.models import Base


def write_comments(connection: Connection) -> None:
    """Writes those that are not there as they are in the models; most times that is none."""
    if not connection.dialect.supports_comments:
        return
    reflection = inspect(connection)
    tables = reflection.get_multi_table_comment()
    columns = reflection.get_multi_columns()
    for table in Base.metadata.sorted_tables:
        if (table.schema, table.name) not in columns:
            continue  # a model without a migration, which a test forbids
        if tables[table.schema, table.name]["text"] != table.comment:
            connection.execute(SetTableComment(table))
        _write_columns(connection, table, columns[table.schema, table.name])


def _write_columns(connection: Connection, table: Table, found: list[ReflectedColumn]) -> None:
    known = {column["name"]: column.get("comment") for column in found}
    stale = [one for one in table.columns if one.comment and known.get(one.name, one.comment) != one.comment]
    if stale and connection.dialect.name == "mariadb":
        changes = ", ".join(f"MODIFY {_definition(connection, column)}" for column in stale)
        name = connection.dialect.identifier_preparer.format_table(table)
        connection.exec_driver_sql(f"ALTER TABLE {name} {changes}")
        return
    for column in stale:
        connection.execute(SetColumnComment(column))


def _definition(connection: Connection, column: Column[object]) -> str:
    """MariaDB has no comment of a column apart from the rest of it."""
    return str(CreateColumn(column).compile(dialect=connection.dialect))
