"""Calls of an outcome that there is seldom are found without reading all."""

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Makes the index."""
    op.create_index("ix_call_outcome_started_at", "call", ["outcome", "started_at"])
