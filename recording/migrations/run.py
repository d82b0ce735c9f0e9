"""Runs the migrations. Only who has some to run needs Alembic."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def run(connection: Connection) -> None:
    """All that the data base has not seen, inside the connection's transaction."""
    config = Config()
    config.set_main_option("script_location", "recording:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
