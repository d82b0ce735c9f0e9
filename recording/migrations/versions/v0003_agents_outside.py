"""Agents get attributes (team, language, …) and an outside number at which they may sign in."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the columns; everybody known so far has neither."""
    op.add_column("agent", sa.Column("attributes", sa.JSON, nullable=False, server_default="{}"))
    op.add_column("agent", sa.Column("outside", sa.String(32), nullable=False, server_default=""))
