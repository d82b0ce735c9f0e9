"""The tables' history. `upgrade` brings any older data base to the present; it never goes back."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from recording.migrations.comments import write_comments


def upgrade(connection: Connection) -> None:
    """Runs every migration the data base has not seen, inside the connection's transaction, and says in the data base
    what its tables mean."""
    config = Config()
    config.set_main_option("script_location", "recording:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    write_comments(connection)
