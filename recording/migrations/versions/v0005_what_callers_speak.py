"""Callers who are known get the language they speak, and the case of theirs that is open."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds the columns; of everybody known so far neither is known."""
    op.add_column("caller", sa.Column("open_case", sa.Text, nullable=False, server_default=""))
    op.add_column("caller", sa.Column("language", sa.String(16), nullable=False, server_default=""))
