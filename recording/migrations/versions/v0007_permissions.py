"""Tokens that are an agent's own, and what a token may do besides its role."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Adds the columns."""
    op.add_column("access_token", sa.Column("agent", sa.String(32), nullable=False, server_default=""))
    op.add_column("access_token", sa.Column("permissions", sa.JSON(), nullable=False, server_default="[]"))
