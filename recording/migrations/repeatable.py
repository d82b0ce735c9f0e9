"""Lets a migration be run again that was interrupted half-way, on a data base that commits each change of a table by
itself (MariaDB): what has been made already is not made again.

Rows that a migration writes stand after its last change of a table: they are committed with the number of the
migration, or not at all.
"""

import re
from typing import Any

from sqlalchemy import Connection

_WORDS = (
    (re.compile(r"^\s*CREATE TABLE (?!IF )"), "CREATE TABLE IF NOT EXISTS "),
    (re.compile(r"^\s*CREATE (UNIQUE )?INDEX (?!IF )"), r"CREATE \1INDEX IF NOT EXISTS "),
    (re.compile(r"^\s*(ALTER TABLE \S+ ADD) COLUMN (?!IF )"), r"\1 COLUMN IF NOT EXISTS "),
    (re.compile(r"^\s*(ALTER TABLE \S+ DROP) COLUMN (?!IF )"), r"\1 COLUMN IF EXISTS "),
    (re.compile(r"^\s*DROP (TABLE|INDEX) (?!IF )"), r"DROP \1 IF EXISTS "),
)
_CHANGES = re.compile(r"^\s*(CREATE|ALTER|DROP|RENAME|TRUNCATE)\b", re.IGNORECASE)
_SAME_AGAIN = re.compile(r"^\s*ALTER TABLE \S+ MODIFY ")


class NotRepeatable(RuntimeError):
    """A migration changes a table in a way that cannot be done twice: a fault of the migration."""

    id = "migration-not-repeatable"


def repeatable(statement: str) -> str:
    """The statement, so that it does nothing where it was carried out already. Raises NotRepeatable."""
    for form, words in _WORDS:
        again, count = form.subn(words, statement, count=1)
        if count:
            return again
    if not _CHANGES.match(statement) or " IF " in statement or _SAME_AGAIN.match(statement):
        return statement
    raise NotRepeatable(f"{statement.strip()[:200]}: expected a change that can be made twice (IF EXISTS, MODIFY)")


def before_execute(
    connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
) -> tuple[str, Any]:
    """For SQLAlchemy's event of that name."""
    return repeatable(statement), parameters
