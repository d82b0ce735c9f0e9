"""What callers met, for reports by tools of other houses. Of calls recorded before, `callcenter recount` writes it."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "segment",
        sa.Column("call", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("queue", sa.String(255), nullable=True),
        sa.Column("agent", sa.String(255), nullable=True),
        sa.Column("agents", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("call", "number", name="pk_segment"),
    )
    op.create_index("ix_segment_started_at", "segment", ["started_at"])
