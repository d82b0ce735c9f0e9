"""Where a caller was parked and when he heard nothing of his agent, beside what else he met. Of calls recorded before,
`callcenter recount` writes it."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Adds the columns, and makes the table."""
    op.add_column("segment", sa.Column("space", sa.String(255), nullable=True))
    op.add_column("segment", sa.Column("muted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "mute",
        sa.Column("call", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("agent", sa.String(255), nullable=False),
        sa.Column("who", sa.String(96), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("call", "number", name="pk_mute"),
    )
    op.create_index("ix_mute_started_at", "mute", ["started_at"])
