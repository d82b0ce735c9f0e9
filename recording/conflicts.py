"""INSERT statements for rows that may be there already, in the words of each data base.

MariaDB has no `ON CONFLICT (key)`: its `ON DUPLICATE KEY UPDATE` answers to every unique key of the table. So a table
that is written through here has either one unique key or several that mean the same row. Its `INSERT IGNORE` is not
used: that would also cut texts that are too long, and take a missing value for an empty one.
"""

from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Insert, insert

from recording.models import Base


@cache  # to make a statement anew costs several times as much as to run it
def upserting(table: type[Base], key: str, columns: tuple[str, ...], dialect: str) -> Insert:
    """Inserts `columns`, or overwrites them where the row's `key` (columns, by spaces apart) is there."""
    keys = key.split()
    others = [name for name in columns if name not in keys]
    if not others:
        return inserting_new(table, key, dialect)
    if dialect == "mariadb":
        to_mariadb = _insert(table, dialect)
        updating: Insert = to_mariadb.on_duplicate_key_update({name: to_mariadb.inserted[name] for name in others})
        return updating
    statement = _insert(table, dialect)
    upsert: Insert = statement.on_conflict_do_update(
        index_elements=keys, set_={name: statement.excluded[name] for name in others}
    )
    return upsert


@cache
def inserting(table: type[Base]) -> Insert:
    """Inserts; no row of these is there."""
    return insert(table)


@cache
def inserting_new(table: type[Base], key: str, dialect: str) -> Insert:
    """Inserts; a row whose `key` (columns, by spaces apart) is there stays as it is."""
    keys = key.split()
    if dialect == "mariadb":
        unchanged = table.__table__.c[keys[0]]
        kept: Insert = _insert(table, dialect).on_duplicate_key_update({keys[0]: unchanged})
        return kept
    new: Insert = _insert(table, dialect).on_conflict_do_nothing(index_elements=keys)
    return new


def _insert(table: type[Base], dialect: str) -> Any:
    """The dialect's own INSERT; of the three dialects a process needs one."""
    return import_module(f"sqlalchemy.dialects.{_DIALECTS[dialect]}").insert(table)


_DIALECTS = {"sqlite": "sqlite", "postgresql": "postgresql", "mariadb": "mysql"}
