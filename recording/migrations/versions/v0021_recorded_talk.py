"""How much of what was talked was recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "recorded_talk",
        sa.Column("call", sa.String(32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("talked_ms", sa.BigInteger(), nullable=False),
        sa.Column("missing_ms", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("call", name="pk_recorded_talk"),
    )
    op.create_index("ix_recorded_talk_started_at", "recorded_talk", ["started_at"])
