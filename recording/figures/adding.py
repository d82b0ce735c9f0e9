"""INSERT statements that add to a row that may be there already, in the words of each data base: what two writers add
at one time is all added.
"""

from functools import cache

from sqlalchemy import Insert
from sqlalchemy.dialects import mysql, postgresql, sqlite

from recording.models import Base


@cache  # to make a statement anew costs several times as much as to run it
def adding(table: type[Base], key: str, columns: tuple[str, ...], dialect: str) -> Insert:
    """Inserts `columns`, or adds those that are not of the row's `key` (columns, by spaces apart) to what is there."""
    keys, own = key.split(), table.__table__.c
    sums = [name for name in columns if name not in keys]
    if dialect == "mariadb":
        to_mariadb = mysql.insert(table)
        return to_mariadb.on_duplicate_key_update({name: own[name] + to_mariadb.inserted[name] for name in sums})
    statement = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return statement.on_conflict_do_update(
        index_elements=keys, set_={name: own[name] + statement.excluded[name] for name in sums}
    )
