"""The tables' history. `upgrade` brings any older data base to the present; it never goes back."""

from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from recording.migrations.comments import write_comments

NEWEST = max(file.stem[1:5] for file in (Path(__file__).parent / "versions").glob("v*.py"))
"""The revision of the tables as they are now. Alembic would find the same, in a quarter of a second."""


def upgrade(connection: Connection, until: str | None = None) -> None:
    """Runs every migration the data base has not seen, `until` a revision or all, inside the connection's transaction,
    and says in the data base what its tables mean."""
    until = until or NEWEST
    if _revision(connection) != until:
        import_module("recording.migrations.run").run(connection, until)
    if until == NEWEST:
        write_comments(connection)


def _revision(connection: Connection) -> str | None:
    """Where the data base is in its history."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision
