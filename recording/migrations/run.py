"""Runs the migrations. Only who has some to run needs Alembic."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event

from recording.migrations.repeatable import before_execute


def run(connection: Connection, until: str) -> None:
    """All that the data base has not seen up to this revision, inside the connection's transaction; where each change
    of a table is a transaction by itself, so that they can be run again."""
    config = Config()
    config.set_main_option("script_location", "recording:migrations")
    config.attributes["connection"] = connection
    if connection.dialect.name != "mariadb":
        command.upgrade(config, until)
        return
    event.listen(connection, "before_cursor_execute", before_execute, retval=True)
    try:
        command.upgrade(config, until)
    finally:
        event.remove(connection, "before_cursor_execute", before_execute)
